#include <gtest/gtest.h>

#include "core/fake_team.h"

namespace cardfile::core {
namespace {

using Problems = std::vector<FieldError>;
using Changes = std::vector<FieldChange>;

const std::string kNameRule = "must be 1 to 255 characters in one line";

/// The names that no thing of the directory may have.
std::vector<std::string> bad_names() { return {"", " \t", std::string(256, 'a'), "two\nlines", "bell\x07"}; }

std::string letters(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "é";
  return text;
}

std::vector<std::int64_t> ids_of(const FieldsSaved& saved) {
  std::vector<std::int64_t> ids;
  for (const auto& item : saved.items) ids.push_back(item.field.id.value());
  return ids;
}

std::vector<bool> duplicates_of(const FieldsSaved& saved) {
  std::vector<bool> duplicates;
  for (const auto& item : saved.items) duplicates.push_back(item.duplicate);
  return duplicates;
}

// Teams.

TEST(CreateTeam, FoundsATeamWithItsFirstEntry) {
  FakeTeam team(std::nullopt);
  const Team founded = team.does(CreateTeam{.name = " Lovelace & Co "});
  EXPECT_EQ(founded, (Team{kTeam, "Lovelace & Co", team.now}));
  EXPECT_EQ(*team.directory(), (Directory{.team = founded}));
  EXPECT_EQ(team.last_entry().seq, 1);
  EXPECT_EQ(team.last_entry().subject, Subject::team);
  EXPECT_EQ(team.last_entry().subject_id, 12);
  EXPECT_EQ(team.last_entry().changes, (Changes{{"name", {}, "Lovelace & Co"}}));
  EXPECT_EQ(team.has_contact({.phone = "13125550142"}).id, ContactId(1));
}

TEST(CreateTeam, LetsAllIdsBeginAt1) {
  FakeTeam team(std::nullopt);
  team.does(CreateTeam{.name = "Lovelace & Co"});
  EXPECT_EQ(team.does(CreateUser{.name = "Una"}).id, UserId(1));
  EXPECT_EQ(ids_of(team.does(CreateFields{.drafts = {{.title = "Plan"}}})), std::vector<std::int64_t>{1});
  EXPECT_EQ(team.does(CreateTag{.label = "VIP"}).id, TagId(1));
  EXPECT_EQ(team.does(CreateKey{.name = "CRM sync"}).id, KeyId(1));
}

TEST(CreateTeam, CannotBeDoneTwice) {
  FakeTeam team;
  const Error error = team.refuses(CreateTeam{.name = "Eve & Co"});
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(error.message(), "id: is taken already");
  EXPECT_EQ(*team.directory(), usual_directory());
}

TEST(CreateTeam, NamesAFieldAtFaultBeforeAConflict) {
  FakeTeam team;
  EXPECT_EQ(team.refuses(CreateTeam{.name = ""}).code(), ErrorCode::bad_data);
}

TEST(CreateTeam, NeedsANameOfOneLine) {
  FakeTeam team(std::nullopt);
  for (const std::string& name : bad_names()) {
    EXPECT_EQ(team.refuses(CreateTeam{.name = name}).errors(), (Problems{{"name", kNameRule}})) << name;
  }
  EXPECT_EQ(team.directory(), nullptr);
  EXPECT_EQ(team.does(CreateTeam{.name = letters(255)}).name, letters(255));
}

// Users.

TEST(CreateUser, GivesTheNextIdAndNormalisesAddresses) {
  FakeTeam team;
  const User user = team.does(
      CreateUser{.name = " Una User ", .email = " Una@Example.org ", .phone = "+1 312 555 0101", .role = Role::admin});
  EXPECT_EQ(user, (User{UserId(79), "Una User", "Una@Example.org", "13125550101", Role::admin, team.now, team.now}));
  EXPECT_EQ(team.directory()->users.at(UserId(79)), user);
  EXPECT_EQ(team.last_entry().subject, Subject::user);
  EXPECT_EQ(team.last_entry().changes, (Changes{{"name", {}, "Una User"},
                                                {"email", {}, "Una@Example.org"},
                                                {"phone", {}, "13125550101"},
                                                {"role_id", {}, std::int64_t{1}}}));
}

TEST(CreateUser, NeedsOnlyAName) {
  FakeTeam team;
  const User user = team.does(CreateUser{.name = "Una"});
  EXPECT_EQ(user.email, "");
  EXPECT_EQ(user.phone, "");
  EXPECT_EQ(user.role, Role::member);
}

TEST(CreateUser, TakesAChosenIdUnlessItIsTaken) {
  FakeTeam team;
  EXPECT_EQ(team.does(CreateUser{.id = UserId(500), .name = "Una"}).id, UserId(500));
  EXPECT_EQ(team.does(CreateUser{.name = "Ugo"}).id, UserId(501));
  const Error error = team.refuses(CreateUser{.id = kOwner, .name = "Eve"});
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(error.errors(), (Problems{{"id", "is taken already"}}));
  EXPECT_EQ(team.directory()->users.at(kOwner).name, "Olga Owner");
}

TEST(CreateUser, NamesAllFieldsAtFaultBeforeAnyConflict) {
  FakeTeam team;
  const Error error = team.refuses(CreateUser{.id = kOwner, .name = "", .email = "una", .phone = "oops"});
  EXPECT_EQ(error.code(), ErrorCode::bad_data);
  EXPECT_EQ(error.errors(),
            (Problems{{"name", kNameRule}, {"email", std::string(kEmailRule)}, {"phone", std::string(kPhoneRule)}}));
  EXPECT_EQ(*team.directory(), usual_directory());
}

TEST(CreateUser, CanBeAssignedContactsAtOnce) {
  FakeTeam team;
  const User una = team.does(CreateUser{.name = "Una"});
  EXPECT_EQ(team.has_contact({.phone = "13125550142", .assignee = una.id}).assigned, una.id);
}

// Custom fields.

TEST(CreateFields, GivesOneItemForEachDraftInItsOrder) {
  FakeTeam team;
  const FieldsSaved saved = team.does(CreateFields{.drafts = {{.title = " Shoe size "}, {.title = "Hat"}}});
  EXPECT_EQ(ids_of(saved), (std::vector<std::int64_t>{704, 705}));
  EXPECT_EQ(duplicates_of(saved), (std::vector<bool>{false, false}));
  EXPECT_EQ(saved.items[0].field.title, "Shoe size");
  EXPECT_EQ(team.directory()->fields.at(FieldId(705)), saved.items[1].field);
  ASSERT_EQ(team.log().size(), 2U);
  EXPECT_EQ(team.log()[0].subject, Subject::custom_field);
  EXPECT_EQ(team.log()[0].subject_id, 704);
  EXPECT_EQ(team.log()[0].changes, (Changes{{"title", {}, "Shoe size"}}));
}

TEST(CreateFields, OfATitleThatExistsCreatesNothing) {
  FakeTeam team;
  const FieldsSaved saved = team.does(CreateFields{.drafts = {{.title = "  pLAN\t"}, {.title = "City"}}});
  EXPECT_EQ(ids_of(saved), (std::vector<std::int64_t>{701, 702}));
  EXPECT_EQ(duplicates_of(saved), (std::vector<bool>{true, true}));
  EXPECT_EQ(saved.items[0].field.title, "Plan");
  EXPECT_EQ(*team.directory(), usual_directory());
  EXPECT_TRUE(team.log().empty());
}

TEST(CreateFields, OfOneTitleTwiceInACallCreatesOneField) {
  FakeTeam team;
  const FieldsSaved saved =
      team.does(CreateFields{.drafts = {{.title = "Hat"}, {.title = " HAT "}, {.title = "Plan"}, {.title = "Shoe"}}});
  EXPECT_EQ(ids_of(saved), (std::vector<std::int64_t>{704, 704, 701, 705}));
  EXPECT_EQ(duplicates_of(saved), (std::vector<bool>{false, true, true, false}));
  EXPECT_EQ(team.log().size(), 2U);
}

TEST(CreateFields, TakesAChosenIdUnlessItIsTaken) {
  FakeTeam team;
  EXPECT_EQ(ids_of(team.does(CreateFields{.drafts = {{FieldId(900), "Hat"}, {{}, "Shoe"}}})),
            (std::vector<std::int64_t>{900, 901}));
  const Error error = team.refuses(CreateFields{.drafts = {{{}, "Glove"}, {kPlan, "Scarf"}}});
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(error.errors(), (Problems{{"id", "is taken already"}}));
  EXPECT_EQ(team.directory()->fields.size(), 5U);
}

TEST(CreateFields, RefusesOneIdForTwoFieldsOfACall) {
  FakeTeam team;
  const Error error = team.refuses(CreateFields{.drafts = {{FieldId(900), "Hat"}, {FieldId(900), "Shoe"}}});
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(*team.directory(), usual_directory());
}

TEST(CreateFields, NeedsTitlesOfOneLine) {
  FakeTeam team;
  for (const std::string& title : bad_names()) {
    const Error error = team.refuses(CreateFields{.drafts = {{.title = title}}});
    EXPECT_EQ(error.code(), ErrorCode::bad_data);
    EXPECT_EQ(error.errors(), (Problems{{"[0].title", kNameRule}})) << title;
  }
  EXPECT_EQ(team.does(CreateFields{.drafts = {{.title = letters(255)}}}).items.at(0).field.title, letters(255));
}

TEST(CreateFields, NamesEveryTitleAtFaultBeforeAnyConflict) {
  FakeTeam team;
  const Error error = team.refuses(CreateFields{.drafts = {{kPlan, "Hat"}, {{}, ""}, {{}, "Shoe"}, {{}, "\x01"}}});
  EXPECT_EQ(error.code(), ErrorCode::bad_data);
  EXPECT_EQ(error.errors(), (Problems{{"[1].title", kNameRule}, {"[3].title", kNameRule}}));
  EXPECT_EQ(*team.directory(), usual_directory());
}

TEST(CreateFields, ThatCouldNotBeReadAreRefused) {
  FakeTeam team;
  const Error error =
      team.refuses(CreateFields{.drafts = {{.title = "Hat"}}, .problems = {{"[1].title", "must be a string"}}});
  EXPECT_EQ(error.errors(), (Problems{{"[1].title", "must be a string"}}));
  EXPECT_EQ(*team.directory(), usual_directory());
}

TEST(CreateFields, GivesATeamAtMost1000) {
  FakeTeam team;
  std::vector<CreateFields::Draft> drafts;
  for (int i = 4; i <= 1000; ++i) drafts.push_back({.title = "Field " + std::to_string(i)});
  team.does(CreateFields{.drafts = drafts});
  EXPECT_EQ(team.directory()->fields.size(), 1000U);
  EXPECT_EQ(duplicates_of(team.does(CreateFields{.drafts = {{.title = "Field 4"}}})), std::vector<bool>{true});
  const Error error = team.refuses(CreateFields{.drafts = {{.title = "Field 5"}, {.title = "One more"}}});
  EXPECT_EQ(error.code(), ErrorCode::bad_data);
  EXPECT_EQ(error.errors(), (Problems{{"[1].title", "a team has at most 1000 custom fields"}}));
}

// Tags.

TEST(CreateTag, GivesTheNextIdAndADefaultColour) {
  FakeTeam team;
  const Tag tag = team.does(CreateTag{.uuid = uuid(42), .label = " Renewal "});
  EXPECT_EQ(tag, (Tag{TagId(10), uuid(42), "Renewal", "#8A8D91", 1, team.now, team.now}));
  EXPECT_EQ(team.directory()->tags.at(TagId(10)), tag);
  EXPECT_EQ(team.last_entry().subject, Subject::tag);
  EXPECT_EQ(team.last_entry().rev, 1);
  EXPECT_EQ(team.last_entry().changes,
            (Changes{{"uuid", {}, uuid(42).to_string()}, {"tag", {}, "Renewal"}, {"color", {}, "#8A8D91"}}));
  EXPECT_EQ(team.has_contact({.phone = "13125550142", .tags = std::vector{tag.id}}).tags, tags({10}));
}

TEST(CreateTag, TakesTheColourAndIdItNames) {
  FakeTeam team;
  const Tag tag = team.does(CreateTag{.id = TagId(50), .label = "Renewal", .color = "#2E86DE"});
  EXPECT_EQ(tag.id, TagId(50));
  EXPECT_EQ(tag.color, "#2E86DE");
  EXPECT_EQ(team.refuses(CreateTag{.id = TagId(50), .label = "VIP"}).errors(), (Problems{{"id", "is taken already"}}));
}

TEST(CreateTag, OfALabelThatExistsGivesTheTagThatHasIt) {
  FakeTeam team;
  const Tag tag = team.does(CreateTag{.uuid = uuid(42), .id = TagId(50), .label = " tAG 3", .color = "#000000"});
  EXPECT_EQ(tag, usual_directory().tags.at(TagId(3)));
  EXPECT_EQ(*team.directory(), usual_directory());
  EXPECT_TRUE(team.log().empty());
}

TEST(CreateTag, NeedsALabelOfOneLine) {
  FakeTeam team;
  for (const std::string& label : bad_names()) {
    EXPECT_EQ(team.refuses(CreateTag{.label = label}).errors(), (Problems{{"tag", kNameRule}})) << label;
  }
  EXPECT_EQ(team.does(CreateTag{.label = letters(255)}).label, letters(255));
}

TEST(CreateTag, NamesAllFieldsAtFaultAndEachOnce) {
  FakeTeam team;
  const Problems colour{{"color", "must be #RRGGBB"}};
  EXPECT_EQ(team.refuses(CreateTag{.label = "VIP", .problems = colour}).errors(), colour);
  EXPECT_EQ(team.refuses(CreateTag{.label = "", .problems = colour}).errors(),
            (Problems{{"color", "must be #RRGGBB"}, {"tag", kNameRule}}));
  const Problems required{{"tag", "is required"}};
  EXPECT_EQ(team.refuses(CreateTag{.label = "", .problems = required}).errors(), required);
}

TEST(CreateTag, GivesATeamAtMost10000) {
  Directory directory = usual_directory();
  for (std::int64_t id = 10; id <= 9'999; ++id)
    directory.tags[TagId(id)] = {.id = TagId(id), .label = std::to_string(id)};
  FakeTeam team(directory);
  EXPECT_EQ(team.does(CreateTag{.label = "The last"}).id, TagId(10'000));
  const Error error = team.refuses(CreateTag{.label = "One more"});
  EXPECT_EQ(error.code(), ErrorCode::bad_data);
  EXPECT_EQ(error.errors(), (Problems{{"tag", "a team has at most 10000 tags"}}));
  EXPECT_EQ(team.does(CreateTag{.label = "the last"}).id, TagId(10'000));
}

// Keys.

TEST(CreateKey, StoresTheDigestAndLogsOnlyTheNameAndWhatItOpens) {
  FakeTeam team;
  const std::string digest(64, 'a');
  const ApiKey key = team.does(CreateKey{.name = " CRM sync ", .digest = digest});
  EXPECT_EQ(key, (ApiKey{KeyId(1), "CRM sync", digest, team.now, false}));
  EXPECT_EQ(team.directory()->keys.at(KeyId(1)), key);
  EXPECT_EQ(team.last_entry().subject, Subject::api_key);
  EXPECT_EQ(team.last_entry().changes, (Changes{{"name", {}, "CRM sync"}, {"kind", {}, "api"}}));
  EXPECT_EQ(team.does(CreateKey{.name = "Second", .digest = std::string(64, 'b')}).id, KeyId(2));
}

TEST(CreateKey, NeedsANameOfOneLine) {
  FakeTeam team;
  for (const std::string& name : bad_names()) {
    EXPECT_EQ(team.refuses(CreateKey{.name = name}).errors(), (Problems{{"name", kNameRule}})) << name;
  }
}

TEST(RevokeKey, MarksTheKeyOnce) {
  FakeTeam team;
  const ApiKey key = team.does(CreateKey{.name = "CRM sync", .digest = std::string(64, 'a')});
  const ApiKey revoked = team.does(RevokeKey{key.id});
  EXPECT_TRUE(revoked.revoked);
  EXPECT_EQ(revoked.name, "CRM sync");
  EXPECT_EQ(team.directory()->keys.at(key.id), revoked);
  EXPECT_EQ(team.last_entry().operation, Operation::update);
  EXPECT_EQ(team.last_entry().rev, 2);
  EXPECT_EQ(team.last_entry().changes, (Changes{{"revoked", false, true}}));

  EXPECT_EQ(team.does(RevokeKey{key.id}), revoked);
  EXPECT_EQ(team.log().size(), 2U);
}

TEST(RevokeKey, OfNoKeyIsRefused) {
  FakeTeam team;
  const Error error = team.refuses(RevokeKey{KeyId(1)});
  EXPECT_EQ(error.code(), ErrorCode::not_found);
  EXPECT_EQ(error.message(), "no key has this id");
}

TEST(RevokeKey, KeepsItsIdFromBeingGivenAgain) {
  FakeTeam team;
  const ApiKey key = team.does(CreateKey{.name = "CRM sync"});
  team.does(RevokeKey{key.id});
  EXPECT_EQ(team.does(CreateKey{.name = "New"}).id, KeyId(2));
}

}  // namespace
}  // namespace cardfile::core
