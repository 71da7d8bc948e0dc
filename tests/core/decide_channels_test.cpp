#include <gtest/gtest.h>

#include "core/fake_team.h"

namespace cardfile::core {
namespace {

using Values = std::vector<std::string>;

const ChannelDraft kSecondPhone{.type = "phone", .value = "13125550199"};
const ChannelDraft kWorkEmail{.type = "email", .value = "ada@work.example"};
const ChannelDraft kFacebook{.type = "facebook", .value = "ada.l", .handle = "Ada", .info = "page-1"};

TEST(Channels, ArePhoneAndEmailOfANewContact) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .email = "Ada@example.org"});
  EXPECT_EQ(ada.channels, (std::vector<Channel>{
                              {ChannelId(1), "phone", "13125550142", "", "", ada.created, ada.created},
                              {ChannelId(2), "email", "Ada@example.org", "", "", ada.created, ada.created},
                          }));
}

TEST(Channels, OfAPhoneThatChangesKeepTheirIdAndCreation) {
  FakeTeam team;
  const Contact before = team.has_contact({.phone = "13125550142"});
  const Contact after = team.does(UpdateContact{.key = before.id, .patch = {.phone = "13125550143"}});
  EXPECT_EQ(after.channels, (std::vector<Channel>{
                                {ChannelId(1), "phone", "13125550143", "", "", before.created, after.updated},
                            }));
  EXPECT_EQ(team.owner_of({"phone", "13125550142"}), std::nullopt);
  EXPECT_EQ(team.owner_of({"phone", "13125550143"}), before.id);
}

TEST(Channels, StayUntouchedByTheSameValue) {
  FakeTeam team;
  const Contact before = team.has_contact({.phone = "13125550142", .email = "ada@example.org"});
  const Contact after =
      team.does(UpdateContact{.key = before.id,
                              .patch = {.phone = "+1 312 555 0142",
                                        .email = "ada@example.org",
                                        .channels = {{{"email", "ADA@example.org"}, {"phone", "13125550142"}}}}});
  EXPECT_EQ(after.channels, before.channels);
}

TEST(Channels, OfAnEmailTakeItsNewSpelling) {
  FakeTeam team;
  const Contact before = team.has_contact({.email = "ada@example.org"});
  const Contact after = team.does(UpdateContact{.key = before.id, .patch = {.email = "Ada@Example.org"}});
  EXPECT_EQ(after.email(), "Ada@Example.org");
  EXPECT_EQ(after.channels.front().id, before.channels.front().id);
  EXPECT_EQ(team.owner_of(address_of("email", "ada@example.org")), before.id);
}

TEST(Channels, AreAddedWhenAContactWithoutOneGetsAPhoneOrEmail) {
  FakeTeam team;
  const Contact ada = team.has_contact({.channels = {{kFacebook}}});
  EXPECT_EQ(ada.phone(), "");
  const Contact after =
      team.does(UpdateContact{.key = ada.id, .patch = {.phone = "13125550142", .email = "ada@example.org"}});
  EXPECT_EQ(channel_values(after), (Values{"ada.l", "13125550142", "ada@example.org"}));
  EXPECT_EQ(after.channels[1].created, after.updated);
}

TEST(Channels, MoveUpWhenTheFirstOfTheirTypeIsCleared) {
  FakeTeam team;
  const Contact ada =
      team.has_contact({.phone = "13125550142", .email = "ada@example.org", .channels = {{kWorkEmail}}});
  const Contact promoted = team.does(UpdateContact{.key = ada.id, .patch = {.email = ""}});
  EXPECT_EQ(promoted.email(), "ada@work.example");
  EXPECT_EQ(promoted.channels[1], ada.channels[2]);
  EXPECT_EQ(team.owner_of({"email", "ada@example.org"}), std::nullopt);

  const Contact cleared = team.does(UpdateContact{.key = ada.id, .patch = {.email = ""}});
  EXPECT_EQ(cleared.email(), "");
  EXPECT_EQ(channel_values(cleared), Values{"13125550142"});
  EXPECT_EQ(channel_values(team.does(UpdateContact{.key = ada.id, .patch = {.email = ""}})), Values{"13125550142"});
}

