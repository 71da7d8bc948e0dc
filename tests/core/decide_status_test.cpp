#include <gtest/gtest.h>

#include "core/fake_team.h"

namespace cardfile::core {
namespace {

using Changes = std::vector<FieldChange>;

ContactNames by_id(ContactId id) { return {.id = id}; }
ContactNames by_phone(std::string phone) { return {.phone = std::move(phone)}; }

Consent consent(bool blocked, bool admin, bool contact) { return {blocked, admin, contact}; }

TEST(SetStatus, DoesToEachFlagWhatTheContractSays) {
  for (const bool blocked : {false, true}) {
    for (const bool admin : {false, true}) {
      for (const bool contact : {false, true}) {
        const Consent before = consent(blocked, admin, contact);
        EXPECT_EQ(applied(before, Status::active), Consent{});
        EXPECT_EQ(applied(before, Status::blocked), consent(true, admin, contact));
        EXPECT_EQ(applied(before, Status::unblocked), consent(false, admin, contact));
        EXPECT_EQ(applied(before, Status::subscribed), consent(blocked, false, false));
        EXPECT_EQ(applied(before, Status::unsubscribed), consent(blocked, true, contact));
      }
    }
  }
}

TEST(SetStatus, IsAWriteWithRevisionTimeAndLogEntry) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  const Contact after = team.does(SetStatus{by_id(ada.id), Status::unsubscribed});
  EXPECT_EQ(after.rev, 2);
  EXPECT_GT(after.updated, ada.updated);
  EXPECT_EQ(last_operation(after), "update");
  EXPECT_TRUE(after.consent.opted_out());
  EXPECT_EQ(team.last_entry().subject_id, ada.id.value());
  EXPECT_EQ(team.last_entry().rev, 2);
  EXPECT_EQ(team.last_entry().operation, Operation::update);
  EXPECT_EQ(team.last_entry().changes, (Changes{{"is_opted_out", {}, true}, {"unsubscribed_admin", {}, true}}));
}

TEST(SetStatus, ThatChangesNothingIsAWriteAllTheSame) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  EXPECT_EQ(team.does(SetStatus{by_id(ada.id), Status::active}).rev, 2);
  EXPECT_EQ(team.last_entry().changes, Changes{});
}

TEST(SetStatus, OfActiveOrSubscribedTakesBackTheContactsOwnOptOut) {
  for (const Status status : {Status::active, Status::subscribed}) {
    FakeTeam team;
    const Contact ada = team.has_contact({.phone = "13125550142"});
    team.hears_stop_from(ada.id);
    EXPECT_EQ(team.does(SetStatus{by_id(ada.id), status}).consent, Consent{}) << to_string(status);
  }
}

TEST(SetStatus, OfUnblockedLeavesTheContactsOwnOptOutAlone) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  team.hears_stop_from(ada.id);
  team.does(SetStatus{by_id(ada.id), Status::blocked});
  EXPECT_EQ(team.does(SetStatus{by_id(ada.id), Status::unblocked}).consent, consent(false, false, true));
}

TEST(SetStatus, IsNotTheWayOfAnUpdateWhichNeverUndoesTheContactsOwnOptOut) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .opted_out = true});
  team.hears_stop_from(ada.id);
  const Contact after = team.does(UpdateContact{.key = ada.id, .patch = {.opted_out = false}});
  EXPECT_EQ(after.consent, consent(false, false, true));
  EXPECT_TRUE(after.consent.opted_out());
}

TEST(SetStatus, FindsTheContactByAnyPhoneOfIt) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .channels = {{{"phone", "13125550143"}}}});
  EXPECT_EQ(team.does(SetStatus{by_phone("13125550142"), Status::blocked}).id, ada.id);
  EXPECT_EQ(team.does(SetStatus{by_phone("13125550143"), Status::blocked}).rev, 3);
  EXPECT_EQ(team.does(SetStatus{{ada.id, "13125550143"}, Status::blocked}).rev, 4);
}

TEST(SetStatus, RefusesNamesThatNobodyHas) {
  FakeTeam team;
  team.has_contact({.phone = "13125550142"});
  for (const ContactNames& names : {by_id(ContactId(9)), by_phone("13125550199"), {ContactId(9), "13125550142"}}) {
    EXPECT_EQ(team.refuses(SetStatus{names, Status::blocked}).code(), ErrorCode::not_found);
  }
  EXPECT_EQ(team.log().size(), 1U);
}

TEST(SetStatus, RefusesAnIdAndAPhoneOfTwoContactsAndChangesNeither) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  const Contact ben = team.has_contact({.phone = "13125550143"});
  for (const std::string phone : {"13125550143", "13125550199"}) {
    const Error error = team.refuses(SetStatus{{ada.id, phone}, Status::blocked});
    EXPECT_EQ(error.code(), ErrorCode::bad_data);
    EXPECT_EQ(error.errors(), (std::vector<FieldError>{{"phone", "must be a phone of the contact that id names"}}));
  }
  EXPECT_EQ(team.stored(ada.id), ada);
  EXPECT_EQ(team.stored(ben.id), ben);
}

TEST(StatusWords, AreReadAsTheyArePrintedAndNothingElseIs) {
  using enum Status;
  for (const Status status : {active, blocked, unblocked, subscribed, unsubscribed}) {
    EXPECT_EQ(parse_status(to_string(status)), status);
  }
  for (const char* other : {"", "Active", "block", "opted_out", " active"})
    EXPECT_EQ(parse_status(other), std::nullopt);
}

}  // namespace
}  // namespace cardfile::core
