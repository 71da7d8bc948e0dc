// A write-ahead log that the disk has changed is told from one that a power cut or a kill has left.

#include "store/sqlite/log_damage.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <sqlite3.h>

#include "store/open.h"
#include "store/sqlite/backup.h"
#include "store/sqlite/db.h"
#include "store/world.h"
#include "support/temp_folder.h"

namespace cardfile::test {
namespace {

using store::sqlite::CheckpointMode;
using store::sqlite::Connection;
using store::sqlite::log_damaged_at;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A folder as a kill leaves it, with three contacts, each a commit of its own.
class AfterAKill : public testing::Test {
 protected:
  AfterAKill() {
    for (const char* phone : {"13125550142", "13125550143", "13125550144"}) {
      starts_.push_back(static_cast<std::int64_t>(std::filesystem::file_size(log_in(world_.options().folder))));
      world_.has_contact({.phone = phone});
    }
    for (const char* name : {"cardfile.db", "cardfile.db-wal"})
      std::filesystem::copy_file(world_.options().folder / name, left_.path() / name);
  }

  static std::filesystem::path log_in(const std::filesystem::path& folder) { return folder / "cardfile.db-wal"; }

  std::optional<std::int64_t> damaged_at() const { return log_damaged_at(left_.path() / "cardfile.db"); }

