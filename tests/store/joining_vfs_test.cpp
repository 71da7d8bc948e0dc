// The pages of a commit go to the disk together, and nothing else is different.

#include "store/sqlite/joining_vfs.h"

#include <gtest/gtest.h>

#include <string>

#include "store/faulty_vfs.h"
#include "store/sqlite/db.h"
#include "store/world.h"
#include "support/temp_folder.h"

namespace cardfile::test {
namespace {

using store::sqlite::Connection;
using store::sqlite::JoiningVfs;
using store::sqlite::SqliteError;

constexpr int kRows = 2'000;

class JoinedWrites : public testing::Test {
 protected:
  JoinedWrites() {
    writer_.execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, x BLOB)");
  }

  /// Writes to the disk that `sql` led to.
  int writes_of(const std::string& sql) {
    const int before = disk_.writes();
    writer_.execute(sql);
    return disk_.writes() - before;
  }

  static std::string rows(int count) {
    return "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(count) +
           ") INSERT INTO t (x) SELECT randomblob(500) FROM n";
  }

  TempFolder folder_;
  FaultyVfs disk_{"joined-disk"};
  JoiningVfs joining_{disk_.name()};
  Connection writer_{{.file = folder_.path() / "test.db", .vfs = joining_.name(), .cache_bytes = 64 << 10}};
  Connection reader_{{.file = folder_.path() / "test.db", .vfs = disk_.name(), .read_only = true}};
};

TEST_F(JoinedWrites, PutTheManyPagesOfACommitOnTheDiskWithFewWrites) {
  EXPECT_LE(writes_of(rows(100)), 3) << "some 30 pages, of two writes each without";
  EXPECT_EQ(reader_.integer("SELECT count(*) FROM t"), 100);
}

TEST_F(JoinedWrites, AreReadBackInsideATransactionThatOutgrowsItsCache) {
  writer_.execute("BEGIN");
  writer_.execute(rows(kRows));
  EXPECT_EQ(writer_.integer("SELECT sum(length(x)) FROM t"), kRows * 500);
  EXPECT_EQ(reader_.integer("SELECT count(*) FROM t"), 0) << "nobody else sees it yet";
  writer_.execute("COMMIT");
  EXPECT_EQ(reader_.integer("SELECT sum(length(x)) FROM t"), kRows * 500);
}

TEST_F(JoinedWrites, ThatAreRolledBackLeaveNothing) {
  writer_.execute(rows(10));
  writer_.execute("BEGIN");
  writer_.execute(rows(kRows));
  writer_.execute("ROLLBACK");
  writer_.execute(rows(10));
  EXPECT_EQ(writer_.integer("SELECT count(*) FROM t"), 20);
  EXPECT_EQ(reader_.integer("SELECT count(*) FROM t"), 20);
  EXPECT_EQ(writer_.integer("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
}

TEST_F(JoinedWrites, ThatFailMakeTheirCommitFailAndTheNextOneGoesThrough) {
  writer_.execute(rows(10));
  for (int successes = 0; successes < 3; ++successes) {
    disk_.writes_give(SQLITE_FULL, successes);
    EXPECT_THROW(writer_.execute(rows(kRows)), SqliteError);
    disk_.writes_give(SQLITE_OK);
    EXPECT_EQ(reader_.integer("SELECT count(*) FROM t"), 10 + successes);
    writer_.execute(rows(1));
  }
  EXPECT_EQ(writer_.integer("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
}

TEST_F(JoinedWrites, OutliveTheConnectionThatMadeThem) {
  writer_.leave_log_on_close();
  {
    Connection other({.file = folder_.path() / "test.db", .vfs = joining_.name()});
    other.execute("PRAGMA synchronous = FULL");
    other.leave_log_on_close();
    other.execute(rows(5));
  }
  EXPECT_EQ(writer_.integer("SELECT count(*) FROM t"), 5);
  EXPECT_EQ(reader_.integer("SELECT count(*) FROM t"), 5);
}

}  // namespace
}  // namespace cardfile::test
