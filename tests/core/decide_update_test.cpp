#include <gtest/gtest.h>

#include "core/fake_team.h"

namespace cardfile::core {
namespace {

TEST(UpdateContact, KeepsEveryFieldItDoesNotName) {
  FakeTeam team;
  const Contact before = team.has_contact({.phone = "13125550142",
                                           .first = "Ada",
                                           .last = "Lovelace",
                                           .display_name = "The Countess",
                                           .email = "ada@example.org",
                                           .avatar = "https://example.org/ada.png",
                                           .custom = {{{kPlan, "free"}}},
                                           .assignee = kOwner,
                                           .tags = tags({1, 2}),
                                           .opted_out = true,
                                           .email_suppressions = {{10, 20}}});
  const Contact after = team.does(UpdateContact{.key = before.id, .patch = {.avatar = "https://example.org/2.png"}});

  Contact expected = before;
  expected.avatar = "https://example.org/2.png";
  expected.rev = 2;
  expected.updated = before.updated + std::chrono::microseconds(1);
  EXPECT_EQ(after, expected);
  EXPECT_EQ(team.stored(before.id), expected);
}

TEST(UpdateContact, ReplacesEveryFieldItNames) {
  FakeTeam team;
  const Contact before = team.has_contact({.phone = "13125550142", .first = "Ada", .email = "ada@example.org"});
  const Contact after = team.does(UpdateContact{.key = before.id,
                                                .patch = {.phone = "13125550143",
                                                          .first = "Augusta",
                                                          .last = "King",
                                                          .display_name = "The Countess",
                                                          .email = "augusta@example.org",
                                                          .avatar = "https://example.org/a.png",
                                                          .assignee = kColleague,
                                                          .tags = tags({4, 3}),
                                                          .opted_out = true,
                                                          .email_suppressions = {{7}}}});
  EXPECT_EQ(after.phone(), "13125550143");
  EXPECT_EQ(after.first, "Augusta");
  EXPECT_EQ(after.last, "King");
  EXPECT_EQ(after.display_name, "The Countess");
  EXPECT_EQ(after.email(), "augusta@example.org");
  EXPECT_EQ(after.avatar, "https://example.org/a.png");
  EXPECT_EQ(after.assigned, kColleague);
  EXPECT_EQ(after.tags, tags({4, 3}));
  EXPECT_TRUE(after.consent.opted_out());
  EXPECT_EQ(after.email_suppressions, std::vector<std::int64_t>{7});
  EXPECT_EQ(after.uuid, before.uuid);
  EXPECT_EQ(after.created, before.created);
  EXPECT_EQ(after.creator, before.creator);
}

TEST(UpdateContact, ClearsAFieldWithAnEmptyString) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142",
                                        .first = "Ada",
                                        .last = "Lovelace",
                                        .display_name = "The Countess",
                                        .email = "ada@example.org",
                                        .avatar = "https://example.org/a.png"});
  const Contact after = team.does(
      UpdateContact{.key = ada.id, .patch = {.first = "", .last = "", .display_name = "", .email = "", .avatar = ""}});
  EXPECT_EQ(after.first, "");
  EXPECT_EQ(after.last, "");
  EXPECT_EQ(after.display_name, "");
  EXPECT_EQ(after.email(), "");
  EXPECT_EQ(after.avatar, "");
  EXPECT_EQ(after.phone(), "13125550142");
}

TEST(UpdateContact, FindsTheContactByEitherId) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  team.does(UpdateContact{.key = ada.id, .patch = {.first = "Ada"}});
  team.does(UpdateContact{.key = ada.uuid, .patch = {.last = "Lovelace"}});
  EXPECT_EQ(team.stored(ada.id).display_name, "Ada Lovelace");
  EXPECT_EQ(team.stored(ada.id).rev, 3);
}

TEST(UpdateContact, ThatChangesNothingIsStillAWrite) {
  FakeTeam team;
  const Contact before = team.has_contact({.phone = "13125550142", .first = "Ada"});
  const Contact after = team.does(UpdateContact{.key = before.id, .patch = {.first = "Ada"}});
  EXPECT_EQ(after.rev, 2);
  EXPECT_GT(after.updated, before.updated);
  EXPECT_EQ(last_operation(after), "update");
  EXPECT_EQ(team.log().size(), 2U);
  EXPECT_TRUE(team.last_entry().changes.empty());
}

TEST(UpdateContact, LeavesOtherContactsAlone) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .first = "Ada"});
  const Contact ben = team.has_contact({.phone = "13125550143", .first = "Ben"});
  team.does(UpdateContact{.key = ada.id, .patch = {.first = "Augusta"}, .custom_mode = CustomMode::overwrite});
  EXPECT_EQ(team.stored(ben.id), ben);
}

// Display names.

