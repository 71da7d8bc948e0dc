#include "prove/replay_log.h"

#include <gmock/gmock.h>

#include "prove/short_form.h"

namespace cardfile::prove {
namespace {

TEST(ReplayedLog, GivesWhatIsStored) {
  Campaign campaign(short_form("replay-log", 3));
  replay_log(campaign);
  EXPECT_THAT(campaign.findings(), testing::IsEmpty());
  EXPECT_GT(campaign.figure("tags, fields, users, inboxes and lists"), 100);
}

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
  replay_log(campaign, {.plant = planted<Fault>()});
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

/// Rows of the directory that became something else without an entry.
void expect_damage_found(const std::string& damage, const std::string& finding) {
  const auto run = [&](Campaign& campaign) { replay_log(campaign, {.damage = damage}); };
  expect_found("replay-log", 3, run, finding);
}

TEST(ReplayedLog, IsSeenToBeFoundWhenATagIsUnlikeIt) {
  expect_damage_found("UPDATE tag SET color = '#000000' WHERE team = 1", "The tag ");
}

TEST(ReplayedLog, IsSeenToBeFoundWhenACustomFieldIsUnlikeIt) {
  expect_damage_found("UPDATE custom_field SET title = title || '!' WHERE team = 2", "The custom field ");
}

TEST(ReplayedLog, IsSeenToBeFoundWhenAUserIsUnlikeIt) {
  expect_damage_found("UPDATE user SET email = 'eve@example.org' WHERE team = 1", "The user ");
}

TEST(ReplayedLog, IsSeenToBeFoundWhenAnInboxIsUnlikeIt) {
  expect_damage_found("UPDATE inbox SET name = name || '!'", "The inbox ");
}

TEST(ReplayedLog, IsSeenToBeFoundWhenAListIsUnlikeIt) {
  expect_damage_found("UPDATE list SET name = name || '!' WHERE team = 1", "List ");
  expect_damage_found("DELETE FROM list_member WHERE team = 1", "does not have the contacts that the change log gave");
}

}  // namespace
}  // namespace cardfile::prove
