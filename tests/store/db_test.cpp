// What SQLite's errors mean to the store.

#include "store/sqlite/db.h"

#include <string>

#include <gtest/gtest.h>
#include <sqlite3.h>

namespace cardfile::test {
namespace {

using store::sqlite::Connection;
using store::sqlite::means_damage;
using store::sqlite::SqliteError;

TEST(SqliteErrors, OfSpaceLocksAndMemoryMaySucceedLater) {
  for (const int code : {SQLITE_FULL, SQLITE_IOERR_SHMSIZE, SQLITE_BUSY, SQLITE_BUSY_SNAPSHOT, SQLITE_LOCKED,
                         SQLITE_NOMEM, SQLITE_INTERRUPT, SQLITE_TOOBIG, SQLITE_CONSTRAINT_UNIQUE}) {
    EXPECT_TRUE(may_succeed_later(SqliteError(code, "write"))) << code;
  }
}

TEST(SqliteErrors, OfAFullDiskSaySo) {
  for (const int code : {SQLITE_FULL, SQLITE_IOERR_SHMSIZE}) {
    const SqliteError error(code, "write");
    EXPECT_TRUE(lacks_room(error)) << code;
    EXPECT_NE(std::string(error.what()).find("disk is full"), std::string::npos) << error.what();
  }
  EXPECT_FALSE(lacks_room(SqliteError(SQLITE_IOERR_WRITE, "write")));
}

TEST(SqliteErrors, OfTheDiskAndOfDamageDoNotSucceedLater) {
  for (const int code :
       {SQLITE_IOERR, SQLITE_IOERR_FSYNC, SQLITE_IOERR_WRITE, SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_READONLY}) {
    EXPECT_FALSE(may_succeed_later(SqliteError(code, "write"))) << code;
  }
}

TEST(SqliteErrors, MeanDamageWhenTheFileIsNotWhatWasWritten) {
  for (const int code : {SQLITE_CORRUPT, SQLITE_CORRUPT_INDEX, SQLITE_NOTADB, SQLITE_FORMAT, SQLITE_MISMATCH,
                         SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_ERROR}) {
    EXPECT_TRUE(means_damage(SqliteError(code, "read"))) << code;
  }
  for (const int code : {SQLITE_IOERR_READ, SQLITE_FULL, SQLITE_BUSY, SQLITE_CANTOPEN, SQLITE_NOMEM}) {
    EXPECT_FALSE(means_damage(SqliteError(code, "read"))) << code;
  }
}

TEST(SqliteErrors, HaveNoValuesInThem) {
  Connection connection({.file = ":memory:"});
  connection.execute("CREATE TABLE t (x UNIQUE); INSERT INTO t VALUES ('13125550142')");
  try {
    connection.execute("INSERT INTO t SELECT * FROM t");
    ADD_FAILURE() << "it was done";
  } catch (const SqliteError& error) {
    EXPECT_EQ(error.code(), SQLITE_CONSTRAINT_UNIQUE);
    EXPECT_EQ(std::string(error.what()).find("13125550142"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace cardfile::test
