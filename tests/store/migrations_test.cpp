// Migrations: folders of older formats, large ones too.

#include "store/sqlite/migrations.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <sqlite3.h>

#include "store/hooked_vfs.h"
#include "store/sqlite/backup.h"
#include "store/sqlite/db.h"
#include "store/world.h"
#include "support/temp_folder.h"

namespace cardfile::test {
namespace {

using store::sqlite::Connection;

constexpr std::int64_t kCacheBytes = 64 * 1024;
constexpr std::int64_t kContacts = 20'000;

/// Counts the temporary files that SQLite makes.
class TemporaryFiles final : public HookedVfs {
 public:
  TemporaryFiles() : HookedVfs("temporary-files") {}
  int count() const { return count_; }

 private:
  std::optional<int> before(const FileCall& call) override {
    if (call.asked == Asked::open && call.path.empty()) ++count_;
    return std::nullopt;
  }

  std::atomic<int> count_ = 0;
};

void make_format(int version, Connection& connection) {
  for (const auto& migration : store::sqlite::migrations()) {
    if (migration.version > version) break;
    connection.execute(std::string(migration.sql));
  }
  connection.execute("PRAGMA user_version = " + std::to_string(version));
}

TEST(Migrating, AFolderThatIsLargerThanMemorySortsInFiles) {
  const TempFolder folder;
  TemporaryFiles files;
  Connection connection({.file = folder / "cardfile.db", .vfs = files.name(), .cache_bytes = kCacheBytes});
  connection.execute("PRAGMA journal_mode = WAL");
  make_format(3, connection);
  connection.execute(
      "WITH RECURSIVE ids (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM ids WHERE id < " + std::to_string(kContacts) +
      ") INSERT INTO contact (team, id, uuid, rev, creator, created, updated, assigned, blocked, unsubscribed_admin, "
      "unsubscribed_contact) SELECT 1, id, randomblob(16), 1, 0, 0, id, 0, 0, 0, 0 FROM ids");
  const int before = files.count();
  migrate(connection);
  EXPECT_GT(files.count(), before);
  EXPECT_EQ(connection.integer("SELECT count(*) FROM contact WHERE place = (1 << 43 | id) AND updated = id"),
            kContacts);
}

/// The database of a folder that a cardfile without checksums wrote.
class AnOlderFolder : public testing::Test {
 protected:
  AnOlderFolder() {
    world_.close();
    std::filesystem::remove(file_);
    Connection older({.file = file_});
    older.execute("PRAGMA page_size = 2048; PRAGMA journal_mode = WAL");
    make_format(4, older);
    older.execute(
        "CREATE TABLE kept (x); WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT "
        "INTO kept SELECT randomblob(300) FROM n");
    EXPECT_FALSE(older.has_room_for_checksums());
  }

  void expect_checksums() {
    world_.reopen();
    EXPECT_THAT(world_.findings(), testing::IsEmpty());
    world_.close();
    Connection newer({.file = file_});
    EXPECT_TRUE(newer.has_room_for_checksums());
    EXPECT_EQ(newer.integer("SELECT count(*) FROM kept WHERE length(x) = 300"), 500);
  }

  World world_{Engine::sqlite};
  const std::filesystem::path file_ = world_.options().folder / "cardfile.db";
};

TEST_F(AnOlderFolder, GetsChecksumsWhenItIsOpened) { expect_checksums(); }

/// As sqlite3 and cardfiles before checksums write: they leave the room as it is.
void write_without_checksums(const std::filesystem::path& file, const std::string& sql) {
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &other), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(other, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(other);
}

TEST_F(AnOlderFolder, GetsChecksumsThoughAnOlderCardfileWroteAfterAnInterruptedMigration) {
  {
    Connection interrupted({.file = file_});
    interrupted.reserve_checksums();
    interrupted.execute("VACUUM");
  }
  write_without_checksums(file_, "UPDATE kept SET x = zeroblob(300)");
  expect_checksums();
}

TEST_F(AnOlderFolder, IsBackedUpAfterAnInterruptedMigration) {
  const TempFolder killed;
  {
    Connection interrupted({.file = file_, .cache_bytes = kCacheBytes});
    interrupted.execute("PRAGMA wal_autocheckpoint = 0");
    interrupted.reserve_checksums();
    interrupted.execute("VACUUM");
    for (const char* name : {"cardfile.db", "cardfile.db-wal"})
      std::filesystem::copy_file(file_.parent_path() / name, killed / name);
  }
  const TempFolder copies;
  store::sqlite::back_up(killed.path(), copies.path() / "copy", {});
  std::filesystem::copy_file(copies.path() / "copy/cardfile.db", file_,
                             std::filesystem::copy_options::overwrite_existing);
  expect_checksums();
}

TEST_F(AnOlderFolder, StaysOneWhileAnotherProgramIsInTheWayOfItsCheckpoint) {
  Connection other({.file = file_});
  {
    Connection newer({.file = file_});
    const store::sqlite::Snapshot in_the_way(other);
    EXPECT_THROW(migrate(newer), store::OpenError);
    EXPECT_EQ(newer.integer("PRAGMA user_version"), 4);
  }
  expect_checksums();
}

TEST(AFolder, WhosePagesHaveNoRoomForChecksumsAnyMoreIsDamaged) {
  World world(Engine::sqlite);
  world.has_contact({.phone = "13125550142"});
  world.close();
  {
    std::fstream file(world.options().folder / "cardfile.db", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(20);
    file.put(0);
  }
  const std::filesystem::path& folder = world.options().folder;
  EXPECT_THROW(world.reopen(), store::OpenError);
  const TempFolder copies;
  EXPECT_THROW(store::sqlite::back_up(folder, copies.path() / "copy", {}), store::OpenError);
  EXPECT_THAT(store::check_sqlite({.folder = folder}, {}).findings,
              testing::Contains(testing::HasSubstr("Page 1 of cardfile.db is not what was written there")));
}

TEST(AFolder, WhoseFormatTheDiskMadeAnOlderOneIsDamaged) {
  World world(Engine::sqlite);
  world.close();
  {
    std::fstream file(world.options().folder / "cardfile.db", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(63);
    file.put(4);
  }
  EXPECT_THROW(world.reopen(), store::OpenError);
}

TEST(AFolder, IsSealedAnewWhenAnotherProgramWroteIntoIt) {
  World world(Engine::sqlite);
  world.has_contact({.phone = "13125550142"});
  world.close();
  const auto file = world.options().folder / "cardfile.db";
  write_without_checksums(file, "UPDATE contact SET last = 'Lovelace'; UPDATE contact SET last = NULL");
  EXPECT_THAT(store::check_sqlite({.folder = world.options().folder}, {}).findings,
              testing::Each(testing::HasSubstr("is not what was written there")));
  write_without_checksums(file, "PRAGMA user_version = 4");
  EXPECT_EQ(store::format_of(world.options().folder), 4) << "as migrate asks for it first";
  world.reopen();
  EXPECT_THAT(world.findings(), testing::IsEmpty());
}

TEST(Migrating, MakesRoomForChecksumsWhereAFirstStartWasInterrupted) {
  World world(Engine::sqlite);
  world.close();
  const auto file = world.options().folder / "cardfile.db";
  std::filesystem::remove(file);
  Connection({.file = file}).execute("PRAGMA page_size = 2048; PRAGMA journal_mode = WAL");
  world.reopen();
  world.has_team(kTeam);
  world.has_contact({.phone = "13125550142"});
  world.reopen();
  EXPECT_THAT(world.findings(), testing::IsEmpty());
}

}  // namespace
}  // namespace cardfile::test
