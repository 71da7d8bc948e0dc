#include "prove/slow_disk.h"

#include <gmock/gmock.h>

#include "prove/listening_store.h"
#include "prove/short_form.h"
#include "store/world.h"

namespace cardfile::prove {
namespace {

constexpr SlowDiskSize kShort{.steps = 60};

void short_slow_disk(Campaign& campaign) { slow_disk(campaign, kShort, {}); }

TEST(ASlowDisk, HoldsUpWritersOnlyAndNoMoreOfThemThanMayWait) { expect_nothing_found("slow-disk", 3, short_slow_disk); }

void expect_slow_disk_found(const SlowDiskFaults& faults, const std::string& finding) {
  expect_found(
      "slow-disk", 3, [&](Campaign& campaign) { slow_disk(campaign, kShort, faults); }, finding);
}

TEST(ASlowDisk, IsFoundToFillMemoryWhenAnyNumberMayWait) {
  expect_slow_disk_found({.has_no_bound = true}, "more than may");
}

class ReadsAreWritesToo final : public PassingStore {
  using PassingStore::PassingStore;
  std::optional<core::Contact> contact_at(core::TeamId team, const core::Address& address) const override {
    store::Work write{.command = test::command(core::CreateTeam{.name = "Reader"}, core::TeamId(9)), .result = {}};
    do {
      store::commit_and_wait(below(), {&write, 1});
    } while (test::refusal_of(write) == core::ErrorCode::unavailable);  // As long as there is no room for it.
    return PassingStore::contact_at(team, address);
  }
};

TEST(ASlowDisk, IsFoundToHoldUpReadersThatWaitForTheWriter) {
  expect_slow_disk_found({.plant = planted<ReadsAreWritesToo>(), .patience_of_readers = std::chrono::milliseconds(200)},
                         "readers are held up");
}

class RefusesReaders final : public PassingStore {
  using PassingStore::PassingStore;
  std::optional<core::Contact> contact_at(core::TeamId, const core::Address&) const override {
    throw core::Error(core::ErrorCode::unavailable, "the disk is slow");
  }
};

TEST(ASlowDisk, IsFoundToRefuseReaders) {
  expect_slow_disk_found({.plant = planted<RefusesReaders>()}, "a read fails: the disk is slow");
}

/// Answers one in a few while the disk stands still, and forgets it.
class ForgetsWhatWaited final : public PassingStore {
  using PassingStore::PassingStore;
  void submit(store::Submission& submission) override {
    if (++submissions_ % 5 != 0) return PassingStore::submit(submission);
    for (auto& work : submission.works) work.result = core::Outcome(core::ContactDeleted{});
    const std::coroutine_handle<> waiter = submission.waiter;
    submission.executor->resume({&waiter, 1});
  }
  int submissions_ = 0;
};

TEST(ASlowDisk, IsFoundToLoseWritesThatWereAnsweredTooEarly) {
  Campaign campaign(short_form("slow-disk", 3));
  slow_disk(campaign, kShort, {.plant = planted<ForgetsWhatWaited>()});
  EXPECT_THAT(campaign.findings(), testing::Not(testing::IsEmpty()));
}

TEST(ASlowDisk, IsFoundToShowWhatIsNotYetDurable) {
  expect_slow_disk_found({.plant = planted<ShowsTheUnsynced>()}, "while a sync takes long");
}

}  // namespace
}  // namespace cardfile::prove
