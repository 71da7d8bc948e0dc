// Each page of a database ends in a checksum, and check() tells pages that the disk has changed.

#include "store/sqlite/checksum_vfs.h"

#include <array>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <sqlite3.h>

#include "store/open.h"
#include "store/sqlite/db.h"
#include "store/sqlite/page_check.h"
#include "store/world.h"
#include "support/temp_folder.h"

namespace cardfile::test {
namespace {

using store::sqlite::CheckpointMode;
using store::sqlite::Comparing;
using store::sqlite::Connection;
using store::sqlite::damaged_pages;
using store::sqlite::SqliteError;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t kPageBytes = 1'024;

TEST(APageChecksum, IsAnotherForEveryFlippedBit) {
  std::vector<std::byte> page(kPageBytes);
  for (std::size_t i = 0; i < page.size(); ++i) page[i] = static_cast<std::byte>(i * 7);
  const auto sound = store::sqlite::page_checksum(page, 3);
  for (std::size_t i = 0; i + store::sqlite::kChecksumBytes < page.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      page[i] ^= std::byte{1} << bit;
      EXPECT_NE(store::sqlite::page_checksum(page, 3), sound) << i << ", " << bit;
      page[i] ^= std::byte{1} << bit;
    }
  }
  EXPECT_NE(store::sqlite::page_checksum(page, 4), sound) << "a page in place of another";
  // A line that is stuck changes the same bit of words in a row.
  for (std::size_t i = 0; i + 24 < page.size(); i += 4) {
    std::vector<std::byte> stuck = page;
    for (const std::size_t word : {i, i + 4, i + 8}) stuck[word + 3] ^= std::byte{0x80};
    EXPECT_NE(store::sqlite::page_checksum(stuck, 3), sound) << i;
  }
}

TEST(APageChecksum, StaysWhatItWas) {
  std::array<std::byte, 32> page{};
  for (std::size_t i = 0; i < page.size(); ++i) page[i] = static_cast<std::byte>(i);
  EXPECT_EQ(store::sqlite::page_checksum(page, 1), 9161853311430681634U) << "files that were written before have it";
}

/// A database of some pages, written with checksums.
class PagesWithChecksums : public testing::Test {
 protected:
  PagesWithChecksums() { set_up(connection_); }

  static void set_up(Connection& connection) {
    connection.execute("PRAGMA page_size = " + std::to_string(kPageBytes));
    connection.reserve_checksums();
    connection.execute("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (x BLOB)");
  }

  void add_rows(int count) {
    connection_.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
                        std::to_string(count) + ") INSERT INTO t SELECT randomblob(300) FROM n");
  }

  static std::vector<std::int64_t> damaged_of(Connection& connection) {
    connection.execute("BEGIN; SELECT count(*) FROM sqlite_schema");
    const auto pages = damaged_pages(connection, 10);
    connection.execute("COMMIT");
    return pages;
  }
  std::vector<std::int64_t> damaged() { return damaged_of(connection_); }

  /// Copies it into the database.
  void empty_log() { connection_.execute("PRAGMA wal_checkpoint(TRUNCATE)"); }

  void flip(std::int64_t page, std::int64_t byte) {
    std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
    const auto at = (page - 1) * kPageBytes + byte;
    file.seekg(at);
    const int before = file.get();
    file.seekp(at);
    file.put(static_cast<char>(before ^ 16));
  }

  TempFolder folder_;
  const std::filesystem::path file_ = folder_.path() / "test.db";
  Connection connection_{{.file = file_, .comparing = Comparing::never}};
};

TEST_F(PagesWithChecksums, AreSoundWhereverTheyAre) {
  add_rows(50);
  EXPECT_THAT(damaged(), IsEmpty()) << "in the log";
  empty_log();
  EXPECT_THAT(damaged(), IsEmpty()) << "in the database";
  add_rows(1);
  connection_.checkpoint(CheckpointMode::passive);
  connection_.execute("PRAGMA secure_delete = OFF; DELETE FROM t WHERE rowid > 10");
  add_rows(2);
  EXPECT_THAT(damaged(), IsEmpty()) << "in both, and some of them free";
  connection_.execute("VACUUM");
  EXPECT_THAT(damaged(), IsEmpty());
  empty_log();
  EXPECT_THAT(damaged(), IsEmpty());
}

