#include <gtest/gtest.h>

#include "core/fake_team.h"

namespace cardfile::core {
namespace {

TEST(DeleteContact, TakesTheContactAwayForGood) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .email = "ada@example.org"});
  const Contact ben = team.has_contact({.phone = "13125550143"});
  team.does(DeleteContact{.key = ada.id});
  EXPECT_EQ(team.contact(ada.id), std::nullopt);
  EXPECT_EQ(team.contact(ada.uuid), std::nullopt);
  EXPECT_EQ(team.owner_of({"phone", "13125550142"}), std::nullopt);
  EXPECT_EQ(team.owner_of({"email", "ada@example.org"}), std::nullopt);
  EXPECT_EQ(team.stored(ben.id), ben);
}

TEST(DeleteContact, FindsTheContactByUuidToo) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  team.does(DeleteContact{.key = ada.uuid});
  EXPECT_EQ(team.contacts(), 0U);
}

TEST(DeleteContact, CannotBeDoneTwice) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  team.does(DeleteContact{.key = ada.id});
  EXPECT_EQ(team.refuses(DeleteContact{.key = ada.id}).code(), ErrorCode::not_found);
  EXPECT_EQ(team.refuses(UpdateContact{.key = ada.uuid, .patch = {.first = "Ada"}}).code(), ErrorCode::not_found);
  EXPECT_EQ(team.log().size(), 2U);
}

TEST(DeleteContact, FreesThePhoneForANewContactWithANewId) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .first = "Ada"});
  team.does(DeleteContact{.key = ada.id});
  const Contact eve = team.has_contact({.phone = "13125550142", .last = "King"});
  EXPECT_EQ(eve.id, ContactId(2));
  EXPECT_NE(eve.uuid, ada.uuid);
  EXPECT_EQ(eve.rev, 1);
  EXPECT_EQ(eve.first, "");
  EXPECT_EQ(eve.display_name, "King");
}

TEST(DeleteContact, LogsWhatWasThereAndARevisionPastTheLast) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .first = "Ada"});
  team.does(DeleteContact{.key = ada.id});
  const ChangeEntry& entry = team.last_entry();
  EXPECT_EQ(entry.operation, Operation::remove);
  EXPECT_EQ(entry.subject, Subject::contact);
  EXPECT_EQ(entry.subject_id, ada.id.value());
  EXPECT_EQ(entry.rev, 2);
  EXPECT_GT(entry.at, ada.updated);
  EXPECT_EQ(entry.changes, differences(ada, std::nullopt));
}

TEST(DeleteContact, IsConditionalWithIfMatch) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  const Error error = team.refuses(DeleteContact{.key = ada.id, .if_match = IfMatch{.revs = {2}}});
  EXPECT_EQ(error.code(), ErrorCode::precondition_failed);
  EXPECT_EQ(error.stored_rev(), 1);
  EXPECT_EQ(team.stored(ada.id), ada);
  team.does(DeleteContact{.key = ada.id, .if_match = IfMatch{.revs = {1}}});
  EXPECT_EQ(team.contacts(), 0U);
}

}  // namespace
}  // namespace cardfile::core