/// As a client sends back what it has read.
std::vector<ChannelDraft> channels_as_read(const Contact& contact) {
  std::vector<ChannelDraft> read;
  for (const Channel& channel : contact.channels) {
    read.push_back({.type = channel.type,
                    .value = channel.value,
                    .handle = channel.handle,
                    .info = channel.info,
                    .id = channel.id});
  }
  return read;
}

TEST(Channels, SentBackAsTheyWereReadDoNotUndoWhatIsChangedBesides) {
  FakeTeam team;
  const Contact before = team.has_contact({.phone = "13125550142", .email = "ada@example.org"});
  auto read = channels_as_read(before);
  for (ChannelDraft& draft : read) draft.handle = "desk";
  const UpdateContact update{.key = before.id, .patch = {.phone = "13125550143", .email = "", .channels = read}};
  for (const char* time : {"once", "and again, as after a lost answer"}) {
    const Contact after = team.does(update);
    EXPECT_EQ(channel_values(after), Values{"13125550143"}) << time;
    EXPECT_EQ(after.channels[0].id, before.channels[0].id);
    EXPECT_EQ(after.channels[0].handle, "desk");
    EXPECT_EQ(team.owner_of({"phone", "13125550142"}), std::nullopt);
  }
}

TEST(Channels, SentBackWithAnotherValueAreAddedUnlessTheyAreThePhoneOrEmail) {
  FakeTeam team;
  const Contact ada =
      team.has_contact({.phone = "13125550142", .email = "ada@example.org", .channels = {{kWorkEmail}}});
  auto read = channels_as_read(ada);
  read[2].value = "ada@new-work.example";
  const ContactPatch patch{.phone = "13125550142", .email = "ada@example.org", .channels = read};
  const Values expected{"13125550142", "ada@example.org", "ada@work.example", "ada@new-work.example"};
  EXPECT_EQ(channel_values(team.does(UpdateContact{.key = ada.id, .patch = patch})), expected);
  EXPECT_EQ(channel_values(team.does(UpdateContact{.key = ada.id, .patch = patch})), expected);
}

TEST(Channels, OfAnotherTypeThanTheOneWithTheirIdAreNewOnes) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .email = "ada@example.org"});
  const ChannelDraft other{
      .type = "email", .value = "ada@new.example", .handle = "Work", .id = ada.channels.front().id};
  const Contact after =
      team.does(UpdateContact{.key = ada.id, .patch = {.email = "ada@example.org", .channels = {{other}}}});
  EXPECT_EQ(channel_values(after), (Values{"13125550142", "ada@example.org", "ada@new.example"}));
  EXPECT_EQ(after.channels[0], ada.channels[0]);
  EXPECT_EQ(after.channels[2].handle, "Work");
}

TEST(Channels, OfAClearedEmailMoveUpOnceHoweverOftenTheSameIsSentBack) {
  FakeTeam team;
  const Contact ada = team.has_contact(
      {.phone = "13125550142", .email = "ada@example.org", .channels = {{kWorkEmail, {"email", "ada@home.example"}}}});
  const UpdateContact update{.key = ada.id,
                             .patch = {.phone = "13125550142", .email = "", .channels = channels_as_read(ada)}};
  for (int time = 0; time < 3; ++time) {
    EXPECT_EQ(channel_values(team.does(update)), (Values{"13125550142", "ada@work.example", "ada@home.example"}))
        << time;
  }
}

TEST(Channels, OfAnEmailAreClearedThoughAnotherThatIsSentBackIsGone) {
  FakeTeam team;
  const Contact ada =
      team.has_contact({.phone = "13125550142", .email = "ada@example.org", .channels = {{kWorkEmail}}});
  team.does(RemoveChannel{.key = ada.id, .name = ada.channels[2].address()});
  const Contact after =
      team.does(UpdateContact{.key = ada.id, .patch = {.email = "", .channels = channels_as_read(ada)}});
  EXPECT_EQ(channel_values(after), Values{"13125550142"});
}

