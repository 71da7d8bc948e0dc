#include "store/pending.h"
#include "store/world.h"

namespace cardfile::test {
namespace {

FOR_EVERY_ENGINE(StoredContacts);

TEST_P(StoredContacts, AreFoundByIdUuidAndAddress) {
  const auto ada = world.has_contact({.phone = "13125550142", .first = "Ada", .email = "Ada@Example.com"});
  EXPECT_EQ(ada.rev, 1);
  EXPECT_EQ(world.contact(ada.id), ada);
  EXPECT_EQ(world.contact(ada.uuid), ada);
  EXPECT_EQ(world.contact_at_phone("13125550142"), ada);
  EXPECT_EQ(world.store().contact_at(kTeam, core::address_of(core::kEmail, "ada@example.COM")), ada);
}

TEST_P(StoredContacts, AreNotFoundUnderNamesThatNobodyHas) {
  world.has_contact({.phone = "13125550142"});
  EXPECT_EQ(world.contact(core::ContactId(99)), std::nullopt);
  EXPECT_EQ(world.contact(uuid(99)), std::nullopt);
  EXPECT_EQ(world.contact_at_phone("13125550199"), std::nullopt);
}

TEST_P(StoredContacts, ThatOneAnswerHasNoRoomForAreLeftAsTheyWere) {
  const auto field = world.has_field("Story");
  std::vector<store::Work> works;
  for (const std::size_t length : {3'000, 4'000, 1'000, 3'000}) {
    auto creation = world.creation({.phone = std::to_string(13125550141 + works.size()),
                                    .custom = core::CustomPatch{{field, std::string(length, 'x')}}});
    works.push_back({.command = command(std::move(creation)), .result = {}});
  }
  CountingExecutor executor;
  store::Submission submission{
      .works = works, .executor = &executor, .waiter = std::noop_coroutine(), .contact_bytes_max = 7'000};
  world.store().submit(submission);
  executor.wait_for(1);
  EXPECT_EQ(refusal_of(works[0]), std::nullopt);
  EXPECT_EQ(refusal_of(works[1]), core::ErrorCode::bad_data);
  EXPECT_EQ(refusal_of(works[2]), std::nullopt);
  EXPECT_EQ(refusal_of(works[3]), core::ErrorCode::bad_data);
  EXPECT_TRUE(world.contact_at_phone("13125550141"));
  EXPECT_FALSE(world.contact_at_phone("13125550142"));
  EXPECT_TRUE(world.contact_at_phone("13125550143"));
  EXPECT_FALSE(world.contact_at_phone("13125550144"));
}

TEST_P(StoredContacts, AreLeftOutOfOutcomesThatNobodyAsksThemOf) {
  std::vector<store::Work> works;
  works.push_back({.command = command(world.creation({.phone = "13125550141"})), .result = {}});
  CountingExecutor executor;
  store::Submission submission{.works = works,
                               .executor = &executor,
                               .waiter = std::noop_coroutine(),
                               .contacts = store::Contacts::dropped,
                               .contact_bytes_max = 1};
  world.store().submit(submission);
  executor.wait_for(1);
  EXPECT_FALSE(std::get<core::ContactSaved>(works[0].take()).contact);
  EXPECT_TRUE(world.contact_at_phone("13125550141"));
}

TEST_P(StoredContacts, KeepEveryFieldAsItWas) {
  const auto field = world.has_field("Plan");
  world.commit(core::CreateUser{.name = "Grace", .role = core::Role::admin});
  world.commit(core::CreateTag{.uuid = uuid(500), .label = "VIP"});
  const auto saved =
      world.has_contact({.phone = "13125550142",
                         .first = "Zoë \"Q\"",
                         .last = "O'Neil\\",
                         .display_name = "Zoë 👩",
                         .email = "zoe@example.com",
                         .avatar = "https://example.com/zoë.png",
                         .custom = core::CustomPatch{{field, "line\nbreak \x01 and \"quotes\""}},
                         .assignee = core::UserId(1),
                         .tags = std::vector{core::TagId(1)},
                         .opted_out = true,
                         .email_suppressions = std::vector<std::int64_t>{3, 9},
                         .channels = std::vector<core::ChannelDraft>{
                             {.type = "facebook", .value = "fb-1", .handle = "zoe.q", .info = "page 7"}}});
  const auto stored = world.contact(saved.id);
  ASSERT_TRUE(stored);
  EXPECT_EQ(*stored, saved);
  EXPECT_EQ(stored->custom.at(field), "line\nbreak \x01 and \"quotes\"");
  EXPECT_EQ(stored->assigned, core::UserId(1));
  EXPECT_EQ(stored->channels.size(), 3);
  EXPECT_TRUE(stored->consent.unsubscribed_admin);
}

TEST_P(StoredContacts, MergeWhatAnUpdateNamesAndKeepTheRest) {
  const auto plan = world.has_field("Plan");
  const auto city = world.has_field("City");
  const auto ada = world.has_contact(
      {.phone = "13125550142", .first = "Ada", .custom = core::CustomPatch{{plan, "free"}, {city, "London"}}});
  const auto updated = world.update(ada.id, {.custom = core::CustomPatch{{plan, "pro"}}});
  EXPECT_EQ(updated.rev, 2);
  EXPECT_EQ(updated.first, "Ada");
  EXPECT_EQ(updated.custom, (core::CustomValues{{plan, "pro"}, {city, "London"}}));
  EXPECT_EQ(world.contact(ada.id), updated);
  EXPECT_EQ(world.contact(ada.uuid), updated);
}

TEST_P(StoredContacts, LoseTheirOldAddressWhenItChanges) {
  const auto ada = world.has_contact({.phone = "13125550142"});
  const auto moved = world.update(ada.uuid, {.phone = "13125550143"});
  EXPECT_EQ(world.contact_at_phone("13125550142"), std::nullopt);
  EXPECT_EQ(world.contact_at_phone("13125550143"), moved);
}

TEST_P(StoredContacts, AreUntouchedByARefusedCommandWhichWritesNothing) {
  const auto ada = world.has_contact({.phone = "13125550142", .first = "Ada"});
  const auto grace = world.has_contact({.phone = "13125550143", .first = "Grace"});
  const auto before = world.log();
  EXPECT_EQ(world.refusal(core::UpdateContact{.key = grace.id, .patch = {.phone = "13125550142", .first = "X"}}),
            core::ErrorCode::conflict);
  EXPECT_EQ(world.refusal(core::UpdateContact{.key = core::ContactId(99)}), core::ErrorCode::not_found);
  EXPECT_EQ(world.contact(ada.id), ada);
  EXPECT_EQ(world.contact(grace.id), grace);
  EXPECT_EQ(world.log(), before);
}

TEST_P(StoredContacts, AreSavedAlthoughANeighbourInTheSubmissionIsRefused) {
  const auto works = world.commit_all(
      {command(world.creation({.phone = "13125550142"})), command(core::DeleteContact{.key = core::ContactId(99)}),
       command(world.creation({.phone = "13125550142"})), command(world.creation({.phone = "13125550143"}))});
  EXPECT_EQ(refusal_of(works[0]), std::nullopt);
  EXPECT_EQ(refusal_of(works[1]), core::ErrorCode::not_found);
  EXPECT_EQ(refusal_of(works[2]), core::ErrorCode::conflict);
  EXPECT_EQ(refusal_of(works[3]), std::nullopt);
  EXPECT_EQ(world.contact(core::ContactId(2)), world.contact_at_phone("13125550143"));
  EXPECT_EQ(world.log().size(), 3);  // The team and two contacts.
}

TEST_P(StoredContacts, AreSeenByLaterCommandsOfTheSameSubmission) {
  auto works = world.commit_all(
      {command(world.creation({.phone = "13125550142", .first = "Ada"})),
       command(core::UpdateContact{.key = core::ContactId(1), .patch = {.last = "Lovelace"}}),
       command(core::UpdateContact{.key = core::ContactId(1), .patch = {.phone = "13125550143"}}),
       command(world.creation({.phone = "13125550142"})), command(core::DeleteContact{.key = core::ContactId(2)})});
  for (auto& work : works) EXPECT_EQ(refusal_of(work), std::nullopt);
  const auto ada = world.contact(core::ContactId(1));
  ASSERT_TRUE(ada);
  EXPECT_EQ(ada->rev, 3);
  EXPECT_EQ(ada->display_name, "Ada Lovelace");
  EXPECT_EQ(world.contact(core::ContactId(2)), std::nullopt);
  EXPECT_EQ(world.contact_at_phone("13125550142"), std::nullopt);
}

TEST_P(StoredContacts, FreeTheirAddressesWhenTheyAreDeleted) {
  const auto ada = world.has_contact({.phone = "13125550142", .email = "ada@example.com"});
  world.commit(core::DeleteContact{.key = ada.id});
  EXPECT_EQ(world.contact(ada.id), std::nullopt);
  EXPECT_EQ(world.contact(ada.uuid), std::nullopt);
  EXPECT_EQ(world.contact_at_phone("13125550142"), std::nullopt);
  const auto grace = world.has_contact({.phone = "13125550142", .email = "ada@example.com"});
  EXPECT_EQ(world.contact_at_phone("13125550142"), grace);
}

TEST_P(StoredContacts, NeverGetAnIdThatADeletedOneHad) {
  const auto ada = world.has_contact({.phone = "13125550142"});
  world.commit(core::DeleteContact{.key = ada.id});
  const auto grace = world.has_contact({.phone = "13125550143"});
  EXPECT_EQ(grace.id, core::ContactId(2));
  EXPECT_GT(grace.channels.front().id, ada.channels.front().id);
}

TEST_P(StoredContacts, CanBegivenAChosenIdAndLaterOnesGoOnAfterIt) {
  auto chosen = world.creation({.phone = "13125550142"});
  chosen.id = core::ContactId(5'000'000'000);
  world.commit(chosen);
  EXPECT_EQ(world.has_contact({.phone = "13125550143"}).id, core::ContactId(5'000'000'001));
}

TEST_P(StoredContacts, MayComeBackUnderAChosenIdAfterTheyWereDeleted) {
  const auto ada = world.has_contact({.phone = "13125550142"});
  world.commit(core::DeleteContact{.key = ada.id});
  auto again = world.creation({.phone = "13125550142"});
  again.id = ada.id;
  EXPECT_EQ(std::get<core::ContactSaved>(world.commit(again)).contact->rev, 1);
}

TEST_P(StoredContacts, OfAnotherTeamAreUnknown) {
  world.has_team(kOtherTeam);
  const auto ada = world.has_contact({.phone = "13125550142"});
  EXPECT_EQ(world.contact(ada.id, kOtherTeam), std::nullopt);
  EXPECT_EQ(world.contact(ada.uuid, kOtherTeam), std::nullopt);
  EXPECT_EQ(world.contact_at_phone("13125550142", kOtherTeam), std::nullopt);
  EXPECT_EQ(world.refusal(core::UpdateContact{.key = ada.uuid}, kOtherTeam), core::ErrorCode::not_found);
  EXPECT_EQ(world.refusal(core::DeleteContact{.key = ada.id}, kOtherTeam), core::ErrorCode::not_found);
  EXPECT_EQ(world.contact(ada.id), ada);
}

TEST_P(StoredContacts, OfTwoTeamsMayHaveTheSameIdAndAddress) {
  world.has_team(kOtherTeam);
  const auto ours = world.has_contact({.phone = "13125550142", .first = "Ada"});
  const auto theirs = world.has_contact({.phone = "13125550142", .first = "Grace"}, kOtherTeam);
  EXPECT_EQ(ours.id, theirs.id);
  EXPECT_EQ(world.contact_at_phone("13125550142"), ours);
  EXPECT_EQ(world.contact_at_phone("13125550142", kOtherTeam), theirs);
}

TEST_P(StoredContacts, OfAnUnknownTeamDoNotExist) {
  const core::TeamId nobody(404);
  EXPECT_EQ(world.contact(core::ContactId(1), nobody), std::nullopt);
  EXPECT_EQ(world.contact_at_phone("13125550142", nobody), std::nullopt);
  EXPECT_EQ(world.log(nobody), std::vector<core::ChangeEntry>{});
  EXPECT_EQ(world.refusal(world.creation({.phone = "13125550142"}), nobody), core::ErrorCode::not_found);
  EXPECT_EQ(world.store().teams(), std::vector{kTeam});
}

TEST_P(StoredContacts, AreLeftAloneByASubmissionWithoutCommands) {
  EXPECT_EQ(world.commit_all({}).size(), 0);
  EXPECT_EQ(world.log().size(), 1);
}

}  // namespace
}  // namespace cardfile::test
