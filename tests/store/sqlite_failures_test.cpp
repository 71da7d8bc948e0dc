#include <string>

#include <gmock/gmock.h>

#include "store/faulty_vfs.h"
#include "store/world.h"

namespace cardfile::test {
namespace {

class FailingDisk : public testing::Test {
 protected:
  std::optional<core::ErrorCode> refusal_of_update() {
    return world_.refusal(core::UpdateContact{.key = ada_.id, .patch = {.first = "Augusta"}});
  }

  std::string words_for_update() {
    return words_of_refusal(
        world_.commit_all({command(core::UpdateContact{.key = ada_.id, .patch = {.first = "Augusta"}})}).front());
  }

  FaultyVfs vfs_{"failing-disk"};
  World world_{Engine::sqlite, {.vfs = vfs_.name()}};
  core::Contact ada_ = world_.has_contact({.phone = "13125550142", .first = "Ada"});
};

TEST_F(FailingDisk, StopsAcknowledgingForGoodWhenASyncFailsAndReadsGoOn) {
  EXPECT_EQ(world_.store().write_failure(), "");
  vfs_.syncs_give(SQLITE_IOERR_FSYNC);
  EXPECT_EQ(refusal_of_update(), core::ErrorCode::unavailable);
  EXPECT_NE(world_.store().write_failure(), "");
  EXPECT_EQ(world_.contact(ada_.id), ada_);

  vfs_.syncs_give(SQLITE_OK);
  EXPECT_EQ(refusal_of_update(), core::ErrorCode::unavailable);
  EXPECT_EQ(world_.contact(ada_.id), ada_);
  EXPECT_EQ(world_.findings(), std::vector<std::string>{});
}

TEST_F(FailingDisk, SaysOfAWriteWhoseSyncFailedThatItMayBeDone) {
  vfs_.syncs_give(SQLITE_IOERR_FSYNC);
  EXPECT_THAT(words_for_update(), testing::HasSubstr("it may be done all the same"));
  vfs_.syncs_give(SQLITE_OK);
  EXPECT_EQ(words_for_update(), "the store takes no writes at the moment");
}

TEST_F(FailingDisk, LeavesNothingInTheLogOfAWriteWhoseSyncFailed) {
  const auto log = world_.options().folder / "cardfile.db-wal";
  const auto before = std::filesystem::file_size(log);
  vfs_.syncs_give(SQLITE_IOERR_FSYNC);
  EXPECT_EQ(refusal_of_update(), core::ErrorCode::unavailable);
  EXPECT_EQ(std::filesystem::file_size(log), before)
      << "the disk does not have it, and what is committed behind it after a restart would go with it";
  vfs_.syncs_give(SQLITE_OK);
  world_.reopen();
  EXPECT_EQ(world_.contact(ada_.id), ada_);
}

TEST_F(FailingDisk, SaysOfAWriteForWhichThereIsNoSpaceThatItIsNotDone) {
  vfs_.writes_give(SQLITE_FULL);
  EXPECT_EQ(words_for_update(), "the store takes no writes at the moment");
  vfs_.writes_give(SQLITE_OK);
}

TEST(AFailedSync, IsToldToTheOperatorOnceAndAPassingFailureNotForEachCommit) {
  FaultyVfs vfs("told-disk");
  std::vector<std::string> told;
  World world(Engine::sqlite,
              {.vfs = vfs.name(), .on_failure = [&told](const std::string& why) { told.push_back(why); }});
  const auto refused = [&world] { return world.refusal(world.creation({.phone = "13125550142"})); };
  vfs.writes_give(SQLITE_FULL);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(refused(), core::ErrorCode::unavailable);
  EXPECT_EQ(told.size(), 1U);
  vfs.writes_give(SQLITE_NOMEM);
  EXPECT_EQ(refused(), core::ErrorCode::unavailable);
  EXPECT_EQ(told.size(), 2U);
  vfs.writes_give(SQLITE_FULL);
  EXPECT_EQ(refused(), core::ErrorCode::unavailable);
  EXPECT_EQ(told.size(), 2U);
  vfs.writes_give(SQLITE_OK);
  vfs.syncs_give(SQLITE_IOERR_FSYNC);
  EXPECT_EQ(refused(), core::ErrorCode::unavailable);
  EXPECT_EQ(refused(), core::ErrorCode::unavailable);
  ASSERT_EQ(told.size(), 3U);
  EXPECT_EQ(told.back(), world.store().write_failure());
  vfs.syncs_give(SQLITE_OK);
}

TEST(ACommitThatCannotBeTakenNoteOf, EndsWritingAndIsThereWhenItIsOpenedAgain) {
  bool lacks_memory = false;
  World world(Engine::sqlite, {.on_commit = [&lacks_memory] {
                if (lacks_memory) throw std::bad_alloc();
              }});
  const auto ada = world.has_contact({.phone = "13125550142", .first = "Ada"});
  lacks_memory = true;
  EXPECT_EQ(world.refusal(core::UpdateContact{.key = ada.id, .patch = {.first = "Augusta"}}),
            core::ErrorCode::unavailable);
  lacks_memory = false;
  EXPECT_NE(world.store().write_failure(), "");
  EXPECT_EQ(world.refusal(world.creation({.phone = "13125550143"})), core::ErrorCode::unavailable);
  world.reopen();
  EXPECT_EQ(world.contact(ada.id)->first, "Augusta");
  EXPECT_EQ(world.refusal(world.creation({.phone = "13125550143"})), std::nullopt);
}

TEST_F(FailingDisk, HasEverythingThatWasAcknowledgedWhenItIsOpenedAgain) {
  vfs_.syncs_give(SQLITE_IOERR_FSYNC);
  EXPECT_EQ(refusal_of_update(), core::ErrorCode::unavailable);
  vfs_.syncs_give(SQLITE_OK);
  world_.reopen();
  // What was not acknowledged may be there or not, but then in full.
  const auto stored = world_.contact(ada_.id);
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->first, stored->rev == 1 ? "Ada" : "Augusta");
  EXPECT_EQ(world_.findings(), std::vector<std::string>{});
  EXPECT_EQ(refusal_of_update(), std::nullopt);
}

TEST_F(FailingDisk, RefusesTheWholeBatchWhenItCannotBeWritten) {
  vfs_.writes_give(SQLITE_IOERR_WRITE);
  const auto works = world_.commit_all(
      {command(world_.creation({.phone = "13125550143"})), command(world_.creation({.phone = "13125550142"}))});
  for (const auto& work : works) EXPECT_EQ(refusal_of(work), core::ErrorCode::unavailable);
  EXPECT_NE(world_.store().write_failure(), "");
  vfs_.writes_give(SQLITE_OK);
  world_.reopen();
  EXPECT_EQ(world_.findings(), std::vector<std::string>{});
}

TEST_F(FailingDisk, TakesWritesAgainOnceThereIsSpace) {
  for (int successes = 0; successes < 6; ++successes) {
    vfs_.writes_give(SQLITE_FULL, successes);
    while (refusal_of_update() == std::nullopt) {
    }
    EXPECT_EQ(world_.store().write_failure(), "");
    vfs_.writes_give(SQLITE_OK);
    EXPECT_EQ(refusal_of_update(), std::nullopt);
  }
  EXPECT_EQ(world_.findings(), std::vector<std::string>{});
  const auto log = world_.log();
  EXPECT_EQ(log.back().seq, static_cast<std::int64_t>(log.size()));
  world_.reopen();
  EXPECT_EQ(world_.log(), log);
}

TEST_F(FailingDisk, ForgetsWhatAFailedBatchGaveOut) {
  vfs_.writes_give(SQLITE_FULL);
  EXPECT_EQ(world_.refusal(core::CreateFields{.drafts = {{.title = "Plan"}}}), core::ErrorCode::unavailable);
  EXPECT_EQ(world_.refusal(world_.creation({.phone = "13125550143"})), core::ErrorCode::unavailable);
  vfs_.writes_give(SQLITE_OK);
  EXPECT_TRUE(world_.store().directory(kTeam)->fields.empty());
  EXPECT_EQ(world_.has_contact({.phone = "13125550143"}).id, core::ContactId(2));
  EXPECT_EQ(world_.has_field("Plan"), core::FieldId(1));
  EXPECT_EQ(world_.log().back().seq, 4);
}

}  // namespace
}  // namespace cardfile::test
