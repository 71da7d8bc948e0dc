#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "core/fake_team.h"
#include "core/replay.h"

namespace cardfile::core {
namespace {

/// The seed of this run; CARDFILE_TEST_SEED repeats another's.
std::uint64_t seed() {
  const char* const given = std::getenv("CARDFILE_TEST_SEED");
  return given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

/// Random patches out of few values, so that they meet one another.
class Patches {
 public:
  explicit Patches(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_); }
  bool one_in(std::size_t count) { return below(count) == 0; }

  template <class Value>
  Value one_of(std::initializer_list<Value> values) {
    return values.begin()[below(values.size())];
  }

  ContactPatch next() {
    ContactPatch patch;
    if (one_in(3)) patch.phone = phone();
    if (one_in(3)) patch.first = one_of<std::string>({"", "Ada", "Ben"});
    if (one_in(3)) patch.last = one_of<std::string>({"", "King", "Noel"});
    if (one_in(5)) patch.display_name = one_of<std::string>({"", "Ada", "Ada King", "The Countess"});
    if (one_in(3)) patch.email = one_in(3) ? "" : email();
    if (one_in(5)) patch.avatar = one_of<std::string>({"", "https://example.org/a.png"});
    if (one_in(2)) patch.custom = custom_values();
    if (one_in(4)) patch.assignee = one_of({UserId(), kOwner, kColleague, kStranger});
    if (one_in(3)) patch.tags = tag_set();
    if (one_in(3)) patch.opted_out = one_in(2);
    if (one_in(4)) patch.email_suppressions = {{static_cast<std::int64_t>(1 + below(3)), 2}};
    if (one_in(3)) patch.channels = drafts();
    if (one_in(3)) patch.note = one_of<std::string>({"", "calls back", "on holiday"});
    return patch;
  }

 private:
  std::string phone() { return "1312555010" + std::to_string(below(8)); }
  std::string email() { return one_of<std::string>({"a@b.c", "A@b.c", "d@e.f", "g@h.i"}); }

  CustomPatch custom_values() {
    CustomPatch values;
    for (const FieldId field : {kPlan, kCity, kBirthday, kNoField}) {
      if (one_in(2)) continue;
      values[field] = one_in(3) ? std::nullopt : std::optional(one_of<std::string>({"", "x", "y"}));
    }
    return values;
  }

  std::vector<TagId> tag_set() {
    std::vector<TagId> set(below(6));
    for (TagId& tag : set) tag = TagId(static_cast<std::int64_t>(1 + below(9)));
    if (one_in(20)) set.push_back(kNoTag);
    return set;
  }

  std::vector<ChannelDraft> drafts() {
    std::vector<ChannelDraft> drafts(below(3));
    // One handle for all: of two drafts of one channel the later wins, each time anew.
    const auto handle = one_of<std::string>({"", "h", "i"});
    for (ChannelDraft& draft : drafts) {
      draft.type = one_of<std::string>({"phone", "email", "facebook"});
      draft.value = draft.type == "phone" ? phone() : draft.type == "email" ? email() : one_of<std::string>({"f", "g"});
      draft.handle = handle;
    }
    return drafts;
  }

  std::mt19937_64 random_;
};

/// All contacts, made out of nothing but the log.
std::map<ContactId, Contact> rebuilt(const std::vector<ChangeEntry>& log) {
  std::map<ContactId, Contact> contacts;
  for (const ChangeEntry& entry : log) {
    Contact& contact = contacts[ContactId(entry.subject_id)];
    EXPECT_EQ(entry.rev, contact.rev + 1) << "entry " << entry.seq << " leaves a revision out";
    EXPECT_TRUE(apply(contact, entry)) << "entry " << entry.seq << " does not say what was there before it";
    if (entry.operation == Operation::remove) contacts.erase(contact.id);
  }
  return contacts;
}

/// Without what every write changes.
Contact timeless(Contact contact) {
  contact.rev = 0;
  contact.updated = {};
  return contact;
}

void expect_unnamed_fields_kept(const Contact& before, const Contact& after, const ContactPatch& patch) {
  if (!patch.first) {
    EXPECT_EQ(after.first, before.first);
  }
  if (!patch.last) {
    EXPECT_EQ(after.last, before.last);
  }
  if (!patch.avatar) {
    EXPECT_EQ(after.avatar, before.avatar);
  }
  if (!patch.assignee) {
    EXPECT_EQ(after.assigned, before.assigned);
  }
  if (!patch.tags) {
    EXPECT_EQ(after.tags, before.tags);
  }
  if (!patch.opted_out) {
    EXPECT_EQ(after.consent, before.consent);
  }
  if (!patch.email_suppressions) {
    EXPECT_EQ(after.email_suppressions, before.email_suppressions);
  }
  if (!patch.first && !patch.last && !patch.display_name) {
    EXPECT_EQ(after.display_name, before.display_name);
  }
  if (!patch.phone && !patch.email && !patch.channels) {
    EXPECT_EQ(after.channels, before.channels);
  }
}

void expect_merge_kept_unnamed_values(const CustomValues& before, const CustomValues& after, const CustomPatch& patch) {
  for (const FieldId field : {kPlan, kCity, kBirthday}) {
    if (patch.contains(field)) continue;
    EXPECT_EQ(before.contains(field), after.contains(field)) << field.value();
    if (before.contains(field) && after.contains(field)) {
      EXPECT_EQ(before.at(field), after.at(field));
    }
  }
  EXPECT_FALSE(after.contains(kNoField));
}

/// An update that is accepted does what every update does; gives whether it was.
bool update_holds(FakeTeam& team, const UpdateContact& update) {
  const Contact before = team.stored(std::get<ContactId>(update.key));
  Contact after;
  try {
    after = team.does(update);
  } catch (const Error& refusal) {
    EXPECT_TRUE(refusal.code() == ErrorCode::bad_data || refusal.code() == ErrorCode::conflict) << refusal.what();
    EXPECT_EQ(team.stored(before.id), before);
    return false;
  }
  EXPECT_EQ(after.rev, before.rev + 1);
  EXPECT_GT(after.updated, before.updated);
  expect_unnamed_fields_kept(before, after, update.patch);
  if (update.custom_mode == CustomMode::merge) {
    expect_merge_kept_unnamed_values(before.custom, after.custom, update.patch.custom.value_or(CustomPatch{}));
  }
  if (update.patch.phone) {
    EXPECT_EQ(after.phone(), *update.patch.phone);
  }
  if (update.patch.email && !update.patch.email->empty()) {
    EXPECT_EQ(after.email(), *update.patch.email);
  }
  return true;
}

TEST(RandomPatches, KeepTheLogInStepWithTheContacts) {
  const std::uint64_t first_seed = seed();
  RecordProperty("seed", std::to_string(first_seed));
  for (std::uint64_t run = 0; run < 20; ++run) {
    SCOPED_TRACE("CARDFILE_TEST_SEED=" + std::to_string(first_seed + run));
    Patches patches(first_seed + run);
    FakeTeam team;
    int accepted = 0;
    for (int step = 0; step < 200 && !HasFailure(); ++step) {
      const ContactId id(static_cast<std::int64_t>(1 + patches.below(6)));
      const CustomMode mode = patches.one_in(3) ? CustomMode::overwrite : CustomMode::merge;
      if (!team.contact(id)) {
        try {
          accepted += team.does(CreateContact{.patch = patches.next(), .custom_mode = mode}).rev > 0;
        } catch (const Error&) {
          continue;
        }
      } else if (patches.one_in(25)) {
        team.does(DeleteContact{.key = id});
      } else {
        accepted += update_holds(team, {.key = id, .patch = patches.next(), .custom_mode = mode});
      }
      team.now += std::chrono::microseconds(static_cast<std::int64_t>(patches.below(3)) - 1);
    }
    EXPECT_GT(accepted, 20);
    const std::map<ContactId, Contact> contacts = rebuilt(team.log());
    EXPECT_EQ(contacts.size(), team.contacts());
    for (const auto& [id, contact] : contacts) EXPECT_EQ(contact, team.contact(id)) << id.value();
  }
}

TEST(RandomPatches, AppliedTwiceChangeOnlyRevisionAndTime) {
  const std::uint64_t first_seed = seed();
  SCOPED_TRACE("CARDFILE_TEST_SEED=" + std::to_string(first_seed));
  Patches patches(first_seed);
  int accepted = 0;
  for (int step = 0; step < 500 && !HasFailure(); ++step) {
    FakeTeam team;
    ContactPatch start = patches.next();
    start.assignee.reset();
    start.tags.reset();
    const Contact ada = team.has_contact(start);
    UpdateContact update{.key = ada.id, .patch = patches.next()};
    // Clearing takes one e-mail away each time, and a draft of the same call could be the one.
    if (update.patch.email == "") update.patch.email.reset();
    if (patches.one_in(2)) update.custom_mode = CustomMode::overwrite;
    if (!update_holds(team, update)) continue;
    ++accepted;
    const Contact once = team.stored(ada.id);
    const Contact twice = team.does(update);
    EXPECT_EQ(timeless(twice), timeless(once));
    EXPECT_TRUE(team.last_entry().changes.empty());
  }
  EXPECT_GT(accepted, 100);
}

}  // namespace
}  // namespace cardfile::core
