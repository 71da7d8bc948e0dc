#include <gtest/gtest.h>

#include "core/fake_team.h"

namespace cardfile::core {
namespace {

TEST(CreateContact, MakesRevision1OfANewContact) {
  FakeTeam team;
  const Contact mina = team.does(CreateContact{.uuid = uuid(42),
                                               .patch = {.phone = "+1 312 555 0142",
                                                         .first = "Mina",
                                                         .last = "Okafor",
                                                         .email = "mina@example.org",
                                                         .custom = {{{kPlan, "Gold"}}},
                                                         .assignee = kColleague,
                                                         .tags = tags({9}),
                                                         .opted_out = true,
                                                         .email_suppressions = {{5}}}});
  EXPECT_EQ(mina.id, ContactId(1));
  EXPECT_EQ(mina.uuid, uuid(42));
  EXPECT_EQ(mina.rev, 1);
  EXPECT_EQ(last_operation(mina), "create");
  EXPECT_EQ(mina.creator, kOwner);
  EXPECT_EQ(mina.created, team.now);
  EXPECT_EQ(mina.updated, team.now);
  EXPECT_EQ(mina.phone(), "13125550142");
  EXPECT_EQ(mina.first, "Mina");
  EXPECT_EQ(mina.last, "Okafor");
  EXPECT_EQ(mina.display_name, "Mina Okafor");
  EXPECT_EQ(mina.email(), "mina@example.org");
  EXPECT_EQ(mina.custom, custom({{701, "Gold"}}));
  EXPECT_EQ(mina.assigned, kColleague);
  EXPECT_EQ(mina.tags, tags({9}));
  EXPECT_EQ(mina.consent, (Consent{.unsubscribed_admin = true}));
  EXPECT_EQ(mina.email_suppressions, std::vector<std::int64_t>{5});
  EXPECT_EQ(team.stored(mina.id), mina);
}

TEST(CreateContact, LeavesWhatItDoesNotNameEmpty) {
  FakeTeam team;
  const Contact contact = team.has_contact({.phone = "13125550142"});
  Contact expected;
  expected.id = ContactId(1);
  expected.uuid = contact.uuid;
  expected.rev = 1;
  expected.creator = kOwner;
  expected.created = expected.updated = team.now;
  expected.channels = {{ChannelId(1), "phone", "13125550142", "", "", team.now, team.now}};
  EXPECT_EQ(contact, expected);
}

TEST(CreateContact, DerivesTheDisplayNameUnlessOneIsChosen) {
  FakeTeam team;
  EXPECT_EQ(team.has_contact({.phone = "13125550142", .first = "Ada"}).display_name, "Ada");
  EXPECT_EQ(team.has_contact({.phone = "13125550143", .last = "King"}).display_name, "King");
  EXPECT_EQ(team.has_contact({.phone = "13125550144", .first = "Ada", .display_name = " "}).display_name, "Ada");
  EXPECT_EQ(team.has_contact({.phone = "13125550145", .first = "Ada", .display_name = "Countess"}).display_name,
            "Countess");
}

TEST(CreateContact, CountsAsMadeByTheTeamsFirstAdministrator) {
  Directory directory = usual_directory();
  directory.users[UserId(80)] = {.id = UserId(80), .role = Role::admin};
  directory.users[UserId(5)] = {.id = UserId(5), .role = Role::member};
  FakeTeam team(directory);
  EXPECT_EQ(team.has_contact({.phone = "13125550142"}).creator, kOwner);

  FakeTeam leaderless(Directory{.team = {kTeam, "Nobody's", {}}});
  EXPECT_EQ(leaderless.has_contact({.phone = "13125550142"}).creator, UserId());
}

TEST(CreateContact, OfAPhoneThatExistsUpdatesItsOwner) {
  FakeTeam team;
  const Contact ada = team.has_contact(
      {.phone = "13125550142", .first = "Ada", .last = "Lovelace", .custom = {{{kPlan, "free"}, {kCity, "London"}}}});
  const Contact after = team.does(CreateContact{
      .uuid = uuid(42), .patch = {.phone = "+13125550142", .last = "King", .custom = {{{kPlan, "pro"}}}}});
  EXPECT_EQ(after.id, ada.id);
  EXPECT_EQ(after.uuid, ada.uuid);
  EXPECT_EQ(after.rev, 2);
  EXPECT_EQ(after.created, ada.created);
  EXPECT_EQ(after.display_name, "Ada King");
  EXPECT_EQ(after.custom, custom({{701, "pro"}, {702, "London"}}));
  EXPECT_EQ(team.contacts(), 1U);
  EXPECT_EQ(team.last_entry().operation, Operation::update);
}

TEST(CreateContact, WithoutADisplayNameMayBeRepeated) {
  FakeTeam team;
  const ContactPatch patch = {.phone = "13125550142", .first = "Ada", .last = "King", .display_name = ""};
  EXPECT_EQ(team.has_contact(patch).display_name, "Ada King");
  EXPECT_EQ(team.has_contact(patch).display_name, "Ada King");
  team.does(CreateContact{.patch = {.phone = "13125550142", .display_name = "The Countess"}});
  EXPECT_EQ(team.does(CreateContact{.patch = {.phone = "13125550142", .last = "", .display_name = ""}}).display_name,
            "The Countess");
}

TEST(CreateContact, OfAPhoneThatExistsMayOverwriteItsCustomFields) {
  FakeTeam team;
  team.has_contact({.phone = "13125550142", .custom = {{{kPlan, "free"}, {kCity, "London"}}}});
  const Contact after = team.does(CreateContact{.patch = {.phone = "13125550142", .custom = {{{kPlan, "pro"}}}},
                                                .custom_mode = CustomMode::overwrite});
  EXPECT_EQ(after.custom, custom({{701, "pro"}}));
}

TEST(CreateContact, WithoutAnEmailTakesNoneAway) {
  FakeTeam team;
  team.has_contact({.phone = "13125550142", .email = "a@b.c", .channels = {{{"email", "d@e.f"}}}});
  const Contact after = team.does(CreateContact{.patch = {.phone = "13125550142", .email = ""}});
  EXPECT_EQ(channel_values(after), (std::vector<std::string>{"13125550142", "a@b.c", "d@e.f"}));
  EXPECT_EQ(team.has_contact({.phone = "13125550143", .email = ""}).email(), "");
}

TEST(CreateContact, OfAPhoneFurtherDownUpdatesItsOwnerAndLeavesItThere) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .channels = {{{"phone", "13125550143"}}}});
  const Contact after = team.does(CreateContact{.patch = {.phone = "13125550143", .first = "Ada"}});
  EXPECT_EQ(after.id, ada.id);
  EXPECT_EQ(after.first, "Ada");
  EXPECT_EQ(channel_values(after), (std::vector<std::string>{"13125550142", "13125550143"}));
}

