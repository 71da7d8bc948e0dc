#include "prove/replay_log.h"

#include <gmock/gmock.h>

#include "prove/short_form.h"

namespace cardfile::prove {
namespace {

TEST(ReplayedLog, GivesTheContactsAsTheyAreStored) { expect_nothing_found("replay-log", 3, replay_log); }

/// An entry in twenty leaves a field out.
class EntriesWithoutAField final : public PassingStore {
  using PassingStore::PassingStore;
  std::vector<core::ChangeEntry> changes(core::TeamId team, std::int64_t after, std::size_t limit,
                                         std::size_t bytes_max) const override {
    auto entries = PassingStore::changes(team, after, limit, bytes_max);
    for (auto& entry : entries)
      if (entry.seq % 20 == 0 && !entry.changes.empty()) entry.changes.pop_back();
    return entries;
  }
};

class AnEntryThatIsMissing final : public PassingStore {
  using PassingStore::PassingStore;
  std::vector<core::ChangeEntry> changes(core::TeamId team, std::int64_t after, std::size_t limit,
                                         std::size_t bytes_max) const override {
    auto entries = PassingStore::changes(team, after, limit, bytes_max);
    std::erase_if(entries, [](const core::ChangeEntry& entry) { return entry.seq == 50; });
    return entries;
  }
};

/// A row that was written without its entry.
class RowsThatTheLogDoesNotKnow final : public PassingStore {
  using PassingStore::PassingStore;
  std::vector<core::Contact> contacts(core::TeamId team, const core::ContactQuery& query) const override {
    auto contacts = PassingStore::contacts(team, query);
    if (!contacts.empty()) contacts.front().created -= std::chrono::microseconds(1);
    return contacts;
  }
};

class ContactsThatAreLost final : public PassingStore {
  using PassingStore::PassingStore;
  std::vector<core::Contact> contacts(core::TeamId team, const core::ContactQuery& query) const override {
    auto contacts = PassingStore::contacts(team, query);
    if (!contacts.empty()) contacts.pop_back();
    return contacts;
  }
};

template <class Fault>
void replay_with(Campaign& campaign) {
  replay_log(campaign, planted<Fault>());
}

TEST(ReplayedLog, IsSeenToBeFoundWhenEntriesLeaveAFieldOut) {
  expect_found("replay-log", 3, replay_with<EntriesWithoutAField>, "is not what the change log makes of it");
}

TEST(ReplayedLog, IsSeenToBeFoundWhenAnEntryIsMissing) {
  expect_found("replay-log", 3, replay_with<AnEntryThatIsMissing>, "contact");
}

TEST(ReplayedLog, IsSeenToBeFoundWhenARowWasWrittenWithoutAnEntry) {
  expect_found("replay-log", 3, replay_with<RowsThatTheLogDoesNotKnow>, "is not what the change log makes of it");
}

TEST(ReplayedLog, IsSeenToBeFoundWhenAContactIsLost) {
  expect_found("replay-log", 3, replay_with<ContactsThatAreLost>, "is in the change log alone");
}

}  // namespace
}  // namespace cardfile::prove
