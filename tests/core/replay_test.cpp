#include "core/replay.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "core/fake_team.h"

namespace cardfile::core {
namespace {

/// The contact that the log gives.
Contact replayed(const std::vector<ChangeEntry>& log) {
  Contact contact;
  for (const ChangeEntry& entry : log) EXPECT_TRUE(apply(contact, entry)) << "entry " << entry.seq;
  return contact;
}

ContactPatch everything() {
  ContactPatch patch{.phone = "13125550142", .first = "Ada", .last = "King", .display_name = "The Countess"};
  patch.email = "ada@example.org";
  patch.avatar = "https://example.org/a.png";
  patch.custom = CustomPatch{{kPlan, "free"}, {kCity, ""}};
  patch.assignee = kColleague;
  patch.tags = tags({2, 1});
  patch.opted_out = true;
  patch.email_suppressions = {5, 6};
  patch.channels = {{.type = "facebook", .value = "f", .handle = "ada", .info = "page"}};
  patch.note = "Calls back";
  return patch;
}

TEST(Replay, OfACreationGivesEveryFieldOfTheContact) {
  FakeTeam team;
  const Contact ada = team.has_contact(everything());
  EXPECT_EQ(replayed(team.log()), ada);
}

TEST(Replay, OfUpdatesGivesTheContactAsTheyLeftIt) {
  FakeTeam team;
  const Contact ada = team.has_contact(everything());
  team.now += std::chrono::hours(1);
  team.does(UpdateContact{.key = ada.id,
                          .patch = {.first = "",
                                    .display_name = "",
                                    .email = "",
                                    .avatar = "",
                                    .custom = CustomPatch{{kPlan, std::nullopt}, {kBirthday, "1815-12-10"}},
                                    .assignee = UserId(),
                                    .tags = tags({3}),
                                    .opted_out = false,
                                    .email_suppressions = {{}},
                                    .note = "Wrote a letter"}});
  team.does(SetStatus{.names = {.id = ada.id}, .status = Status::blocked});
  team.does(AddChannel{.key = ada.id, .patch = {.type = "phone", .value = "13125550143"}});
  team.does(UpdateContact{.key = ada.id, .patch = {.phone = "13125550143"}});
  EXPECT_EQ(replayed(team.log()), team.stored(ada.id));
  EXPECT_EQ(team.stored(ada.id).rev, 5);
}

TEST(Replay, OfAWriteThatChangedNothingRaisesRevisionAndTime) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  team.does(UpdateContact{.key = ada.id, .patch = {.phone = "13125550142"}});
  EXPECT_TRUE(team.last_entry().changes.empty());
  EXPECT_EQ(replayed(team.log()), team.stored(ada.id));
}

TEST(Replay, KeepsTheFiftyNewestNotesInTheirOrder) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  for (int i = 0; i < 53; ++i) {
    team.now += std::chrono::minutes(1);
    team.does(UpdateContact{.key = ada.id, .patch = {.note = std::to_string(i)}});
  }
  EXPECT_EQ(team.stored(ada.id).notes.size(), 50U);
  EXPECT_EQ(replayed(team.log()), team.stored(ada.id));
}

TEST(Replay, OfADeletionLeavesNothingButItsIdRevisionAndTimes) {
  FakeTeam team;
  const Contact ada = team.has_contact(everything());
  team.now += std::chrono::hours(1);
  team.does(DeleteContact{.key = ada.id});
  Contact nobody;
  nobody.id = ada.id;
  nobody.rev = 2;
  nobody.created = ada.created;
  nobody.updated = team.now;
  EXPECT_EQ(replayed(team.log()), nobody);
}

TEST(Replay, OfADeletionAloneGivesTheContactThatItTookAway) {
  FakeTeam team;
  const Contact ada = team.has_contact(everything());
  team.now += std::chrono::hours(1);
  team.does(DeleteContact{.key = ada.id});
  Contact expected = ada;
  expected.rev = 2;
  expected.updated = team.now;
  expected.notes.clear();
  EXPECT_EQ(contact_deleted_by(team.last_entry()), expected);
}

TEST(Replay, SaysWhenTheContactWasSomethingElseBefore) {
  FakeTeam team;
  const Contact ada = team.has_contact(everything());
  team.does(UpdateContact{.key = ada.id, .patch = {.first = "Augusta"}});
  Contact other = ada;
  other.first = "Eve";
  EXPECT_FALSE(apply(other, team.last_entry()));
  EXPECT_EQ(other, team.stored(ada.id));

  team.does(SetStatus{.names = {.id = ada.id}, .status = Status::active});
  other.consent = {};
  EXPECT_FALSE(apply(other, team.last_entry()));
}

TEST(Replay, TellsAnEmptyCustomValueFromNone) {
  const ChangeEntry entry{.subject_id = 1, .rev = 2, .changes = {{"custom.701", "", {}}}};
  Contact with;
  with.custom = custom({{701, ""}});
  EXPECT_TRUE(apply(with, entry));
  EXPECT_TRUE(with.custom.empty());
  Contact without;
  EXPECT_FALSE(apply(without, entry));
}

TEST(Replay, ThrowsWhenNoContactCanHaveTheChange) {
  const std::vector<FieldChange> impossible = {{"nickname", {}, "Ada"}, {"custom.x", {}, "Ada"}, {"custom.", {}, "Ada"},
                                               {"note.0", {}, "Ada"},   {"first", {}, true},     {"first", true, "Ada"},
                                               {"uuid", {}, "Ada"},     {"tags", {}, "Ada"},     {"blocked", {}, "yes"},
                                               {"note.1", {}, true},    {"channels", {}, "Ada"}, {"created", "x", {}}};
  for (const FieldChange& change : impossible) {
    Contact contact;
    const ChangeEntry entry{.subject_id = 1, .rev = 1, .operation = Operation::create, .changes = {change}};
    EXPECT_THROW(apply(contact, entry), std::runtime_error) << change.field;
  }
}

}  // namespace
}  // namespace cardfile::core
