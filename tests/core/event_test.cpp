#include "core/event.h"

#include <gtest/gtest.h>

#include "core/fake_team.h"

namespace cardfile::core {
namespace {

using enum EventType;
using Types = std::vector<EventType>;

/// A webhook that asks for everything that its kind can ask for.
Webhook curious(WebhookKind kind = WebhookKind::webhook) {
  const auto events = events_for(kind);
  return {.id = WebhookId(1), .kind = kind, .url = {}, .events = {events.begin(), events.end()}};
}

Types types_of(const ChangeEntry& entry, const Webhook& webhook = curious()) {
  Types types;
  for (const Event& event : events_of(entry, webhook)) {
    EXPECT_FALSE(event.is_sample);
    types.push_back(event.type);
  }
  return types;
}

TEST(Events, OfAContactThatIsMadeChangedAndDeleted) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  EXPECT_EQ(types_of(team.last_entry()), (Types{contact_created}));
  team.does(UpdateContact{.key = ada.id, .patch = {.first = "Ada"}});
  EXPECT_EQ(types_of(team.last_entry()), (Types{contact_updated}));
  team.does(DeleteContact{.key = ada.id});
  EXPECT_EQ(types_of(team.last_entry()), (Types{contact_deleted}));
}

TEST(Events, OfAnOptOutComeWhenTheContactIsOptedOutAndWasNot) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  team.does(UpdateContact{.key = ada.id, .patch = {.opted_out = true}});
  EXPECT_EQ(types_of(team.last_entry()), (Types{target_opt_out, contact_updated}));
  team.does(SetStatus{.names = {.id = ada.id}, .status = Status::unsubscribed});
  EXPECT_EQ(types_of(team.last_entry()), (Types{contact_updated}));
  team.hears_stop_from(ada.id);
  team.does(UpdateContact{.key = ada.id, .patch = {.opted_out = false}});
  EXPECT_EQ(types_of(team.last_entry()), (Types{contact_updated})) << "the contact's own word stands";
  team.does(SetStatus{.names = {.id = ada.id}, .status = Status::subscribed});
  EXPECT_EQ(types_of(team.last_entry()), (Types{target_opt_in, contact_updated}));
  team.does(SetStatus{.names = {.id = ada.id}, .status = Status::blocked});
  EXPECT_EQ(types_of(team.last_entry()), (Types{contact_updated}));
}

TEST(Events, OfAContactThatIsMadeOptedOutAreAnOptOutToo) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .opted_out = true});
  EXPECT_EQ(types_of(team.last_entry()), (Types{target_opt_out, contact_created}));
  team.does(DeleteContact{.key = ada.id});
  EXPECT_EQ(types_of(team.last_entry()), (Types{contact_deleted})) << "to be gone is not to opt in";
}

TEST(Events, GoToWhoAskedForThem) {
  FakeTeam team;
  Webhook webhook = curious();
  webhook.events = {target_opt_in, contact_deleted};
  team.has_contact({.phone = "13125550142", .opted_out = true});
  EXPECT_EQ(types_of(team.last_entry(), webhook), Types{});
}

TEST(Events, OfATriggerCallACreationAnUpdate) {
  FakeTeam team;
  const Webhook trigger = curious(WebhookKind::n8n_trigger);
  const Contact ada = team.has_contact({.phone = "13125550142"});
  EXPECT_EQ(types_of(team.last_entry(), trigger), (Types{contact_updated}));
  team.does(SetStatus{.names = {.id = ada.id}, .status = Status::unsubscribed});
  EXPECT_EQ(types_of(team.last_entry(), trigger), (Types{contact_updated})) << "the team's doing is no message";
  team.does(DeleteContact{.key = ada.id});
  EXPECT_EQ(types_of(team.last_entry(), trigger), Types{});
}

TEST(Events, OfATriggerTellThatTheContactUnsubscribedItself) {
  const ChangeEntry entry{.subject_id = 1, .changes = {{"unsubscribed_contact", {}, true}}};
  EXPECT_EQ(types_of(entry, curious(WebhookKind::n8n_trigger)), (Types{contact_updated, incoming_message_unsubscribe}));
}

TEST(Events, OfOtherThingsThanContactsAreNone) {
  FakeTeam team;
  team.does(CreateTag{.uuid = uuid(9), .label = "New"});
  EXPECT_EQ(types_of(team.last_entry()), Types{});
}

TEST(ConsentAfterAnEntry, IsWhatTheEntrySaysWhateverCameLater) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  team.does(SetStatus{.names = {.id = ada.id}, .status = Status::unsubscribed});
  const ChangeEntry opt_out = team.last_entry();
  EXPECT_EQ(consent_after(opt_out, {.blocked = true, .unsubscribed_admin = false, .unsubscribed_contact = true}),
            (Consent{.blocked = true, .unsubscribed_admin = true, .unsubscribed_contact = false}));
  team.does(SetStatus{.names = {.id = ada.id}, .status = Status::subscribed});
  EXPECT_EQ(consent_after(team.last_entry(), {.unsubscribed_admin = true, .unsubscribed_contact = true}), Consent{});
}

TEST(Events, BeginWithASampleWhenOneIsAskedFor) {
  FakeTeam team;
  const Webhook trigger = team.does(CreateWebhook{.kind = WebhookKind::n8n_trigger,
                                                  .url = "https://example.org/",
                                                  .events = {contact_updated},
                                                  .sends_sample = true});
  const ChangeEntry creation = team.last_entry();
  EXPECT_EQ(events_of(creation, trigger), (std::vector<Event>{{.type = contact_updated, .is_sample = true}}));
  Webhook other = trigger;
  other.id = WebhookId(2);
  EXPECT_EQ(types_of(creation, other), Types{}) << "it was another that asked";
  const Webhook silent = team.does(CreateWebhook{.url = "https://example.org/", .events = {contact_updated}});
  EXPECT_EQ(types_of(team.last_entry(), silent), Types{});
}

}  // namespace
}  // namespace cardfile::core
