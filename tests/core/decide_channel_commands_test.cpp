// Adding, updating and removing one channel of a contact.

#include <gtest/gtest.h>

#include "core/decide_channels.h"
#include "core/fake_team.h"

namespace cardfile::core {
namespace {

using Problems = std::vector<FieldError>;
using Values = std::vector<std::string>;

/// Ada with a phone and an e-mail; Ben has a phone.
struct AdaAndBen {
  FakeTeam team;
  Contact ada = team.has_contact({.phone = "13125550142", .email = "ada@example.org"});
  Contact ben = team.has_contact({.phone = "13125550143"});

  Error refuses(Action action) {
    const TeamClock clock = team.clock();
    const std::size_t entries = team.log().size();
    const Error error = team.refuses(std::move(action));
    EXPECT_EQ(team.stored(ada.id), ada);
    EXPECT_EQ(team.stored(ben.id), ben);
    EXPECT_EQ(team.clock(), clock);
    EXPECT_EQ(team.log().size(), entries);
    return error;
  }
};

TEST(AddChannel, PutsItAfterTheOthersAndCountsAsAWrite) {
  AdaAndBen world;
  const Contact after = world.team.does(
      AddChannel{.key = world.ada.id,
                 .patch = {.type = " Phone ", .value = "+1 312 555 0199", .handle = "desk", .info = "line-2"}});
  EXPECT_EQ(channel_values(after), (Values{"13125550142", "ada@example.org", "13125550199"}));
  EXPECT_EQ(after.channels.back(),
            (Channel{ChannelId(4), "phone", "13125550199", "desk", "line-2", after.updated, after.updated}));
  EXPECT_EQ(after.phone(), "13125550142");
  EXPECT_EQ(after.rev, 2);
  ASSERT_EQ(world.team.last_entry().changes.size(), 1U);
  EXPECT_EQ(world.team.last_entry().changes[0].field, "channels");
}

TEST(AddChannel, OfTheFirstOfItsTypeGivesThePlainField) {
  AdaAndBen world;
  const Contact after =
      world.team.does(AddChannel{.key = world.ben.uuid, .patch = {.type = "email", .value = "Ben@example.org"}});
  EXPECT_EQ(after.email(), "Ben@example.org");
}

TEST(AddChannel, ThatIsThereAlreadyWritesNothing) {
  AdaAndBen world;
  const Contact after = world.team.does(
      AddChannel{.key = world.ada.id, .patch = {.type = "email", .value = "ADA@example.org", .handle = "x"}});
  EXPECT_EQ(after, world.ada);
  EXPECT_EQ(world.team.stored(world.ada.id), world.ada);
  EXPECT_EQ(world.team.log().size(), 2U);
}

TEST(AddChannel, OfAnotherContactNamesTheFieldAndTheOwner) {
  AdaAndBen world;
  const Error error =
      world.refuses(AddChannel{.key = world.ada.id, .patch = {.type = "phone", .value = "13125550143"}});
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(error.errors(), (Problems{{"channel_id", "belongs to contact 2 already"}}));
}

TEST(AddChannel, NamesEveryFieldAtFault) {
  AdaAndBen world;
  const std::string type_rule =
      "must be phone, email or the word of an integration: at most 64 of a-z, 0-9, _ and -, and not id";
  const auto problems = [&](ChannelPatch patch) {
    return world.refuses(AddChannel{.key = world.ada.id, .patch = std::move(patch)}).errors();
  };
  EXPECT_EQ(problems({.type = "id", .value = "x"}), (Problems{{"channel_type", type_rule}}));
  EXPECT_EQ(problems({.type = "", .value = "x"}), (Problems{{"channel_type", type_rule}}));
  EXPECT_EQ(problems({.type = "phone", .value = "12"}), (Problems{{"channel_id", std::string(kPhoneRule)}}));
  EXPECT_EQ(problems({.type = "email", .value = "ada"}), (Problems{{"channel_id", std::string(kEmailRule)}}));
  EXPECT_EQ(problems({.type = "facebook", .value = " ", .handle = std::string(256, 'h'), .info = "a\nb"}),
            (Problems{{"channel_id", "must not be empty"},
                      {"channel_handle", "must be at most 255 characters"},
                      {"info_channel", "must not have control characters"}}));
}

TEST(AddChannel, GivesAContactAtMost100) {
  FakeTeam team;
  std::vector<ChannelDraft> drafts;
  for (int i = 0; i < 100; ++i) drafts.push_back({"facebook", "f" + std::to_string(i)});
  const Contact ada = team.has_contact({.channels = drafts});
  const Error error = team.refuses(AddChannel{.key = ada.id, .patch = {.type = "phone", .value = "13125550142"}});
  EXPECT_EQ(error.errors(), (Problems{{"channel_id", "a contact has at most 100 channels"}}));
}

TEST(UpdateChannel, ChangesTheOldestOfItsTypeAndThePlainFieldFollows) {
  AdaAndBen world;
  world.team.does(AddChannel{.key = world.ada.id, .patch = {.type = "phone", .value = "13125550199"}});
  const Contact after =
      world.team.does(UpdateChannel{.key = world.ada.id, .patch = {.type = "phone", .value = "13125550150"}});
  EXPECT_EQ(after.phone(), "13125550150");
  EXPECT_EQ(after.channels[0].id, ChannelId(1));
  EXPECT_EQ(after.channels[0].created, world.ada.created);
  EXPECT_EQ(after.channels[0].updated, after.updated);
  EXPECT_EQ(channel_values(after), (Values{"13125550150", "ada@example.org", "13125550199"}));
  EXPECT_EQ(world.team.owner_of({"phone", "13125550142"}), std::nullopt);
}

TEST(UpdateChannel, MeansTheOldestEvenWhenAnotherIsThePrimaryOne) {
  AdaAndBen world;
  world.team.does(AddChannel{.key = world.ada.id, .patch = {.type = "phone", .value = "13125550199"}});
  world.team.does(UpdateContact{.key = world.ada.id, .patch = {.phone = "13125550199"}});
  const Contact after =
      world.team.does(UpdateChannel{.key = world.ada.id, .patch = {.type = "phone", .value = "13125550150"}});
  EXPECT_EQ(channel_values(after), (Values{"13125550199", "13125550150", "ada@example.org"}));
}

TEST(UpdateChannel, ChangesTheOneWithTheId) {
  AdaAndBen world;
  world.team.does(
      AddChannel{.key = world.ada.id, .patch = {.type = "phone", .value = "13125550199", .handle = "h", .info = "i"}});
  const Contact after = world.team.does(UpdateChannel{
      .key = world.ada.id, .id = ChannelId(4), .patch = {.type = "phone", .value = "13125550150", .info = ""}});
  EXPECT_EQ(after.channels[2].value, "13125550150");
  EXPECT_EQ(after.channels[2].handle, "h");
  EXPECT_EQ(after.channels[2].info, "");
}

TEST(UpdateChannel, OfTheSameValueIsAWriteThatLeavesTheChannelAlone) {
  AdaAndBen world;
  const Contact after =
      world.team.does(UpdateChannel{.key = world.ada.id, .patch = {.type = "phone", .value = "13125550142"}});
  EXPECT_EQ(after.rev, 2);
  EXPECT_EQ(after.channels, world.ada.channels);
}

TEST(UpdateChannel, TakesANewSpellingOfTheSameEmail) {
  AdaAndBen world;
  const Contact after =
      world.team.does(UpdateChannel{.key = world.ada.id, .patch = {.type = "email", .value = "Ada@Example.org"}});
  EXPECT_EQ(after.email(), "Ada@Example.org");
}

TEST(UpdateChannel, FindsNoChannelOfThatTypeOrId) {
  AdaAndBen world;
  EXPECT_EQ(world.refuses(UpdateChannel{.key = world.ben.id, .patch = {.type = "email", .value = "b@c.d"}}).code(),
            ErrorCode::not_found);
  EXPECT_EQ(world
                .refuses(UpdateChannel{
                    .key = world.ada.id, .id = ChannelId(3), .patch = {.type = "phone", .value = "13125550150"}})
                .code(),
            ErrorCode::not_found);
}

TEST(UpdateChannel, DoesNotChangeAChannelsType) {
  AdaAndBen world;
  const Error error = world.refuses(
      UpdateChannel{.key = world.ada.id, .id = ChannelId(1), .patch = {.type = "email", .value = "b@c.d"}});
  EXPECT_EQ(error.errors(), (Problems{{"channel_type", "must be the channel's type, which is phone"}}));
}

TEST(UpdateChannel, RefusesAValueThatAChannelHasAlready) {
  AdaAndBen world;
  const Error error =
      world.refuses(UpdateChannel{.key = world.ada.id, .patch = {.type = "phone", .value = "13125550143"}});
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(error.errors(), (Problems{{"channel_id", "belongs to contact 2 already"}}));
  world.ada = world.team.does(AddChannel{.key = world.ada.id, .patch = {.type = "phone", .value = "13125550199"}});
  EXPECT_EQ(
      world.refuses(UpdateChannel{.key = world.ada.id, .patch = {.type = "phone", .value = "13125550199"}}).errors(),
      (Problems{{"channel_id", "belongs to another channel of the contact already"}}));
}

TEST(RemoveChannel, FreesTheAddressAndPromotesTheNextOfItsType) {
  AdaAndBen world;
  world.team.does(AddChannel{.key = world.ada.id, .patch = {.type = "phone", .value = "13125550199"}});
  const Contact after = world.team.does(RemoveChannel{.key = world.ada.id, .name = Address{"phone", "13125550142"}});
  EXPECT_EQ(after.phone(), "13125550199");
  EXPECT_EQ(after.rev, 3);
  EXPECT_EQ(world.team.owner_of({"phone", "13125550142"}), std::nullopt);
}

TEST(RemoveChannel, OfTheLastOneLeavesTheContact) {
  AdaAndBen world;
  const Contact after = world.team.does(RemoveChannel{.key = world.ben.id, .name = "3"});
  EXPECT_TRUE(after.channels.empty());
  EXPECT_EQ(after.phone(), "");
}

TEST(RemoveChannel, OfOneThatIsNotThereIsNotFound) {
  AdaAndBen world;
  for (const ChannelName& name :
       {ChannelName("3"), ChannelName("13125550143"), ChannelName(""), ChannelName(Address{"email", "13125550142"})}) {
    EXPECT_EQ(world.refuses(RemoveChannel{.key = world.ada.id, .name = name}).code(), ErrorCode::not_found);
  }
}

TEST(ChannelNames, AreAnIdOrAValueInAnySpelling) {
  const std::vector<Channel> channels = {{ChannelId(1), "phone", "13125550142", "", "", {}, {}},
                                         {ChannelId(2), "email", "Ada@example.org", "", "", {}, {}},
                                         {ChannelId(3), "facebook", "2", "", "", {}, {}}};
  const auto id = [&](const ChannelName& name) { return named_channel(channels, name).id.value(); };
  EXPECT_EQ(id("1"), 1);
  EXPECT_EQ(id("13125550142"), 1);
  EXPECT_EQ(id("+1 (312) 555-0142"), 1);
  EXPECT_EQ(id("ada@EXAMPLE.org"), 2);
  EXPECT_EQ(id("2"), 2);  // The id wins.
  EXPECT_EQ(id(Address{"facebook", "2"}), 3);
}

TEST(ChannelCommands, RefuseAStaleRevisionBeforeTheyLookAtAnythingElse) {
  AdaAndBen world;
  const IfMatch stale{.revs = {7}};
  const ChannelPatch bad{.type = "phone", .value = "x"};
  for (const Action& action : {Action(AddChannel{.key = world.ada.id, .patch = bad, .if_match = stale}),
                               Action(UpdateChannel{.key = world.ada.id, .patch = bad, .if_match = stale}),
                               Action(RemoveChannel{.key = world.ada.id, .name = "99", .if_match = stale})}) {
    EXPECT_EQ(world.refuses(action).stored_rev(), 1);
  }
  const IfMatch fresh{.revs = {1}};
  EXPECT_EQ(world.team.does(RemoveChannel{.key = world.ada.id, .name = "1", .if_match = fresh}).rev, 2);
}

TEST(ChannelCommands, RefuseAnUnknownContact) {
  AdaAndBen world;
  const ChannelPatch patch{.type = "phone", .value = "13125550150"};
  for (const Action& action :
       {Action(AddChannel{.key = ContactId(9), .patch = patch}), Action(UpdateChannel{.key = uuid(99), .patch = patch}),
        Action(RemoveChannel{.key = ContactId(9), .name = "1"})}) {
    EXPECT_EQ(world.refuses(action).code(), ErrorCode::not_found);
  }
}

}  // namespace
}  // namespace cardfile::core
