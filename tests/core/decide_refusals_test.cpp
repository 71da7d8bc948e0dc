#include <gtest/gtest.h>

#include "core/fake_team.h"

namespace cardfile::core {
namespace {

using Problems = std::vector<FieldError>;

/// Two contacts: Ada, and Ben, whose phone Ada must not take.
struct AdaAndBen {
  FakeTeam team;
  Contact ada = team.has_contact({.phone = "13125550142", .first = "Ada"});
  Contact ben = team.has_contact({.phone = "13125550143", .email = "ben@example.org"});

  Error refuses(UpdateContact update) {
    const TeamClock clock = team.clock();
    const std::vector<ChangeEntry> log = team.log();
    const Error error = team.refuses(std::move(update));
    EXPECT_EQ(team.stored(ada.id), ada);
    EXPECT_EQ(team.stored(ben.id), ben);
    EXPECT_EQ(team.clock(), clock);
    EXPECT_EQ(team.log(), log);
    return error;
  }
};

TEST(Refusals, NameTheOwnerOfAPhoneAndChangeNothing) {
  AdaAndBen world;
  const Error error = world.refuses({.key = world.ada.id, .patch = {.phone = "13125550143", .first = "Augusta"}});
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(error.errors(), (Problems{{"phone", "belongs to contact 2 already"}}));
}

TEST(Refusals, NameEveryAddressOfAnother) {
  AdaAndBen world;
  const Contact cy = world.team.has_contact({.channels = {{{"facebook", "cy"}}}});
  const Error error = world.refuses(
      {.key = world.ada.id,
       .patch = {.phone = "13125550143", .email = "BEN@example.org", .channels = {{{"facebook", "cy"}}}}});
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(error.errors(), (Problems{{"email", "belongs to contact 2 already"},
                                      {"contact_channels[0].channel_id", "belongs to contact 3 already"},
                                      {"phone", "belongs to contact 2 already"}}));
  EXPECT_EQ(world.team.stored(cy.id), cy);
}

TEST(Refusals, NameAnUnknownUser) {
  AdaAndBen world;
  const Error error = world.refuses({.key = world.ada.id, .patch = {.first = "Augusta", .assignee = kStranger}});
  EXPECT_EQ(error.code(), ErrorCode::bad_data);
  EXPECT_EQ(error.errors(), (Problems{{"assignee_id", "must be a user of the team: 99 is not one"}}));
}

TEST(Refusals, NameEachUnknownTag) {
  AdaAndBen world;
  const Error error = world.refuses({.key = world.ada.id, .patch = {.tags = tags({1, 99, 100, 99})}});
  EXPECT_EQ(error.code(), ErrorCode::bad_data);
  EXPECT_EQ(error.errors(), (Problems{{"tags", "must be tags of the team: 99 is not one"},
                                      {"tags", "must be tags of the team: 100 is not one"}}));
}

TEST(Refusals, OfTooManyTagsNameFewOfThem) {
  AdaAndBen world;
  std::vector<TagId> thousand;
  for (std::int64_t id = 1000; id < 2000; ++id) thousand.emplace_back(id);
  const Error error = world.refuses({.key = world.ada.id, .patch = {.tags = thousand}});
  EXPECT_EQ(error.errors().front(), (FieldError{"tags", "must be at most 5 different tags"}));
  EXPECT_EQ(error.errors().size(), 6U);
}

TEST(Refusals, NameAllFieldsAtFaultThoseOfThePatchAndThoseOfTheTeam) {
  AdaAndBen world;
  const Error error = world.refuses({.key = world.ada.id,
                                     .patch = {.phone = "oops",
                                               .first = std::string(256, 'a'),
                                               .email = "nobody",
                                               .assignee = kStranger,
                                               .tags = std::vector{kNoTag},
                                               .problems = {{"is_opted_out", "must be true or false"}}}});
  EXPECT_EQ(error.code(), ErrorCode::bad_data);
  std::vector<std::string> fields;
  for (const FieldError& problem : error.errors()) fields.push_back(problem.field);
  EXPECT_EQ(fields, (std::vector<std::string>{"is_opted_out", "phone", "first", "email", "assignee_id", "tags"}));
}

TEST(Refusals, AreTheSameForACreate) {
  AdaAndBen world;
  const Error error =
      world.team.refuses(CreateContact{.patch = {.phone = "oops", .assignee = kStranger, .tags = std::vector{kNoTag}}});
  EXPECT_EQ(error.code(), ErrorCode::bad_data);
  EXPECT_EQ(error.errors().size(), 3U);
  EXPECT_EQ(world.team.contacts(), 2U);
}

TEST(Refusals, OfAnUnknownContactNameNobody) {
  AdaAndBen world;
  EXPECT_EQ(world.refuses({.key = ContactId(3), .patch = {.first = "Eve"}}).code(), ErrorCode::not_found);
  const Error error = world.refuses({.key = uuid(99), .patch = {.first = "Eve"}});
  EXPECT_EQ(error.code(), ErrorCode::not_found);
  EXPECT_EQ(error.message(), "no contact has this id");
}

TEST(Refusals, ComeInTheOrderOfFourOhFourTwelveHundredNine) {
  AdaAndBen world;
  const auto wrong_in_every_way = [&](ContactKey key) {
    return UpdateContact{
        .key = key, .patch = {.phone = "13125550143", .assignee = kStranger}, .if_match = IfMatch{.revs = {7}}};
  };
  EXPECT_EQ(world.refuses(wrong_in_every_way(ContactId(3))).code(), ErrorCode::not_found);

  UpdateContact update = wrong_in_every_way(world.ada.id);
  EXPECT_EQ(world.refuses(update).code(), ErrorCode::precondition_failed);

  update.if_match.reset();
  EXPECT_EQ(world.refuses(update).code(), ErrorCode::bad_data);

  update.patch.assignee.reset();
  EXPECT_EQ(world.refuses(update).code(), ErrorCode::conflict);

  update.patch.phone = "13125550144";
  EXPECT_EQ(world.team.does(update).rev, 2);
}

TEST(Refusals, OfACreateNameItsFieldsBeforeItsConflicts) {
  AdaAndBen world;
  std::vector<ChannelDraft> drafts;
  for (int i = 0; i < 100; ++i) drafts.push_back({"facebook", std::to_string(i)});
  const Error error =
      world.team.refuses(CreateContact{.id = world.ada.id, .patch = {.phone = "13125550144", .channels = drafts}});
  EXPECT_EQ(error.code(), ErrorCode::bad_data);
}

TEST(Refusals, OfATeamThatIsNotThereComeBeforeAllOthers) {
  FakeTeam nobody(std::nullopt);
  const Action actions[] = {CreateContact{.patch = {.phone = "oops"}},
                            UpdateContact{.key = ContactId(1)},
                            DeleteContact{.key = ContactId(1)},
                            CreateUser{.name = ""},
                            CreateFields{.drafts = {{.title = ""}}},
                            CreateTag{.label = ""},
                            CreateKey{.name = ""},
                            RevokeKey{KeyId(1)},
                            CreateSecret{.id = uuid(1), .name = ""},
                            RevokeSecret{uuid(1)}};
  for (const Action& action : actions) {
    const Error error = nobody.refuses(action);
    EXPECT_EQ(error.code(), ErrorCode::not_found) << action.index();
    EXPECT_EQ(error.message(), "no team has this id");
  }
}

// If-Match.

TEST(IfMatch, AcceptsTheStoredRevision) {
  AdaAndBen world;
  EXPECT_EQ(
      world.team
          .does(UpdateContact{.key = world.ada.id, .patch = {.first = "Augusta"}, .if_match = IfMatch{.revs = {1}}})
          .rev,
      2);
  EXPECT_EQ(
      world.team
          .does(UpdateContact{.key = world.ada.id, .patch = {.first = "Ada"}, .if_match = IfMatch{.revs = {9, 2, 1}}})
          .rev,
      3);
}

TEST(IfMatch, OfAnyAcceptsWhateverIsStored) {
  AdaAndBen world;
  EXPECT_EQ(
      world.team
          .does(UpdateContact{.key = world.ada.id, .patch = {.first = "Augusta"}, .if_match = IfMatch{.any = true}})
          .rev,
      2);
}

TEST(IfMatch, OfAnyStillNeedsAContact) {
  AdaAndBen world;
  EXPECT_EQ(world.refuses({.key = ContactId(3), .if_match = IfMatch{.any = true}}).code(), ErrorCode::not_found);
}

TEST(IfMatch, OfAnotherRevisionIsRefusedWithTheStoredOne) {
  AdaAndBen world;
  world.ada = world.team.does(UpdateContact{.key = world.ada.id, .patch = {.first = "Augusta"}});
  const Error error =
      world.refuses({.key = world.ada.id, .patch = {.first = "Eve"}, .if_match = IfMatch{.revs = {1, 3}}});
  EXPECT_EQ(error.code(), ErrorCode::precondition_failed);
  EXPECT_EQ(error.stored_rev(), 2);
}

TEST(IfMatch, OfNoRevisionIsRefused) {
  AdaAndBen world;
  EXPECT_EQ(world.refuses({.key = world.ada.id, .if_match = IfMatch{}}).code(), ErrorCode::precondition_failed);
}

}  // namespace
}  // namespace cardfile::core
