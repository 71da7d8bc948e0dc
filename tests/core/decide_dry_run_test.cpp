// A dry run: everything is decided, and nothing becomes of it.

#include <gtest/gtest.h>

#include <variant>

#include "core/fake_team.h"

namespace cardfile::core {
namespace {

TEST(DryRun, TellsWhatWouldBeSavedAndSavesNothing) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .first = "Ada"});
  const auto update = std::get<ContactSaved>(team.rehearses(UpdateContact{.key = ada.id, .patch = {.first = "Grace"}}));
  EXPECT_EQ(update.contact->first, "Grace");
  EXPECT_EQ(update.contact->rev, 2);
  const auto create = std::get<ContactSaved>(team.rehearses(CreateContact{.patch = {.phone = "13125550143"}}));
  EXPECT_EQ(create.contact->rev, 1);
  const auto list = std::get<ListSaved>(team.rehearses(CreateList{.title = "Sale", .contacts = {.ids = {ada.id}}}));
  EXPECT_EQ(list.list.size, 1);
  EXPECT_TRUE(std::holds_alternative<ContactDeleted>(team.rehearses(DeleteContact{.key = ada.id})));
  EXPECT_EQ(team.stored(ada.id), ada);
  EXPECT_EQ(team.log().size(), 1U);
  EXPECT_EQ(team.has_contact({.phone = "13125550144"}).id, ContactId(2)) << "no id was used up";
}

TEST(DryRun, IsRefusedAsTheWriteWouldBe) {
  FakeTeam team;
  team.has_contact({.email = "ada@example.org"});
  EXPECT_THROW(team.rehearses(CreateContact{.patch = {.phone = "13125550142", .email = "ADA@example.org"}}), Error);
  EXPECT_THROW(team.rehearses(UpdateContact{.key = ContactId(9)}), Error);
  EXPECT_THROW(team.rehearses(CreateList{.title = ""}), Error);
}

}  // namespace
}  // namespace cardfile::core
