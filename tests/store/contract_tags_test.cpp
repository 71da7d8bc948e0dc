// Rows of the directory that change, go and stay gone.

#include <gmock/gmock.h>

#include "store/sqlite/db.h"
#include "store/world.h"

namespace cardfile::test {
namespace {

FOR_EVERY_ENGINE(StoredTags);
FOR_EVERY_ENGINE(StoredPeople);

core::Tag make_tag(World& world, const std::string& label) {
  return std::get<core::TagSaved>(world.commit(core::CreateTag{.uuid = uuid(900), .label = label, .color = "#112233"}))
      .tag;
}

TEST_P(StoredTags, AreChanged) {
  const auto tag = make_tag(world, "VIP");
  world.commit(core::UpdateTag{.id = tag.id, .label = "Gold"});
  EXPECT_EQ(world.store().directory(kTeam)->tags.at(tag.id).label, "Gold");
  EXPECT_EQ(world.store().directory(kTeam)->tags.at(tag.id).rev, 2);
}

TEST_P(StoredTags, AreGoneForTheCommandsAfterADeletionInTheSameSubmission) {
  const auto tag = make_tag(world, "VIP");
  const auto ada = world.has_contact({.phone = "13125550142", .tags = std::vector{tag.id}});
  const auto works = world.commit_all(
      {command(core::DeleteTag{tag.id}), command(core::UpdateContact{.key = ada.id, .patch = {.first = "Ada"}}),
       command(core::UpdateContact{.key = ada.id, .patch = {.tags = std::vector{tag.id}}})});
  EXPECT_EQ(refusal_of(works[0]), std::nullopt);
  EXPECT_EQ(refusal_of(works[1]), std::nullopt);
  EXPECT_EQ(refusal_of(works[2]), core::ErrorCode::bad_data);
  EXPECT_TRUE(world.contact(ada.id)->tags.empty());
  EXPECT_TRUE(world.store().directory(kTeam)->tags.empty());
}

TEST(SqliteTags, StayGoneAndTheirIdsTooWhenTheStoreIsOpenedAgain) {
  World world(Engine::sqlite);
  const auto tag = make_tag(world, "VIP");
  const auto ada = world.has_contact({.phone = "13125550142", .tags = std::vector{tag.id}});
  world.commit(core::DeleteTag{tag.id});
  world.reopen();
  EXPECT_TRUE(world.store().directory(kTeam)->tags.empty());
  EXPECT_EQ(make_tag(world, "VIP").id, core::TagId(2));
  EXPECT_TRUE(world.update(ada.id, {.first = "Ada"}).tags.empty());
  EXPECT_EQ(world.findings(), std::vector<std::string>{});
}

TEST(SqliteTags, WhoseCounterIsBehindAreFoundByTheCheck) {
  World world(Engine::sqlite);
  world.commit(core::DeleteTag{make_tag(world, "VIP").id});
  world.close();
  store::sqlite::Connection({.file = world.options().folder / "cardfile.db"}).execute("UPDATE last_given SET tag = 0");
  world.reopen();
  EXPECT_THAT(world.findings(), testing::Contains("Team 1 may give the id of a tag twice."));
}

TEST_P(StoredPeople, AreUsersThatChangeAndInboxes) {
  world.commit(core::CreateUser{.name = "Grace Hopper", .email = "grace@example.com"});
  world.commit(core::UpdateUsers{.patches = {{.id = core::UserId(1), .first = "Gráinne", .role = core::Role::admin}}});
  world.commit(
      core::CreateInbox{.name = "Support", .phones = {"13125550110", "13125550111"}, .members = {core::UserId(1)}});
  world.commit(core::CreateInbox{.name = "Empty"});
  const auto directory = world.store().directory(kTeam);
  EXPECT_EQ(directory->users.at(core::UserId(1)).name, "Gráinne Hopper");
  EXPECT_EQ(directory->users.at(core::UserId(1)).rev, 2);
  EXPECT_EQ(directory->inboxes.at(core::InboxId(1)).phones.size(), 2U);
}

TEST(SqlitePeople, AreAsTheyWereWhenTheStoreIsOpenedAgain) {
  World world(Engine::sqlite);
  world.commit(core::CreateUser{.name = "Grace Hopper"});
  world.commit(core::UpdateUsers{.patches = {{.id = core::UserId(1), .phone = "13125550101"}}});
  world.commit(
      core::CreateInbox{.name = "Support", .phones = {"13125550110", "13125550111"}, .members = {core::UserId(1)}});
  world.commit(core::CreateInbox{.name = "Empty"});
  const auto before = *world.store().directory(kTeam);
  const auto log = world.log();
  world.reopen();
  EXPECT_EQ(*world.store().directory(kTeam), before);
  EXPECT_EQ(world.log(), log);
}

}  // namespace
}  // namespace cardfile::test