TEST(CreateContact, ThatIsNotToUpdateRefusesAPhoneThatExists) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .first = "Ada"});
  const Error error = team.refuses(
      CreateContact{.patch = {.phone = "13125550142", .first = "Eve"}, .on_duplicate = OnDuplicate::reject});
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(error.errors(), (std::vector<FieldError>{{"phone", "belongs to contact 1 already"}}));
  EXPECT_EQ(team.stored(ada.id), ada);
  EXPECT_EQ(team.contacts(), 1U);
  EXPECT_EQ(team.has_contact({.phone = "13125550143"}).id, ContactId(2));  // The refusal used up no id.
}

TEST(CreateContact, ThatIsNotToUpdateRefusesAnEmailOrChannelThatExists) {
  FakeTeam team;
  team.has_contact({.email = "ada@example.org", .channels = {{{"facebook", "ada.l"}}}});
  const Error error = team.refuses(CreateContact{
      .patch = {.phone = "13125550142", .email = "ADA@example.org", .channels = {{{"facebook", "ada.l"}}}},
      .on_duplicate = OnDuplicate::reject});
  EXPECT_EQ(error.errors(),
            (std::vector<FieldError>{{"email", "belongs to contact 1 already"},
                                     {"contact_channels[0].channel_id", "belongs to contact 1 already"}}));
}

TEST(CreateContact, OfANewPhoneWithAnothersEmailIsRefused) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .email = "ada@example.org"});
  const Error error = team.refuses(CreateContact{.patch = {.phone = "13125550143", .email = "Ada@example.org"}});
  EXPECT_EQ(error.errors(), (std::vector<FieldError>{{"email", "belongs to contact 1 already"}}));
  EXPECT_EQ(team.stored(ada.id), ada);
  EXPECT_EQ(team.contacts(), 1U);
}

TEST(CreateContact, WithoutAPhoneUpdatesTheOwnerOfItsEmail) {
  FakeTeam team;
  const Contact theo = team.has_contact({.email = "theo@example.org"});
  const Contact after = team.does(CreateContact{.patch = {.first = "Theo", .email = "Theo@Example.org"}});
  EXPECT_EQ(after.id, theo.id);
  EXPECT_EQ(after.rev, 2);
  EXPECT_EQ(after.email(), "Theo@Example.org");
}

TEST(CreateContact, WithoutAPhoneUpdatesTheOwnerOfAnyChannel) {
  FakeTeam team;
  const Contact theo = team.has_contact({.channels = {{{"email", "theo@example.org"}}}});
  EXPECT_EQ(theo.phone(), "");
  EXPECT_EQ(theo.email(), "theo@example.org");
  const Contact after = team.does(CreateContact{
      .patch = {.first = "Theo", .channels = {{{"phone", "13125550142"}, {"email", "THEO@example.org"}}}}});
  EXPECT_EQ(after.id, theo.id);
  EXPECT_EQ(after.display_name, "Theo");
  EXPECT_EQ(channel_values(after), (std::vector<std::string>{"theo@example.org", "13125550142"}));
}

