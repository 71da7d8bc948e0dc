#include "prove/disk_failures.h"

#include <cstdint>
#include <stdexcept>
#include <variant>

#include <gmock/gmock.h>

#include "prove/short_form.h"
#include "store/world.h"

namespace cardfile::prove {
namespace {

constexpr DiskFailureSize kShort{.steps = 8, .stride = 3};
constexpr std::int64_t kKindsOfFailures = 22;

void short_disk_failures(Campaign& campaign) { disk_failures(campaign, kShort, {}); }

TEST(DiskFailures, StopAcknowledgementsAtOnceAndLoseNothing) {
  expect_nothing_found("disk-failures", kKindsOfFailures, short_disk_failures);
}

template <class Fault>
void expect_disk_failures_found(const std::string& finding) {
  expect_found(
      "disk-failures", kKindsOfFailures,
      [](Campaign& campaign) { disk_failures(campaign, kShort, {.store = planted<Fault>()}); }, finding);
}

bool is_unavailable(const store::Work& work) { return test::refusal_of(work) == core::ErrorCode::unavailable; }

std::vector<store::Work> copies_of(std::span<const store::Work> works) {
  std::vector<store::Work> copies;
  for (const auto& work : works) copies.push_back({.command = work.command, .result = {}});
  return copies;
}

/// Of a disk that lacks room: after other failures no acknowledgement is believed.
class AcknowledgesWhatTheDiskRefused final : public TellingStore {
  using TellingStore::TellingStore;
  void commit(std::span<store::Work> works) override {
    TellingStore::commit(works);
    for (auto& work : works)
      if (is_unavailable(work) && write_failure().empty()) work.result = core::Outcome(core::ContactDeleted{});
  }
};

TEST(DiskFailures, AreFoundWhenAFailedWriteIsAcknowledged) {
  expect_disk_failures_found<AcknowledgesWhatTheDiskRefused>("are gone when it is opened again");
}

/// As another request would have it: no two create anything with one UUID.
void give_new_uuids(std::vector<store::Work>& works) {
  static std::uint64_t given = 1'000'000'000;
  for (auto& work : works) {
    std::visit(
        [](auto& action) {
          if constexpr (requires { action.uuid = core::Uuid(); }) action.uuid = test::uuid(++given);
        },
        work.command.action);
  }
}

/// Tries what was refused once more, behind everybody's back.
class DoesARefusedWriteLater final : public TellingStore {
  using TellingStore::TellingStore;
  void commit(std::span<store::Work> works) override {
    auto again = copies_of(works);
    if (!refused_.empty()) store::commit_and_wait(below(), refused_);
    refused_.clear();
    TellingStore::commit(works);
    if (!is_unavailable(works.front())) return;
    refused_ = std::move(again);
    give_new_uuids(refused_);
  }
  std::vector<store::Work> refused_;
};

TEST(DiskFailures, AreFoundWhenARefusedWriteIsDoneLater) {
  expect_disk_failures_found<DoesARefusedWriteLater>("is another");
}

class StaysRefusing final : public TellingStore {
  using TellingStore::TellingStore;
  void commit(std::span<store::Work> works) override {
    if (!refuses_) {
      TellingStore::commit(works);
      refuses_ = is_unavailable(works.front());
      return;
    }
    for (auto& work : works)
      work.result = std::make_exception_ptr(core::Error(core::ErrorCode::unavailable, "the disk is full"));
  }
  bool refuses_ = false;
};

TEST(DiskFailures, AreFoundWhenWritesAreNotTakenAgainOnceThereIsSpace) {
  expect_disk_failures_found<StaysRefusing>("writes are still refused when the disk is mended");
}

class SaysOfNoRefusedWriteThatItMayBeDone final : public TellingStore {
  using TellingStore::TellingStore;
  void commit(std::span<store::Work> works) override {
    TellingStore::commit(works);
    if (!is_unavailable(works.front())) return;
    for (auto& work : works)
      work.result = std::make_exception_ptr(core::Error(core::ErrorCode::unavailable, "no writes are taken"));
  }
};

TEST(DiskFailures, AreFoundWhenAWriteIsDoneOfWhichThatWasNotSaid) {
  expect_disk_failures_found<SaysOfNoRefusedWriteThatItMayBeDone>("a refused step is done, and that was not said");
}

class CannotBeReadWhileItRefuses final : public PassingStore {
  using PassingStore::PassingStore;
  std::optional<core::Contact> contact_at(core::TeamId team, const core::Address& address) const override {
    if (!write_failure().empty()) throw std::runtime_error("no reads either");
    return PassingStore::contact_at(team, address);
  }
};

TEST(DiskFailures, AreFoundWhenReadsStopWithWrites) {
  expect_disk_failures_found<CannotBeReadWhileItRefuses>("it cannot be read");
}

class ShowsWhatItCouldNotWrite final : public TellingStore {
  using TellingStore::TellingStore;
  void commit(std::span<store::Work> works) override {
    TellingStore::commit(works);
    failed_ = failed_ || is_unavailable(works.front());
  }
  std::int64_t count(core::TeamId team, const core::ContactQuery& query) const override {
    return PassingStore::count(team, query) + (failed_ ? 1 : 0);
  }
  bool failed_ = false;
};

TEST(DiskFailures, AreFoundWhenReadersSeeWhatWasNotWritten) {
  expect_disk_failures_found<ShowsWhatItCouldNotWrite>("counts its contacts wrongly");
}

TEST(DiskFailures, AreFoundWhenAFailedSyncIsTriedOnceMore) {
  expect_found(
      "disk-failures", kKindsOfFailures,
      [](Campaign& campaign) { disk_failures(campaign, kShort, {.syncs_again = true}); },
      "acknowledged though a sync of the log had failed");
}

}  // namespace
}  // namespace cardfile::prove
