// Migrations: folders of older formats, large ones too.

#include "store/sqlite/migrations.h"

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>

#include <gmock/gmock.h>

#include "store/hooked_vfs.h"
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

TEST(Migrating, MakesRoomForChecksumsInAnOlderFolder) {
  World world(Engine::sqlite);
  world.close();
  const auto file = world.options().folder / "cardfile.db";
  std::filesystem::remove(file);
  {
    Connection older({.file = file});
    older.execute("PRAGMA page_size = 2048; PRAGMA journal_mode = WAL");
    make_format(4, older);
    older.execute("CREATE TABLE kept (x); INSERT INTO kept VALUES (7)");
    EXPECT_FALSE(older.has_room_for_checksums());
  }
  world.reopen();
  EXPECT_THAT(world.findings(), testing::IsEmpty());
  world.close();
  Connection newer({.file = file});
  EXPECT_TRUE(newer.has_room_for_checksums());
  EXPECT_EQ(newer.integer("SELECT x FROM kept"), 7);
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
