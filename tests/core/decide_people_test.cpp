// Users that change, and inboxes.

#include <gtest/gtest.h>

#include "core/fake_team.h"

namespace cardfile::core {
namespace {

using Problems = std::vector<FieldError>;
using Changes = std::vector<FieldChange>;

const std::string kNameRule = "must be 1 to 255 characters in one line";

User updated(FakeTeam& team, UserPatch patch) { return team.does(UpdateUsers{.patches = {std::move(patch)}}).front(); }

TEST(UpdateUsers, ChangesWhatItNamesAndKeepsTheRest) {
  FakeTeam team;
  const User user = updated(team, {.id = kOwner, .email = " Olga@Example.net ", .role = Role::member});
  EXPECT_EQ(user, (User{kOwner, "Olga Owner", "Olga@Example.net", "13125550100", Role::member,
                        at("2026-01-01T00:00:00Z"), team.now, 2}));
  EXPECT_EQ(team.directory()->users.at(kOwner), user);
  EXPECT_EQ(team.last_entry().subject, Subject::user);
  EXPECT_EQ(team.last_entry().rev, 2);
  EXPECT_EQ(team.last_entry().changes, (Changes{{"email", "olga@example.org", "Olga@Example.net"},
                                                {"role_id", std::int64_t{1}, std::int64_t{4}}}));
}

TEST(UpdateUsers, TakesTheNameAsAWholeOrInItsTwoParts) {
  FakeTeam team;
  EXPECT_EQ(updated(team, {.id = kOwner, .first = "Olivia"}).name, "Olivia Owner");
  EXPECT_EQ(updated(team, {.id = kOwner, .last = "van Dyke"}).name, "Olivia van Dyke");
  EXPECT_EQ(updated(team, {.id = kOwner, .first = "Una"}).name, "Una van Dyke");
  EXPECT_EQ(updated(team, {.id = kOwner, .last = ""}).name, "Una");
  EXPECT_EQ(updated(team, {.id = kOwner, .first = "Ada", .last = "King"}).name, "Ada King");
  EXPECT_EQ(updated(team, {.id = kOwner, .name = "Grace Hopper"}).name, "Grace Hopper");
}

TEST(UpdateUsers, ClearsAPhoneOrEmail) {
  FakeTeam team;
  const User user = updated(team, {.id = kOwner, .email = "", .phone = ""});
  EXPECT_EQ(user.email, "");
  EXPECT_EQ(user.phone, "");
}

TEST(UpdateUsers, DoesAllOrNoneAndNamesEverythingAtFault) {
  FakeTeam team;
  const Error error = team.refuses(UpdateUsers{.patches = {{.id = kColleague, .first = "Fine"},
                                                           {.id = kStranger, .first = "x"},
                                                           {.id = kColleague},
                                                           {.id = kOwner, .name = "", .email = "x", .phone = "1"},
                                                           {}},
                                               .problems = {{"users[4].id", "is required: a user's id"}}});
  EXPECT_EQ(error.code(), ErrorCode::bad_data);
  EXPECT_EQ(error.errors(), (Problems{{"users[4].id", "is required: a user's id"},
                                      {"users[1].id", "must be a user of the team: 99 is not one"},
                                      {"users[2].id", "is given twice"},
                                      {"users[3].name", kNameRule},
                                      {"users[3].email", std::string(kEmailRule)},
                                      {"users[3].phone", std::string(kPhoneRule)}}));
  EXPECT_EQ(*team.directory(), usual_directory());
  EXPECT_TRUE(team.log().empty());
}

TEST(UpdateUsers, TakesNoEmailThatIsLongerThanAContacts) {
  FakeTeam team;
  const std::string domain = "@example.net";
  const std::string longest = std::string(255 - domain.size(), 'o') + domain;
  EXPECT_EQ(updated(team, {.id = kOwner, .email = longest}).email, longest);
  EXPECT_EQ(team.refuses(UpdateUsers{.patches = {{.id = kOwner, .email = "o" + longest}}}).errors(),
            (Problems{{"users[0].email", "must be at most 255 characters"}}));
}

TEST(UpdateUsers, GivesEachOneAnEntryOfItsOwn) {
  FakeTeam team;
  const auto users =
      team.does(UpdateUsers{.patches = {{.id = kColleague, .first = "A"}, {.id = kOwner, .first = "B"}}});
  ASSERT_EQ(users.size(), 2U);
  EXPECT_EQ(users[0].id, kColleague);
  EXPECT_EQ(team.log().size(), 2U);
  EXPECT_LT(users[0].updated, users[1].updated);
}

TEST(CreateInbox, HasPhonesAndMembersOnceEach) {
  FakeTeam team;
  const Inbox inbox = team.does(CreateInbox{.name = " Support ",
                                            .phones = {"+1 312 555 0110", "13125550111", "13125550110"},
                                            .members = {kColleague, kOwner, kColleague}});
  EXPECT_EQ(
      inbox,
      (Inbox{InboxId(1), "Support", {"13125550110", "13125550111"}, {kColleague, kOwner}, 1, team.now, team.now}));
  EXPECT_EQ(team.directory()->inboxes.at(InboxId(1)), inbox);
  EXPECT_EQ(team.last_entry().subject, Subject::inbox);
  EXPECT_EQ(team.last_entry().changes, (Changes{{"name", {}, "Support"},
                                                {"phones", {}, "13125550110 13125550111"},
                                                {"members", {}, std::vector<std::int64_t>{78, 77}}}));
}

TEST(CreateInbox, NeedsOnlyAName) {
  FakeTeam team;
  EXPECT_EQ(team.does(CreateInbox{.name = "A"}).id, InboxId(1));
  EXPECT_EQ(team.does(CreateInbox{.id = InboxId(7), .name = "A"}).id, InboxId(7));
  EXPECT_EQ(team.does(CreateInbox{.name = "B"}).id, InboxId(8));
  EXPECT_EQ(team.refuses(CreateInbox{.id = InboxId(7), .name = "C"}).code(), ErrorCode::conflict);
}

TEST(CreateInbox, NamesEveryFieldAtFault) {
  FakeTeam team;
  EXPECT_EQ(team.refuses(CreateInbox{.name = "", .phones = {"x", "y"}, .members = {kStranger}}).errors(),
            (Problems{{"members", "must be users of the team: 99 is not one"},
                      {"name", kNameRule},
                      {"phones", std::string(kPhoneRule)}}));
  EXPECT_EQ(*team.directory(), usual_directory());
}

TEST(UserFilter, FindsUsersByPhoneOrByEmailInAnyCase) {
  const Directory directory = usual_directory();
  const User& olga = directory.users.at(kOwner);
  const User& cole = directory.users.at(kColleague);
  EXPECT_TRUE((UserFilter{.phones = {"1", "13125550100"}}.matches(olga)));
  EXPECT_TRUE((UserFilter{.emails = {"OLGA@example.org"}}.matches(olga)));
  EXPECT_TRUE((UserFilter{.phones = {"1"}, .emails = {"olga@example.org"}}.matches(olga)));
  EXPECT_FALSE((UserFilter{.phones = {"13125550100"}, .emails = {"olga@example.org"}}.matches(cole)));
  EXPECT_FALSE((UserFilter{}.matches(olga)));
}

}  // namespace
}  // namespace cardfile::core
