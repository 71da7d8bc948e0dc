#include "prove/clock.h"

#include <gmock/gmock.h>

#include "prove/short_form.h"

namespace cardfile::prove {
namespace {

TEST(ClockJumps, NeverTakeBackARevisionASequenceOrATime) { expect_nothing_found("clock", 3, clock_jumps); }

/// Tells the time of the clock on the wall, which may go back.
class TrustsTheClock final : public PassingStore {
  using PassingStore::PassingStore;
  std::vector<core::ChangeEntry> changes(core::TeamId team, std::int64_t after, std::size_t limit,
                                         std::size_t bytes_max) const override {
    auto entries = PassingStore::changes(team, after, limit, bytes_max);
    for (auto& entry : entries)
      if (entry.seq % 7 == 0) entry.at -= std::chrono::hours(1);
    return entries;
  }
};

class SkipsARevision final : public PassingStore {
  using PassingStore::PassingStore;
  std::vector<core::ChangeEntry> changes(core::TeamId team, std::int64_t after, std::size_t limit,
                                         std::size_t bytes_max) const override {
    auto entries = PassingStore::changes(team, after, limit, bytes_max);
    for (auto& entry : entries) entry.rev += entry.rev > 1 ? 1 : 0;
    return entries;
  }
};

class ShowsAnotherTimeThanTheLog final : public PassingStore {
  using PassingStore::PassingStore;
  std::optional<core::Contact> contact(core::TeamId team, const core::ContactKey& key) const override {
    auto contact = PassingStore::contact(team, key);
    if (contact) contact->updated += std::chrono::microseconds(1);
    return contact;
  }
};

template <class Fault>
void clock_with(Campaign& campaign) {
  clock_jumps(campaign, planted<Fault>());
}

TEST(ClockJumps, AreSeenToBeFoundWhenTheLogTrustsTheClock) {
  expect_found("clock", 3, clock_with<TrustsTheClock>, "is not later than the one before it");
}

TEST(ClockJumps, AreSeenToBeFoundWhenARevisionIsLeftOut) {
  expect_found("clock", 3, clock_with<SkipsARevision>, "gives contact");
}

TEST(ClockJumps, AreSeenToBeFoundWhenRowAndLogTellDifferentTimes) {
  expect_found("clock", 3, clock_with<ShowsAnotherTimeThanTheLog>, "was not updated at the time of its last entry");
}

}  // namespace
}  // namespace cardfile::prove
