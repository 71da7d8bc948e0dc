#include "prove/backups.h"

#include <gmock/gmock.h>

#include "prove/short_form.h"
#include "store/open.h"
#include "store/sqlite/backup.h"
#include "store/sqlite/db.h"
#include "store/world.h"

namespace cardfile::prove {
namespace {

constexpr BackupSize kShort{.steps = 60, .writers = 4};

void short_backups(Campaign& campaign) { backups(campaign, kShort, back_up_by_command); }

TEST(Backups, UnderLoadAreStatesThatThereWere) { expect_nothing_found("backups", 2, short_backups); }

void expect_backups_found(const BackUp& back_up, const std::string& finding) {
  expect_found(
      "backups", 2, [&](Campaign& campaign) { backups(campaign, kShort, back_up); }, finding);
}

TEST(Backups, AreFoundWantingWhenTheDatabaseIsCopiedWithoutItsLog) {
  expect_backups_found(
      [](const std::filesystem::path& from, const std::filesystem::path& to) {
        std::filesystem::create_directory(to);
        std::filesystem::copy_file(from / "cardfile.db", to / "cardfile.db");
      },
      "a backup ");  // Lacks what was acknowledged; or cannot be read, when the log was being copied into the database.
}

TEST(Backups, AreFoundWantingWhenTheChangeLogHasAHole) {
  expect_backups_found(
      [](const std::filesystem::path& from, const std::filesystem::path& to) {
        store::sqlite::back_up(from, to, {});
        store::sqlite::Connection({.file = to / "cardfile.db"})
            .execute(
                "DELETE FROM change_log WHERE team = 3 AND seq = (SELECT max(seq) / 2 FROM change_log WHERE team = 3)");
      },
      "check says of a backup");
}

TEST(Backups, AreFoundWantingWhenTheyAreOfSomeOtherFolder) {
  const test::TempFolder other;
  store::open_sqlite({.folder = other.path() / "data"}, test::TestClock().source());
  expect_backups_found([&](const std::filesystem::path&,
                           const std::filesystem::path& to) { store::sqlite::back_up(other.path() / "data", to, {}); },
                       "lacks what was acknowledged before it was begun");
}

}  // namespace
}  // namespace cardfile::prove