TEST(Channels, AreNotClearedByAnEmptyEmailBesideTheirAddress) {
  FakeTeam team;
  const Contact ada = team.has_contact({.channels = {{{"email", "ada@example.org", "Work"}}}});
  const Contact after =
      team.does(UpdateContact{.key = ada.id, .patch = {.email = "", .channels = {{{"email", "Ada@example.org"}}}}});
  EXPECT_EQ(after.channels, ada.channels);
}

TEST(Channels, ThatAreNewAreAddedWhateverIsChangedBesides) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  const ChannelDraft former{.type = "phone", .value = "13125550142"};
  const ChannelDraft of_another_system{.type = "phone", .value = "13125550144", .id = ChannelId(1'000'000)};
  EXPECT_EQ(channel_values(team.does(UpdateContact{
                .key = ada.id, .patch = {.phone = "13125550145", .channels = {{former, of_another_system}}}})),
            (Values{"13125550145", "13125550142", "13125550144"}));
}

TEST(Channels, FurtherDownMoveUpWhenTheyBecomeThePhone) {
  FakeTeam team;
  const Contact before =
      team.has_contact({.phone = "13125550142", .email = "ada@example.org", .channels = {{kSecondPhone}}});
  const Contact after = team.does(UpdateContact{.key = before.id, .patch = {.phone = kSecondPhone.value}});
  EXPECT_EQ(after.phone(), "13125550199");
  EXPECT_EQ(channel_values(after), (Values{"13125550199", "13125550142", "ada@example.org"}));
  EXPECT_EQ(after.channels[0].id, before.channels[2].id);
  EXPECT_EQ(after.channels[1], before.channels[0]);
  EXPECT_EQ(after.channels[2], before.channels[1]);
}

TEST(Channels, FurtherDownMoveUpInTheirNewSpelling) {
  FakeTeam team;
  const Contact before = team.has_contact({.email = "ada@example.org", .channels = {{kWorkEmail}}});
  const Contact after = team.does(UpdateContact{.key = before.id, .patch = {.email = "Ada@Work.example"}});
  EXPECT_EQ(channel_values(after), (Values{"Ada@Work.example", "ada@example.org"}));
  EXPECT_EQ(after.channels[0].id, before.channels[1].id);
}

TEST(ChannelDrafts, AreAddedAfterTheChannelsThatAreThere) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  const Contact after =
      team.does(UpdateContact{.key = ada.id, .patch = {.channels = {{kSecondPhone, kFacebook, kWorkEmail}}}});
  EXPECT_EQ(channel_values(after), (Values{"13125550142", "13125550199", "ada.l", "ada@work.example"}));
  EXPECT_EQ(after.phone(), "13125550142");
  EXPECT_EQ(after.email(), "ada@work.example");
  const Channel facebook{ChannelId(3), "facebook", "ada.l", "Ada", "page-1", after.updated, after.updated};
  EXPECT_EQ(after.channels[2], facebook);
}

TEST(ChannelDrafts, NeverTakeAChannelAway) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .channels = {{kWorkEmail}}});
  const Contact after = team.does(UpdateContact{.key = ada.id, .patch = {.channels = std::vector<ChannelDraft>{}}});
  EXPECT_EQ(after.channels, ada.channels);
}

