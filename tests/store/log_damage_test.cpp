// A write-ahead log that the disk has changed is told from one that a power cut or a kill has left.

#include "store/sqlite/log_damage.h"

#include <atomic>
#include <cerrno>
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

#include "store/hooked_vfs.h"
#include "store/open.h"
#include "store/sqlite/backup.h"
#include "store/sqlite/db.h"
#include "store/world.h"
#include "support/syncs.h"
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

constexpr std::int64_t kFrameBytes = 24 + 2048;

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void flip(const std::filesystem::path& path, std::int64_t at) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(at);
  const int before = file.get();
  file.seekp(at);
  file.put(static_cast<char>(before ^ 4));
}

/// A disk with no room for an index.
class FailingIndexVfs final : public HookedVfs {
 public:
  FailingIndexVfs() : HookedVfs("failing-index") {}

 private:
  std::optional<int> before(const FileCall& call) override {
    return call.asked == Asked::share ? std::optional(SQLITE_IOERR_SHMSIZE) : std::nullopt;
  }
};

/// A folder as a kill leaves it, with three contacts, each a commit of its own.
class AfterAKill : public testing::Test {
 protected:
  AfterAKill() {
    for (const char* phone : {"13125550142", "13125550143", "13125550144"}) {
      starts_.push_back(static_cast<std::int64_t>(std::filesystem::file_size(log_in(world_.options().folder))));
      std::filesystem::copy_file(index_in(world_.options().folder), index_before_last_,
                                 std::filesystem::copy_options::overwrite_existing);
      world_.has_contact({.phone = phone});
    }
    leave();
  }

  /// What the server has written until now, as if it were killed.
  void leave() const {
    for (const char* name : {"cardfile.db", "cardfile.db-wal", "cardfile.db-shm"})
      std::filesystem::copy_file(world_.options().folder / name, left_.path() / name,
                                 std::filesystem::copy_options::overwrite_existing);
  }

  static std::filesystem::path log_in(const std::filesystem::path& folder) { return folder / "cardfile.db-wal"; }
  static std::filesystem::path index_in(const std::filesystem::path& folder) { return folder / "cardfile.db-shm"; }
  std::filesystem::path log() const { return log_in(left_.path()); }
  std::filesystem::path index() const { return index_in(left_.path()); }
  std::filesystem::path kept() const { return left_.path() / "cardfile.db-shm-kept"; }
  std::int64_t log_bytes() const { return static_cast<std::int64_t>(std::filesystem::file_size(log())); }

  std::optional<std::int64_t> damaged_at() const { return log_damaged_at(left_.path() / "cardfile.db"); }

  void flip(std::int64_t at) const { test::flip(log(), at); }

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