TEST_F(PagesWithChecksums, AreDamagedByAFlippedBit) {
  add_rows(20);
  connection_.checkpoint(CheckpointMode::restart);
  flip(4, 500);
  EXPECT_THAT(damaged(), ElementsAre(4)) << "though the log has it still";
  flip(4, 500);
  flip(3, kPageBytes - 1);
  flip(5, 0);
  EXPECT_THAT(damaged(), ElementsAre(3, 5));
}

TEST_F(PagesWithChecksums, HideNoDamageButThatOfWhatNobodyReads) {
  add_rows(20);
  empty_log();
  const auto last = connection_.integer("PRAGMA page_count");
  add_rows(1);
  flip(3, 500);
  flip(last, 500);
  EXPECT_THAT(damaged(), ElementsAre(3)) << "the log has another last page";
  empty_log();
  EXPECT_THAT(damaged(), ElementsAre(3));
}

TEST_F(PagesWithChecksums, HaveThemWhoeverCopiesTheLog) {
  Connection other({.file = file_});
  add_rows(20);
  other.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  EXPECT_THAT(damaged(), IsEmpty());
}

TEST_F(PagesWithChecksums, HaveThemOnceAnotherConnectionWroteTheDatabaseAnew) {
  const auto older = folder_.path() / "older.db";
  Connection before({.file = older});
  before.execute(
      "PRAGMA page_size = 1024; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (x);"
      "INSERT INTO t VALUES (1)");
  before.checkpoint(CheckpointMode::restart);
  Connection after({.file = older});
  EXPECT_FALSE(after.has_room_for_checksums());
  after.reserve_checksums();
  after.execute("VACUUM");
  after.checkpoint(CheckpointMode::restart);
  EXPECT_TRUE(after.has_room_for_checksums());
  before.execute("UPDATE t SET x = 2");
  before.checkpoint(CheckpointMode::restart);
  EXPECT_THAT(damaged_of(after), IsEmpty());
}

TEST_F(PagesWithChecksums, AreNotReadWhenTheyAreDamaged) {
  add_rows(20);
  empty_log();
  flip(4, 500);
  Connection reader({.file = file_, .read_only = true});
  try {
    reader.integer("SELECT sum(length(x)) FROM t");
    ADD_FAILURE() << "it was read";
  } catch (const SqliteError& error) {
    EXPECT_EQ(error.code(), SQLITE_IOERR_DATA);
    EXPECT_TRUE(means_damage(error));
    EXPECT_THAT(error.what(), HasSubstr("a page is not what was written there"));
  }
  Connection whatever({.file = file_, .comparing = Comparing::never});
  EXPECT_EQ(whatever.integer("SELECT count(*) FROM t"), 20);
}

TEST_F(PagesWithChecksums, AreNotSealedWhenTheyAreDamaged) {
  add_rows(20);
  empty_log();
  flip(4, 500);
  Connection writer({.file = file_});
  EXPECT_THROW(writer.execute("UPDATE t SET x = zeroblob(300)"), SqliteError);
  empty_log();
  EXPECT_THAT(damaged(), ElementsAre(4));
}

TEST_F(PagesWithChecksums, AreNotReadWhenTheFileEndsInThem) {
  add_rows(20);
  empty_log();
  std::filesystem::resize_file(file_, std::filesystem::file_size(file_) - 40);
  Connection reader({.file = file_, .read_only = true});
  EXPECT_THROW(reader.integer("SELECT sum(length(x)) FROM t"), SqliteError);
}

