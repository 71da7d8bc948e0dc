// Lists and who is in them, in every engine.

#include <gmock/gmock.h>

#include "core/patch.h"
#include "store/sqlite/db.h"
#include "store/world.h"

namespace cardfile::test {
namespace {

FOR_EVERY_ENGINE(StoredLists);

core::List make_list(World& world, const std::string& title, std::vector<core::ContactId> contacts = {},
                     core::TeamId team = kTeam) {
  return std::get<core::ListSaved>(
             world.commit(core::CreateList{.uuid = uuid(700), .title = title, .contacts = {.ids = std::move(contacts)}},
                          team))
      .list;
}

std::vector<std::string> phones(World& world, core::ListId list, core::TeamId team = kTeam) {
  std::vector<std::string> phones;
  for (const auto& target : world.store().targets(team, list)) phones.push_back(target.phone);
  return phones;
}

TEST_P(StoredLists, HaveTheContactsThatTheyWereGiven) {
  const auto ada = world.has_contact({.phone = "13125550141", .first = "Ada", .last = "Lovelace"});
  const auto grace = world.has_contact({.phone = "13125550142"});
  const auto list = make_list(world, "Sale", {grace.id, ada.id});
  EXPECT_EQ(world.store().directory(kTeam)->lists.at(list.id), list);
  EXPECT_EQ(world.store().targets(kTeam, list.id),
            (std::vector<core::ListTarget>{{"13125550141", "Ada", "Lovelace"}, {"13125550142", "", ""}}));
  EXPECT_TRUE(phones(world, core::ListId(99)).empty());
}

TEST_P(StoredLists, ShowOnlyThoseWhoHaveAPhone) {
  const auto ada = world.has_contact({.email = "ada@example.org"});
  const auto list = make_list(world, "Sale", {ada.id});
  EXPECT_EQ(list.size, 1);
  EXPECT_TRUE(phones(world, list.id).empty());
}

TEST_P(StoredLists, BringAlongTheContactsThatTheyCreate) {
  const auto saved = std::get<core::ListSaved>(world.commit(core::CreateList{
      .uuid = uuid(700), .title = "Sale", .contacts = {.addresses = {world.creation({.phone = "13125550142"})}}}));
  EXPECT_EQ(phones(world, saved.list.id), std::vector<std::string>{"13125550142"});
  EXPECT_TRUE(world.contact_at_phone("13125550142"));
}

TEST_P(StoredLists, ChangeWithWhoComesAndGoesAndForgetWhoIsDeleted) {
  const auto ada = world.has_contact({.phone = "13125550141"});
  const auto grace = world.has_contact({.phone = "13125550142"});
  const auto alan = world.has_contact({.phone = "13125550143"});
  const auto list = make_list(world, "Sale", {ada.id, grace.id});
  world.commit(core::UpdateList{.id = list.id, .add = {.ids = {alan.id}}, .remove = {ada.id}});
  EXPECT_EQ(phones(world, list.id), (std::vector<std::string>{"13125550142", "13125550143"}));
  world.commit(core::DeleteContact{.key = grace.id});
  EXPECT_EQ(phones(world, list.id), std::vector<std::string>{"13125550143"});
  EXPECT_EQ(world.store().directory(kTeam)->lists.at(list.id).size, 1);
  EXPECT_EQ(world.store().directory(kTeam)->lists.at(list.id).rev, 3);
  world.commit(core::DeleteList{list.id});
  EXPECT_TRUE(phones(world, list.id).empty());
  EXPECT_TRUE(world.store().directory(kTeam)->lists.empty());
  EXPECT_TRUE(world.contact(alan.id));
}

TEST_P(StoredLists, AreSeenByTheCommandsAfterThemInTheSameSubmission) {
  const auto ada = world.has_contact({.phone = "13125550141"});
  const auto works =
      world.commit_all({command(core::CreateList{.uuid = uuid(700), .title = "Sale", .contacts = {.ids = {ada.id}}}),
                        command(core::DeleteContact{.key = ada.id}),
                        command(core::UpdateList{.id = core::ListId(1), .add = {.ids = {ada.id}}})});
  EXPECT_EQ(refusal_of(works[0]), std::nullopt);
  EXPECT_EQ(refusal_of(works[1]), std::nullopt);
  EXPECT_EQ(refusal_of(works[2]), core::ErrorCode::bad_data);
  EXPECT_EQ(world.store().directory(kTeam)->lists.at(core::ListId(1)).size, 0);
}

TEST_P(StoredLists, AreNotChangedByADryRunNorSeenByTheCommandsAfterIt) {
  auto rehearsal = command(core::CreateList{
      .uuid = uuid(700), .title = "Sale", .contacts = {.addresses = {world.creation({.phone = "13125550142"})}}});
  rehearsal.dry_run = true;
  auto works =
      world.commit_all({rehearsal, command(core::UpdateList{.id = core::ListId(1), .title = "Spring"}), rehearsal});
  EXPECT_EQ(refusal_of(works[1]), core::ErrorCode::not_found);
  EXPECT_EQ(std::get<core::ListSaved>(works[2].take()).list.size, 1);
  EXPECT_TRUE(world.store().directory(kTeam)->lists.empty());
  EXPECT_FALSE(world.contact_at_phone("13125550142"));
  EXPECT_EQ(world.log().size(), 1U);
  EXPECT_EQ(make_list(world, "Real").id, core::ListId(1));
}

TEST_P(StoredLists, OfAnotherTeamAreOutOfReach) {
  world.has_team(kOtherTeam);
  const auto theirs = world.has_contact({.phone = "13125550141"}, kOtherTeam);
  const auto list = make_list(world, "Theirs", {theirs.id}, kOtherTeam);
  EXPECT_EQ(world.refusal(core::UpdateList{.id = list.id, .title = "Ours"}), core::ErrorCode::not_found);
  EXPECT_EQ(world.refusal(core::DeleteList{list.id}), core::ErrorCode::not_found);
  EXPECT_TRUE(phones(world, list.id).empty());
  EXPECT_EQ(phones(world, list.id, kOtherTeam), std::vector<std::string>{"13125550141"});
}

TEST(SqliteLists, AreAsTheyWereWhenTheStoreIsOpenedAgainAndTheirIdsStayGone) {
  World world(Engine::sqlite);
  const auto ada = world.has_contact({.phone = "13125550141"});
  const auto gone = make_list(world, "Gone", {ada.id});
  const auto kept = std::get<core::ListSaved>(world.commit(
      core::CreateList{.uuid = uuid(701), .title = "Kept", .local_id = "crm-1", .contacts = {.ids = {ada.id}}}));
  const auto last = make_list(world, "Last");
  world.commit(core::DeleteList{gone.id});
  world.commit(core::DeleteList{last.id});
  const auto before = *world.store().directory(kTeam);
  const auto log = world.log();
  world.reopen();
  EXPECT_EQ(*world.store().directory(kTeam), before);
  EXPECT_EQ(world.log(), log);
  EXPECT_EQ(phones(world, kept.list.id), std::vector<std::string>{"13125550141"});
  EXPECT_EQ(make_list(world, "Next").id, core::ListId(4));
  EXPECT_EQ(world.findings(), std::vector<std::string>{});
}

TEST(SqliteLists, HoldTenThousandContactsAndNotOneMore) {
  World world(Engine::sqlite);
  const auto list = make_list(world, "Everybody");
  constexpr std::int64_t kAtOnce = 1'000;
  for (std::int64_t first = 0; first < core::kListSize; first += kAtOnce) {
    core::UpdateList update{.id = list.id};
    for (std::int64_t i = first; i < first + kAtOnce; ++i)
      update.add.addresses.push_back(world.creation({.phone = std::to_string(13'125'600'000 + i)}));
    EXPECT_EQ(std::get<core::ListSaved>(world.commit(update)).list.size, first + kAtOnce);
  }
  EXPECT_EQ(phones(world, list.id).size(), 10'000U);
  EXPECT_EQ(
      world.refusal(core::UpdateList{.id = list.id, .add = {.addresses = {world.creation({.phone = "13125550142"})}}}),
      core::ErrorCode::bad_data);
  EXPECT_FALSE(world.contact_at_phone("13125550142"));
  world.commit(core::DeleteList{list.id});
  EXPECT_TRUE(phones(world, list.id).empty());
  EXPECT_EQ(world.findings(), std::vector<std::string>{});
}

}  // namespace
}  // namespace cardfile::test