  TempFolder left_;
  TempFolder before_;
  const std::filesystem::path index_before_last_ = before_.path() / "index";  // Before the last commit.
  World world_{Engine::sqlite};
  std::vector<std::int64_t> starts_;  // Of the contacts' commits, in the log.
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

TEST_F(AfterAKill, EveryFrameOfEveryCommitIsLookedAt) {
  for (auto at = std::int64_t{32}; at < log_bytes(); at += kFrameBytes) {
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

TEST_F(AfterAKill, ALogOfWhichTheBeginningIsNoiseIsDamagedHoweverLittleIsLeft) {
  for (const std::int64_t left : {log_bytes(), std::int64_t{4'000}, std::int64_t{1}}) {
    std::ofstream(log(), std::ios::binary) << std::string(static_cast<std::size_t>(left), 'x');
    EXPECT_EQ(damaged_at(), 0) << left;
  }
}

TEST_F(AfterAKill, ALogThatIsCutOffIsSeenToEndWhereItsLastWholeFrameDoes) {
  const std::string whole = content_of(log());
  for (auto end = std::int64_t{32}; end < static_cast<std::int64_t>(whole.size()); end += 691) {
    std::filesystem::resize_file(log(), static_cast<std::uintmax_t>(end));
    EXPECT_EQ(damaged_at(), 32 + (end - 32) / kFrameBytes * kFrameBytes) << end;
    std::ofstream(log(), std::ios::binary) << whole;
  }
}

TEST_F(AfterAKill, ALogThatIsGoneIsMissed) {
  std::filesystem::resize_file(log(), 0);
  EXPECT_THAT(why_it_does_not_open(), HasSubstr("cardfile.db-wal is gone"));
  std::filesystem::remove(log());
  EXPECT_THAT(why_it_does_not_open(), HasSubstr("cardfile.db-wal is gone"));
  EXPECT_THAT(findings(), testing::Contains(HasSubstr("cardfile.db-wal is gone")));
  std::filesystem::remove(index());
  EXPECT_EQ(damaged_at(), std::nullopt);
}

TEST_F(AfterAKill, ALogIsNotTakenAwayWithADatabaseThatIsGone) {
  const auto database = left_.path() / "cardfile.db";
  const std::string before = content_of(log());
  for (const bool is_known_to_have_more : {true, false}) {
    if (!is_known_to_have_more) std::filesystem::remove(index());
    for (const bool is_there : {true, false}) {
      std::filesystem::remove(database);
      if (is_there) std::ofstream(database, std::ios::binary).flush();
      EXPECT_THAT(why_it_does_not_open(), HasSubstr("cardfile.db is gone, and its write-ahead log"));
      EXPECT_THAT(findings(), ElementsAre(HasSubstr("cardfile.db is gone")));
      EXPECT_EQ(content_of(log()), before);
    }
  }
  const TempFolder copies;
  EXPECT_THROW(store::sqlite::back_up(left_.path(), copies.path() / "copy", {}), store::sqlite::BackupError);
  EXPECT_EQ(content_of(log()), before);
}

TEST_F(AfterAKill, ACheckOfALargeDamagedLogLooksAtAllThatCanBeRead) {
  for (int i = 0; i < 120; ++i)
    world_.has_contact({.phone = std::to_string(13'125'551'000 + i), .note = std::string(100'000, 'x')});
  leave();
  ASSERT_GT(log_bytes(), 5'000 * kFrameBytes) << "more than one region of the index tells of";
  const std::string before = content_of(index());
  flip(log_bytes() - 500);
  const store::CheckReport report = store::check_sqlite({.folder = left_.path()}, {});
  EXPECT_THAT(report.findings, ElementsAre(HasSubstr("not what was written from byte")));
  EXPECT_EQ(report.contacts, 122) << "all but the last one";
  EXPECT_EQ(content_of(index()), before);
}

TEST_F(AfterAKill, AKillWhileTheIndexIsMadeAnewForgetsNothing) {
  FailingIndexVfs vfs;
  EXPECT_THROW(store::open_sqlite({.folder = left_.path(), .vfs = vfs.name()}, world_.clock().source()),
               store::OpenError);
  ASSERT_LT(std::filesystem::file_size(index()), 100U) << "it still says how far the log went";
  EXPECT_EQ(damaged_at(), std::nullopt);
  flip(starts_[2] + 500);
  EXPECT_EQ(damaged_at(), starts_[2]);
  flip(starts_[2] + 500);
  EXPECT_EQ(open()->count(kTeam, {}), 3);
  EXPECT_FALSE(std::filesystem::exists(kept()));
}

TEST_F(AfterAKill, WhatIsKeptIsWrittenToNoFileThatWasThere) {
  const TempFolder victims;
  std::ofstream(victims.path() / "victim") << "precious";
  std::filesystem::create_symlink(victims.path() / "victim", kept());
  EXPECT_EQ(open()->count(kTeam, {}), 3);
  EXPECT_EQ(content_of(victims.path() / "victim"), "precious");
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::symlink_status(kept())));
}

TEST_F(AfterAKill, WhatIsKeptIsForTheOwnerOnly) {
  FailingIndexVfs vfs;
  EXPECT_THROW(store::open_sqlite({.folder = left_.path(), .vfs = vfs.name()}, world_.clock().source()),
               store::OpenError);
  EXPECT_EQ(std::filesystem::status(kept()).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(AfterAKill, ALogThatCannotBeSyncedIsNoFindingOfCheck) {
  Syncs syncs;
  syncs.fail(log(), EIO);
  EXPECT_THROW(findings(), store::OpenError);
}

TEST_F(AfterAKill, TheLastCommitIsNeitherForgottenNorBackedUpWhereItIsDamaged) {
  flip(starts_[2] + 500);
  const std::string before = content_of(index());
  EXPECT_THAT(why_it_does_not_open(), HasSubstr("not what was written from byte " + std::to_string(starts_[2])));
  for (int time = 0; time < 2; ++time)
    EXPECT_THAT(findings(), ElementsAre(HasSubstr("is not what was written from byte " + std::to_string(starts_[2]))));
  EXPECT_EQ(content_of(index()), before) << "who looks next would not find it";
  const TempFolder copies;
  EXPECT_THROW(store::sqlite::back_up(left_.path(), copies.path() / "copy", {}), store::sqlite::BackupError);
}

TEST_F(AfterAKill, OneSoundCopyOfTheIndexsHeaderIsEnough) {
  flip(starts_[2] + 500);
  for (std::int64_t byte = 0; byte < 96; ++byte) {
    test::flip(index(), byte);
    EXPECT_EQ(damaged_at(), starts_[2]) << byte;
    test::flip(index(), byte);
  }
}

TEST_F(AfterAKill, AnIndexThatTheDiskHasChangedRefusesNothing) {
  for (std::int64_t byte = 0; byte < 48; ++byte) {
    test::flip(index(), byte);
    test::flip(index(), 48 + byte);
    EXPECT_EQ(damaged_at(), std::nullopt) << byte;
    test::flip(index(), byte);
    test::flip(index(), 48 + byte);
  }
  EXPECT_EQ(open()->count(kTeam, {}), 3);
}

TEST_F(AfterAKill, WhatWasWrittenIsDurableBeforeAnybodyTakesItForCommitted) {
  const std::string before = content_of(index());
  Syncs syncs;
  syncs.fail(log(), EIO);
  EXPECT_THAT(why_it_does_not_open(), HasSubstr("cannot sync cardfile.db-wal: Input/output error"));
  EXPECT_EQ(content_of(index()), before) << "SQLite has read the log";
  const TempFolder copies;
  EXPECT_THROW(store::sqlite::back_up(left_.path(), copies.path() / "copy", {}), store::sqlite::BackupError);
  EXPECT_EQ(content_of(index()), before) << "SQLite has read the log";
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

/// As a power cut leaves it, after which the index is gone.
class AfterAPowerCut : public AfterAKill {
 protected:
  AfterAPowerCut() { std::filesystem::remove(index()); }

  void find_index_of_before_the_last_commit() const { std::filesystem::copy_file(index_before_last_, index()); }
};

TEST_F(AfterAPowerCut, ACommitAtTheEndThatIsNotWholeIsNoDamage) {
  flip(starts_[2] + 500);
  EXPECT_EQ(damaged_at(), std::nullopt);
  EXPECT_EQ(open()->count(kTeam, {}), 2);
}

TEST_F(AfterAPowerCut, EveryFrameOfACommitThatAnotherFollowsIsLookedAt) {
  for (auto at = starts_[0]; at < starts_[1]; at += kFrameBytes) {
    for (const std::int64_t byte : {0, 4, 9, 17, 24, 2071}) {
      flip(at + byte);
      EXPECT_EQ(damaged_at(), at) << byte;
      flip(at + byte);
    }
  }
  EXPECT_EQ(damaged_at(), std::nullopt);
}

TEST_F(AfterAPowerCut, EveryByteOfTheHeaderOfALogWithTwoCommitsIsLookedAt) {
  for (std::int64_t byte = 0; byte < 32; ++byte) {
    flip(byte);
    EXPECT_EQ(damaged_at(), 0) << byte;
    flip(byte);
  }
}

TEST_F(AfterAPowerCut, AnIndexOfSomeTimeBeforeRefusesNothingThatWasWrittenSince) {
  find_index_of_before_the_last_commit();
  flip(starts_[2] + 500);
  EXPECT_EQ(damaged_at(), std::nullopt);
  EXPECT_EQ(open()->count(kTeam, {}), 2);
}

TEST_F(AfterAPowerCut, AnIndexOfSomeTimeBeforeShowsDamageOfWhatThereWasThen) {
  find_index_of_before_the_last_commit();
  std::filesystem::resize_file(log(), static_cast<std::uintmax_t>(starts_[2] - 1));
  EXPECT_EQ(damaged_at(), starts_[2] - kFrameBytes);
}

/// The log is begun anew; then a contact is made.
class AfterTheLogWasBegunAnew : public AfterAKill {
 protected:
  AfterTheLogWasBegunAnew() {
    Connection connection({.file = world_.options().folder / "cardfile.db"});
    // The search index, which is made meanwhile, may be reading.
    while (!connection.checkpoint(CheckpointMode::restart).is_complete) std::this_thread::yield();
    const auto size = std::filesystem::file_size(log_in(world_.options().folder));
    world_.has_contact({.phone = "13125550145"});
    EXPECT_EQ(std::filesystem::file_size(log_in(world_.options().folder)), size) << "nothing stands behind the end";
    leave();
  }
};

TEST_F(AfterTheLogWasBegunAnew, WhatStandsBehindItsEndIsNoDamage) {
  EXPECT_EQ(damaged_at(), std::nullopt);
  std::filesystem::remove(index());
  EXPECT_EQ(damaged_at(), std::nullopt);
}

TEST_F(AfterTheLogWasBegunAnew, TheIndexOfTheLogBeforeSaysNothing) {
  std::filesystem::copy_file(index_before_last_, index(), std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(damaged_at(), std::nullopt);
  EXPECT_EQ(open()->count(kTeam, {}), 4);
}

TEST_F(AfterTheLogWasBegunAnew, DamageOfItsOnlyCommitIsSeen) {
  flip(500);
  EXPECT_EQ(damaged_at(), 32);
}

/// Fails writes to the log from some moment on.
class FailingLogVfs final : public HookedVfs {
 public:
  FailingLogVfs() : HookedVfs("failing-log") {}
  void fail() { fails_ = true; }

 private:
  std::optional<int> before(const FileCall& call) override {
    const bool is_asked = call.asked == Asked::write && call.kind == FileKind::log;
    return fails_ && is_asked ? std::optional(SQLITE_IOERR_WRITE) : std::nullopt;
  }

  std::atomic<bool> fails_ = false;
};

TEST(ALogThatCannotBeBegunAnew, IsNotCutToNothingWhileItsIndexMayBeFoundToTellOfMore) {
  FailingLogVfs vfs;
  World world(Engine::sqlite, {.vfs = vfs.name()});
  const auto ada = world.has_contact({.phone = "13125550142"});
  const auto database = world.options().folder / "cardfile.db";
  const std::filesystem::path index = database.native() + "-shm";
  // What a power cut may leave of it.
  std::string synced = content_of(index);
  const SyncListener listener([&](const std::filesystem::path& path) {
    if (path == index) synced = content_of(index);
  });
  {
    Connection connection({.file = database, .vfs = vfs.name()});
    while (!connection.checkpoint(CheckpointMode::restart).is_complete) std::this_thread::yield();
    connection.leave_log_on_close();
  }
  vfs.fail();
  EXPECT_EQ(world.refusal(world.creation({.phone = "13125550143"})), core::ErrorCode::unavailable);
  const TempFolder left;
  for (const char* name : {"cardfile.db", "cardfile.db-wal"})
    std::filesystem::copy_file(world.options().folder / name, left.path() / name);
  std::ofstream(left.path() / "cardfile.db-shm", std::ios::binary) << synced;
  const auto store = store::open_sqlite({.folder = left.path()}, world.clock().source());
  EXPECT_EQ(store->contact(kTeam, ada.id), ada);
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

TEST_F(BesideAnotherProgram, AStopWhileItReadsWhatWasThereBeforeLeavesTheLogAndItsIndex) {
  open_it();
  ASSERT_EQ(sqlite3_exec(other_, "BEGIN; SELECT count(*) FROM team", nullptr, nullptr, nullptr), SQLITE_OK);
  const auto ada = world_.has_contact({.phone = "13125550142"});
  world_.close();
  EXPECT_GT(std::filesystem::file_size(store::sqlite::log_of(database_)), 0U);
  EXPECT_TRUE(std::filesystem::exists(database_.native() + "-shm"));
  EXPECT_EQ(log_damaged_at(database_), std::nullopt);
  sqlite3_exec(other_, "COMMIT", nullptr, nullptr, nullptr);
  world_.reopen();
  EXPECT_EQ(world_.contact(ada.id), ada);
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
  EXPECT_NE(log_damaged_at(database_), std::nullopt) << "the next start is to refuse it";
}

TEST_F(BesideAnotherProgram, AStopThatCannotSyncTheIndexTellsItAndLeavesTheLog) {
  const auto ada = world_.has_contact({.phone = "13125550142"});
  {
    Syncs syncs;
    syncs.fail(database_.native() + "-shm", EIO);
    world_.close();
  }
  EXPECT_THAT(told_, HasSubstr("cannot sync the index of the log"));
  EXPECT_GT(std::filesystem::file_size(store::sqlite::log_of(database_)), 0U);
  world_.reopen();
  EXPECT_EQ(world_.contact(ada.id), ada);
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

TEST(AfterACleanStop, TheIndexThatIsSyncedBeforeTheLogIsEmptiedDoesNotMissIt) {
  World world(Engine::sqlite);
  world.has_contact({.phone = "13125550142"});
  const auto database = world.options().folder / "cardfile.db";
  const std::filesystem::path index = database.native() + "-shm";
  std::string synced;
  std::uintmax_t log_bytes = 0;
  {
    const SyncListener listener([&](const std::filesystem::path& path) {
      if (path != index) return;
      synced = content_of(index);
      log_bytes = std::filesystem::file_size(store::sqlite::log_of(database));
    });
    world.close();
  }
  ASSERT_FALSE(std::filesystem::exists(store::sqlite::log_of(database)));
  EXPECT_GT(log_bytes, 32U) << "the log was emptied before";
  std::ofstream(index, std::ios::binary) << synced;
  EXPECT_EQ(log_damaged_at(database), std::nullopt) << "a power cut has brought it back";
}

TEST_F(AfterAKill, AFolderWithoutALogIsWhole) {
  world_.close();
  EXPECT_EQ(log_damaged_at(world_.options().folder / "cardfile.db"), std::nullopt);
}

}  // namespace
}  // namespace cardfile::test