TEST(CreateContact, WhoseChannelsBelongToTwoContactsIsRefused) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  const Contact ben = team.has_contact({.email = "ben@example.org"});
  const Error error =
      team.refuses(CreateContact{.patch = {.channels = {{{"phone", "13125550142"}, {"email", "ben@example.org"}}}}});
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(error.message(), "contact_channels[0].channel_id: belongs to contact 2 already");
  EXPECT_EQ(team.stored(ada.id), ada);
  EXPECT_EQ(team.stored(ben.id), ben);
}

TEST(CreateContact, WithoutAnyAddressMakesANewContactEachTime) {
  FakeTeam team;
  EXPECT_EQ(team.has_contact({.first = "Ada"}).id, ContactId(1));
  EXPECT_EQ(team.has_contact({.first = "Ada", .email = ""}).id, ContactId(2));
}

TEST(CreateContact, TakesAChosenId) {
  FakeTeam team;
  const Contact chosen = team.does(CreateContact{.id = ContactId(40117), .patch = {.phone = "13125550142"}});
  EXPECT_EQ(chosen.id, ContactId(40117));
  EXPECT_EQ(team.has_contact({.phone = "13125550143"}).id, ContactId(40118));
  EXPECT_EQ(team.does(CreateContact{.id = ContactId(5), .patch = {.phone = "13125550144"}}).id, ContactId(5));
  EXPECT_EQ(team.has_contact({.phone = "13125550145"}).id, ContactId(40119));
}

TEST(CreateContact, RefusesAChosenIdThatIsTaken) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  const Error error = team.refuses(CreateContact{.id = ada.id, .patch = {.phone = "13125550143"}});
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(error.errors(), (std::vector<FieldError>{{"id", "is taken already"}}));
  EXPECT_EQ(team.stored(ada.id), ada);
}

TEST(CreateContact, RefusesAChosenIdThatIsTooLarge) {
  FakeTeam team;
  const auto create = [](std::int64_t id) {
    return CreateContact{.id = ContactId(id), .patch = {.phone = "13125550142"}};
  };
  const std::vector<FieldError> problems{{"id", "must be between 1 and 8796093022207"}};
  EXPECT_EQ(team.refuses(create(kContactIdMax + 1)).errors(), problems);
  EXPECT_EQ(team.refuses(create(-1)).errors(), problems);
  EXPECT_EQ(team.does(create(kContactIdMax)).id, ContactId(kContactIdMax));
}

TEST(CreateContact, ThatBecomesAnUpdateKeepsTheIdThatIsThere) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  EXPECT_EQ(team.does(CreateContact{.id = ContactId(40117), .patch = {.phone = "13125550142"}}).id, ada.id);
  EXPECT_EQ(team.has_contact({.phone = "13125550143"}).id, ContactId(2));
}

TEST(CreateContactThatKeeps, LeavesTheOwnerOfItsPhoneAsItIsAndLogsNothing) {
  FakeTeam team;
  const Contact mina = team.has_contact({.phone = "13125550142", .first = "Mina"});
  const auto log = team.log();
  const Contact kept = team.does(
      CreateContact{.patch = {.phone = "+1 312 555 0142", .first = "Other"}, .on_duplicate = OnDuplicate::keep});
  EXPECT_EQ(kept, mina);
  EXPECT_EQ(team.stored(mina.id), mina);
  EXPECT_EQ(team.log(), log);
}

TEST(CreateContactThatKeeps, CreatesWhenNobodyHasThePhone) {
  FakeTeam team;
  team.has_contact({.phone = "13125550142"});
  const Contact theo = team.does(CreateContact{.patch = {.phone = "13125550143"}, .on_duplicate = OnDuplicate::keep});
  EXPECT_EQ(theo.rev, 1);
  EXPECT_EQ(team.contacts(), 2U);
}

TEST(CreateContactThatKeeps, StillRefusesWhatIsAtFault) {
  FakeTeam team;
  team.has_contact({.phone = "13125550142", .email = "mina@example.org"});
  const CreateContact bad{.patch = {.phone = "13125550142", .email = "no address"}, .on_duplicate = OnDuplicate::keep};
  EXPECT_EQ(team.refuses(bad).code(), ErrorCode::bad_data);
  const CreateContact taken{.patch = {.phone = "13125550143", .email = "mina@example.org"},
                            .on_duplicate = OnDuplicate::keep};
  EXPECT_EQ(team.refuses(taken).code(), ErrorCode::conflict);
}

}  // namespace
}  // namespace cardfile::core