TEST(ChannelDrafts, OfAChannelThatIsThereChangeOnlyTheHandleAndInfoTheyName) {
  FakeTeam team;
  const Contact ada = team.has_contact({.channels = {{kFacebook}}});
  const Contact kept = team.does(UpdateContact{.key = ada.id, .patch = {.channels = {{{"facebook", "ada.l"}}}}});
  EXPECT_EQ(kept.channels, ada.channels);

  const Contact handled =
      team.does(UpdateContact{.key = ada.id, .patch = {.channels = {{{"facebook", "ada.l", "Augusta"}}}}});
  EXPECT_EQ(handled.channels.front().handle, "Augusta");
  EXPECT_EQ(handled.channels.front().info, "page-1");
  EXPECT_EQ(handled.channels.front().updated, handled.updated);
  EXPECT_EQ(handled.channels.front().created, ada.created);

  const Contact informed =
      team.does(UpdateContact{.key = ada.id, .patch = {.channels = {{{"facebook", "ada.l", {}, "page-2"}}}}});
  EXPECT_EQ(informed.channels.front().handle, "Augusta");
  EXPECT_EQ(informed.channels.front().info, "page-2");

  const Contact cleared = team.does(UpdateContact{.key = ada.id, .patch = {.channels = {{{"facebook", "ada.l", ""}}}}});
  EXPECT_EQ(cleared.channels.front().handle, "");
  EXPECT_EQ(cleared.channels.front().info, "page-2");
}

TEST(ChannelDrafts, OfOneAddressMakeOneChannel) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142",
                                        .email = "ada@example.org",
                                        .channels = {{{"phone", "+1 312 555 0142"},
                                                      {"email", "Ada@Example.org"},
                                                      {"facebook", "ada.l"},
                                                      {"facebook", "ada.l"}}}});
  EXPECT_EQ(channel_values(ada), (Values{"13125550142", "ada@example.org", "ada.l"}));
}

TEST(ChannelDrafts, OfOneValueButTwoTypesMakeTwoChannels) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .channels = {{{"whatsapp", "13125550142"}}}});
  EXPECT_EQ(ada.channels.size(), 2U);
}

TEST(ChannelDrafts, OfAnotherContactsAddressAreRefused) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .channels = {{kFacebook}}});
  const Contact ben = team.has_contact({.phone = "13125550143"});
  ChannelDraft facebook = kFacebook;
  facebook.item = 3;
  const Error error = team.refuses(UpdateContact{.key = ben.id, .patch = {.channels = {{kWorkEmail, facebook}}}});
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(error.message(), "contact_channels[3].channel_id: belongs to contact 1 already");
  EXPECT_EQ(team.stored(ben.id), ben);
  EXPECT_EQ(team.stored(ada.id), ada);
}

TEST(Channels, AreAtMost100OnOneContact) {
  FakeTeam team;
  std::vector<ChannelDraft> drafts;
  for (int i = 0; i < 99; ++i) drafts.push_back({"facebook", "ada." + std::to_string(i)});
  const Contact ada = team.has_contact({.phone = "13125550142", .channels = drafts});
  EXPECT_EQ(ada.channels.size(), 100U);
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {.channels = drafts}}).channels.size(), 100U);
  const Error error = team.refuses(UpdateContact{.key = ada.id, .patch = {.channels = {{kWorkEmail}}}});
  EXPECT_EQ(error.code(), ErrorCode::bad_data);
  EXPECT_EQ(error.message(), "contact_channels: a contact has at most 100 channels");
  EXPECT_EQ(team.stored(ada.id).channels.size(), 100U);
  EXPECT_EQ(team.refuses(UpdateContact{.key = ada.id, .patch = {.email = "ada@example.org"}}).message(),
            "email: a contact has at most 100 channels");
}

TEST(Channels, HaveIdsThatAreNeverGivenAgain) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .channels = {{kWorkEmail, kFacebook}}});
  team.does(UpdateContact{.key = ada.id, .patch = {.email = ""}});
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {.channels = {{kWorkEmail}}}}).channels.back().id,
            ChannelId(4));
  team.does(DeleteContact{.key = ada.id});
  EXPECT_EQ(team.has_contact({.phone = "13125550142"}).channels.front().id, ChannelId(5));
}

TEST(Channels, OfARefusedCommandUseUpNoId) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  team.refuses(UpdateContact{.key = ada.id, .patch = {.assignee = kStranger, .channels = {{kWorkEmail}}}});
  EXPECT_EQ(team.has_contact({.phone = "13125550143"}).channels.front().id, ChannelId(2));
}

}  // namespace
}  // namespace cardfile::core