TEST(DisplayName, FollowsTheNamesWhileItIsDerivedFromThem) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .first = "Ada", .last = "Lovelace"});
  ASSERT_EQ(ada.display_name, "Ada Lovelace");
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {.last = "King"}}).display_name, "Ada King");
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {.first = ""}}).display_name, "King");
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {.last = ""}}).display_name, "");
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {.first = "Augusta"}}).display_name, "Augusta");
}

TEST(DisplayName, ThatSomebodyChoseStaysWhenTheNamesChange) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .first = "Ada", .display_name = "The Countess"});
  const Contact after = team.does(UpdateContact{.key = ada.id, .patch = {.first = "Augusta", .last = "King"}});
  EXPECT_EQ(after.display_name, "The Countess");
}

TEST(DisplayName, InThePatchWinsOverTheDerivedOne) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .first = "Ada"});
  const Contact after =
      team.does(UpdateContact{.key = ada.id, .patch = {.first = "Augusta", .display_name = "The Countess"}});
  EXPECT_EQ(after.display_name, "The Countess");
}

TEST(DisplayName, SetToWhatTheNamesGiveIsDerivedAgain) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .first = "Ada", .display_name = "The Countess"});
  team.does(UpdateContact{.key = ada.id, .patch = {.display_name = "Ada"}});
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {.first = "Augusta"}}).display_name, "Augusta");
}

TEST(DisplayName, ClearedByAnUpdateStaysClearedWhenTheNamesChange) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .first = "Ada"});
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {.display_name = ""}}).display_name, "");
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {.first = "Augusta"}}).display_name, "");
}

// Tags.

TEST(TagsOfAContact, AreReplacedAsAWholeAndKeepTheOrderGiven) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .tags = tags({1, 2})});
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {.tags = tags({9, 2, 5})}}).tags, tags({9, 2, 5}));
}

TEST(TagsOfAContact, StayWhenAbsentAndGoWithAnEmptyArray) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .tags = tags({1, 2})});
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {}}).tags, tags({1, 2}));
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {.tags = tags({})}}).tags, tags({}));
}

TEST(TagsOfAContact, AreAtMostFiveWithDuplicatesCountedOnce) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {.tags = tags({5, 4, 5, 3, 2, 1, 1})}}).tags,
            tags({5, 4, 3, 2, 1}));
  const Error error = team.refuses(UpdateContact{.key = ada.id, .patch = {.tags = tags({1, 2, 3, 4, 5, 6})}});
  EXPECT_EQ(error.message(), "tags: must be at most 5 different tags");
  EXPECT_EQ(team.stored(ada.id).tags, tags({5, 4, 3, 2, 1}));
}

// Assignment.

TEST(Assignment, GoesToAUserOfTheTeamAndIsTakenBack) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  EXPECT_EQ(ada.assigned, UserId());
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {.assignee = kColleague}}).assigned, kColleague);
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {.first = "Ada"}}).assigned, kColleague);
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {.assignee = UserId()}}).assigned, UserId());
}

// Opt-out.

TEST(OptOut, ByTheTeamIsSetAndTakenBackByTheTeam) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  EXPECT_FALSE(ada.consent.opted_out());
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {.opted_out = true}}).consent,
            (Consent{.unsubscribed_admin = true}));
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {.first = "Ada"}}).consent,
            (Consent{.unsubscribed_admin = true}));
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {.opted_out = false}}).consent, Consent{});
}

TEST(OptOut, ByTheContactIsNeverUndoneByASyncThatSendsFalse) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .opted_out = true});
  team.hears_stop_from(ada.id);
  const Contact after = team.does(UpdateContact{.key = ada.id, .patch = {.opted_out = false}});
  EXPECT_EQ(after.consent, (Consent{.unsubscribed_contact = true}));
  EXPECT_TRUE(after.consent.opted_out());
}

TEST(OptOut, ByTheContactSurvivesACreateThatBecomesAnUpdate) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  team.hears_stop_from(ada.id);
  const Contact after = team.does(CreateContact{.patch = {.phone = "13125550142", .opted_out = false}});
  EXPECT_EQ(after.id, ada.id);
  EXPECT_TRUE(after.consent.unsubscribed_contact);
}

// E-mail suppressions.

TEST(EmailSuppressionsOfAContact, AreReplacedAsASetAndStayWhenAbsent) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .email_suppressions = {{3, 1, 3}}});
  EXPECT_EQ(ada.email_suppressions, (std::vector<std::int64_t>{1, 3}));
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {.first = "Ada"}}).email_suppressions,
            (std::vector<std::int64_t>{1, 3}));
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {.email_suppressions = {{9, 2}}}}).email_suppressions,
            (std::vector<std::int64_t>{2, 9}));
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {.email_suppressions = std::vector<std::int64_t>{}}})
                .email_suppressions,
            std::vector<std::int64_t>{});
}

}  // namespace
}  // namespace cardfile::core