  void flip(std::int64_t at) const {
    std::fstream file(log_in(left_.path()), std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(at);
    const int before = file.get();
    file.seekp(at);
    file.put(static_cast<char>(before ^ 4));
  }

  std::unique_ptr<store::Store> open() {
    return store::open_sqlite({.folder = left_.path(), .indexing = store::Indexing::none}, world_.clock().source());
  }

  std::string why_it_does_not_open() {
    try {
      open();
      return "";
    } catch (const store::OpenError& error) {
      return error.what();
    }
  }

  std::vector<std::string> findings() const { return store::check_sqlite({.folder = left_.path()}, {}).findings; }

  World world_{Engine::sqlite};
  std::vector<std::int64_t> starts_;  // Of the contacts' commits, in the log.
  TempFolder left_;
};

TEST_F(AfterAKill, TheLogIsReadToItsEnd) {
  EXPECT_EQ(damaged_at(), std::nullopt);
  EXPECT_EQ(open()->count(kTeam, {}), 3);
}

TEST_F(AfterAKill, AFolderWhoseLogTheDiskHasChangedDoesNotOpenAndSaysWhereTheDamageBegins) {
  flip(starts_[0] + 500);
  EXPECT_THAT(why_it_does_not_open(),
              AllOf(HasSubstr("cardfile.db-wal is not what was written from byte " + std::to_string(starts_[0])),
                    HasSubstr("Put a backup in the folder's place")));
  EXPECT_THAT(why_it_does_not_open(), HasSubstr("acknowledged")) << "nothing was changed by the attempt";
}

TEST_F(AfterAKill, EveryFrameOfACommitThatAnotherFollowsIsLookedAt) {
  constexpr std::int64_t kFrameBytes = 24 + 2048;
  for (auto at = starts_[0]; at < starts_[1]; at += kFrameBytes) {
    for (const std::int64_t byte : {0, 4, 9, 17, 24, 2071}) {
      flip(at + byte);
      EXPECT_EQ(damaged_at(), at) << byte;
      flip(at + byte);
    }
  }
  EXPECT_EQ(damaged_at(), std::nullopt);
}

TEST_F(AfterAKill, EveryByteOfTheLogsHeaderIsLookedAt) {
  for (std::int64_t byte = 0; byte < 32; ++byte) {
    flip(byte);
    EXPECT_EQ(damaged_at(), 0) << byte;
    flip(byte);
  }
}

TEST_F(AfterAKill, ALogThatIsDamagedIsAFindingOfCheckAndStaysAsItIs) {
  flip(starts_[1] + 500);
  for (int time = 0; time < 2; ++time)
    EXPECT_THAT(findings(), ElementsAre(HasSubstr("is not what was written from byte " + std::to_string(starts_[1]))));
}

TEST_F(AfterAKill, ALogThatIsDamagedIsNotBackedUp) {
  flip(starts_[1] + 500);
  const TempFolder copies;
  EXPECT_THROW(store::sqlite::back_up(left_.path(), copies.path() / "copy", {}), store::sqlite::BackupError);
  EXPECT_FALSE(std::filesystem::exists(copies.path() / "copy"));
}

TEST_F(AfterAKill, ADamagedLogIsAFindingThoughItHasAllTheTables) {
  std::filesystem::resize_file(left_.path() / "cardfile.db", 2'048);
  flip(500);
  EXPECT_THAT(findings(), ElementsAre(HasSubstr("cardfile.db-wal is not what was written from byte 32")));
}

TEST_F(AfterAKill, ACommitAtItsEndThatIsNotWholeIsNoDamage) {
  flip(starts_[2] + 500);
  EXPECT_EQ(damaged_at(), std::nullopt);
  EXPECT_EQ(open()->count(kTeam, {}), 2);
}

TEST_F(AfterAKill, WhatStandsBehindTheEndOfALogThatWasBegunAnewIsNoDamage) {
  Connection connection({.file = world_.options().folder / "cardfile.db"});
  // The search index, which is made meanwhile, may be reading.
  while (!connection.checkpoint(CheckpointMode::restart).is_complete) std::this_thread::yield();
  const auto size = std::filesystem::file_size(log_in(world_.options().folder));
  world_.has_contact({.phone = "13125550145"});
  ASSERT_EQ(std::filesystem::file_size(log_in(world_.options().folder)), size) << "nothing stands behind the end";
  EXPECT_EQ(log_damaged_at(world_.options().folder / "cardfile.db"), std::nullopt);
}

/// The store's, as another program has it open.
class BesideAnotherProgram : public testing::Test {
 protected:
  void TearDown() override { sqlite3_close(other_); }

  void open_it() {
    ASSERT_EQ(sqlite3_open(database_.c_str(), &other_), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other_, "SELECT count(*) FROM team", nullptr, nullptr, nullptr), SQLITE_OK);
  }

  std::string told_;
  World world_{Engine::sqlite, {.on_failure = [this](const std::string& why) { told_ += why; }}};
  const std::filesystem::path database_ = world_.options().folder / "cardfile.db";
  sqlite3* other_ = nullptr;
};

TEST_F(BesideAnotherProgram, ACleanStopLeavesNothingInTheLogForItToCopy) {
  const auto ada = world_.has_contact({.phone = "13125550142"});
  EXPECT_EQ(world_.contact(ada.id), ada) << "a reader, which keeps its snapshot";
  open_it();
  world_.close();
  EXPECT_EQ(std::filesystem::file_size(store::sqlite::log_of(database_)), 0U);
  sqlite3_close(std::exchange(other_, nullptr));
  EXPECT_THAT(store::check_sqlite({.folder = world_.options().folder}, {}).findings, IsEmpty());
}

TEST_F(BesideAnotherProgram, AStopThatMeetsADamagedLogTellsItAndLeavesIt) {
  world_.has_contact({.phone = "13125550142"});
  const auto log = store::sqlite::log_of(database_);
  const auto size = std::filesystem::file_size(log);
  {
    std::fstream file(log, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(size) - 700);
    file.put('!');
  }
  world_.close();
  EXPECT_THAT(told_, HasSubstr("a page is not what was written there"));
  EXPECT_EQ(std::filesystem::file_size(log), size);
}

TEST_F(BesideAnotherProgram, ABackupMeetsDamageAlsoOfTheLastCommit) {
  world_.has_contact({.phone = "13125550142"});
  {
    const auto log = store::sqlite::log_of(database_);
    std::fstream file(log, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(std::filesystem::file_size(log)) - 700);
    file.put('!');
  }
  const TempFolder copies;
  EXPECT_THROW(store::sqlite::back_up(world_.options().folder, copies.path() / "copy", {}), store::sqlite::BackupError);
}

TEST_F(AfterAKill, AFolderWithoutALogIsWhole) {
  world_.close();
  EXPECT_EQ(log_damaged_at(world_.options().folder / "cardfile.db"), std::nullopt);
}

}  // namespace
}  // namespace cardfile::test