TEST_F(PagesWithChecksums, StayComparedWhenTheFirstOneSaysThatThereAreNone) {
  add_rows(20);
  connection_.checkpoint(CheckpointMode::restart);
  Connection other({.file = file_});
  other.integer("SELECT count(*) FROM t");
  std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(20);
  file.put(0);
  file.flush();
  add_rows(1);
  other.checkpoint(CheckpointMode::passive);
  file.seekp(20);
  file.put(store::sqlite::kChecksumBytes);
  file.close();
  EXPECT_THAT(damaged(), IsEmpty()) << "they were copied with checksums all the same";
}

TEST_F(PagesWithChecksums, AreNotCopiedFromALogThatTheDiskHasChanged) {
  add_rows(20);
  connection_.checkpoint(CheckpointMode::restart);
  add_rows(1);
  const std::filesystem::path log = file_.native() + "-wal";
  std::fstream file(log, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(32 + 24 + 600);
  file.put('!');
  file.close();
  Connection other({.file = file_});
  other.integer("SELECT count(*) FROM t");
  for (Connection* each : {&other, &connection_}) {
    for (const auto mode : {CheckpointMode::passive, CheckpointMode::restart, CheckpointMode::truncate})
      EXPECT_THROW(each->checkpoint(mode), SqliteError);
    each->leave_log_on_close();
  }
  EXPECT_EQ(std::filesystem::exists(log), true);
}

TEST(CheckOfPages, ChangesNothingWhateverItFinds) {
  World world(Engine::sqlite);
  world.has_contact({.phone = "13125550142", .first = "Ada"});
  world.close();
  const auto file = world.options().folder / "cardfile.db";
  const auto put = [&file](std::int64_t at, char byte) {
    std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
    out.seekp(at);
    out.put(byte);
  };
  const auto content = [&file] {
    std::ifstream in(file, std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(in), {}};
  };
  put(18, 0);  // SQLite takes it for a database that keeps no log.
  put(19, 0);
  put(1'500, '!');
  const std::string before = content();
  for (int time = 0; time < 2; ++time)
    EXPECT_THAT(store::check_sqlite({.folder = world.options().folder}, {}).findings,
                Contains(HasSubstr("Page 1 of cardfile.db is not what was written there")));
  EXPECT_EQ(content(), before);
}

TEST(CheckOfPages, LooksAtTheRestWhenAPartCannotBeRead) {
  World world(Engine::sqlite);
  for (int i = 0; i < 100; ++i) world.has_contact({.phone = std::to_string(13125550100 + i), .first = "Ada"});
  world.close();
  const auto file = world.options().folder / "cardfile.db";
  std::int64_t page = 0;
  {
    Connection connection({.file = file});
    page = connection.integer("SELECT rootpage FROM sqlite_schema WHERE name = 'contact'");
  }
  {
    std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
    out.seekp((page - 1) * 2'048);
    out << std::string(2'048, '!');
  }
  const store::CheckReport report = store::check_sqlite({.folder = world.options().folder}, {});
  EXPECT_THAT(report.findings, Contains(HasSubstr("Page " + std::to_string(page) + " of cardfile.db")));
  EXPECT_GT(report.changes, 100) << "the change log is sound";
}

TEST(CheckOfPages, TellsWhatTheDiskChangedInWhatNoOtherRowRepeats) {
  World world(Engine::sqlite);
  world.has_contact({.phone = "13125550142", .first = "Ada"});
  EXPECT_THAT(world.findings(), IsEmpty());
  world.close();
  const auto file = world.options().folder / "cardfile.db";
  std::string content;
  {
    std::ifstream in(file, std::ios::binary);
    content.assign(std::istreambuf_iterator<char>(in), {});
  }
  const auto at = content.rfind("operator");  // Who made a change.
  ASSERT_NE(at, std::string::npos);
  content[at] = 'O';
  std::ofstream(file, std::ios::binary) << content;
  EXPECT_THAT(store::check_sqlite({.folder = world.options().folder}, {}).findings,
              Contains(HasSubstr("of cardfile.db is not what was written there")));
}

}  // namespace
}  // namespace cardfile::test
