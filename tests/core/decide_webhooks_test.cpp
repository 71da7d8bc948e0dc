// Webhooks and triggers: who is told what happens.

#include <gtest/gtest.h>

#include <string>

#include "core/fake_team.h"
#include "core/url.h"

namespace cardfile::core {
namespace {

using Problems = std::vector<FieldError>;
using Changes = std::vector<FieldChange>;
using enum EventType;

CreateWebhook opt_outs(const std::string& url = "https://example.org/hooks") {
  return {.kind = WebhookKind::webhook,
          .url = url,
          .events = {target_opt_out, target_opt_in},
          .sealed_token = "token",
          .sealed_secret = "secret"};
}

TEST(CreateWebhook, StoresItAndLogsNoSecret) {
  FakeTeam team;
  const Webhook webhook = team.does(opt_outs());
  EXPECT_EQ(webhook, (Webhook{WebhookId(1),
                              WebhookKind::webhook,
                              "https://example.org/hooks",
                              {target_opt_out, target_opt_in},
                              "token",
                              "secret",
                              team.now}));
  EXPECT_EQ(team.directory()->webhooks.at(webhook.id), webhook);
  EXPECT_EQ(team.last_entry().subject, Subject::webhook);
  EXPECT_EQ(team.last_entry().subject_id, 1);
  EXPECT_EQ(team.last_entry().changes, (Changes{{"kind", {}, "webhook"},
                                                {"url", {}, "https://example.org/hooks"},
                                                {"events", {}, "target_opt_out target_opt_in"}}));
}

TEST(CreateWebhook, TellsOfWhatComesAfterIt) {
  FakeTeam team;
  team.has_contact({.phone = "13125550142"});
  team.has_contact({.phone = "13125550143"});
  EXPECT_EQ(team.position(team.does(opt_outs()).id), 2);
}

TEST(CreateWebhook, SortsItsEventsAndTakesEachOnce) {
  FakeTeam team;
  const Webhook webhook = team.does(
      CreateWebhook{.url = "http://example.org/", .events = {contact_deleted, target_opt_in, contact_deleted}});
  EXPECT_EQ(webhook.events, (std::vector<EventType>{target_opt_in, contact_deleted}));
}

TEST(CreateWebhook, NamesEveryFieldAtFault) {
  FakeTeam team;
  const Error error = team.refuses(CreateWebhook{.kind = WebhookKind::n8n_trigger, .url = "ftp://example.org/"});
  EXPECT_EQ(error.code(), ErrorCode::bad_data);
  EXPECT_EQ(error.errors(), (Problems{{"url", std::string(kUrlRule)},
                                      {"event", "must be one of contact_updated, incoming_message_unsubscribe"}}));
  const Error brought_along =
      team.refuses(CreateWebhook{.url = "", .events = {target_opt_out}, .problems = {{"url", "must be a string"}}});
  EXPECT_EQ(brought_along.errors(), (Problems{{"url", "must be a string"}}));
  EXPECT_TRUE(team.log().empty());
}

TEST(CreateWebhook, GivesATeamAtMostAHundred) {
  FakeTeam team;
  for (int i = 0; i < 100; ++i) team.does(opt_outs());
  EXPECT_EQ(team.refuses(opt_outs()).message(),
            "a team has at most 100 webhooks and triggers: delete one of them first");
  team.does(DeleteWebhook{.id = WebhookId(50)});
  EXPECT_EQ(team.does(opt_outs()).id, WebhookId(101));
}

TEST(DeleteWebhook, TakesItAwayAndNeverGivesItsIdAgain) {
  FakeTeam team;
  team.does(opt_outs());
  team.does(DeleteWebhook{.id = WebhookId(1)});
  EXPECT_TRUE(team.directory()->webhooks.empty());
  EXPECT_EQ(team.last_entry().operation, Operation::remove);
  EXPECT_EQ(team.last_entry().changes, (Changes{{"kind", "webhook", {}},
                                                {"url", "https://example.org/hooks", {}},
                                                {"events", "target_opt_out target_opt_in", {}}}));
  EXPECT_EQ(team.refuses(DeleteWebhook{.id = WebhookId(1)}).message(), "no webhook has this id");
  EXPECT_EQ(team.does(opt_outs()).id, WebhookId(2));
}

TEST(DeleteWebhook, OfAnotherKindFindsNone) {
  FakeTeam team;
  team.does(opt_outs());
  const Error error = team.refuses(DeleteWebhook{.id = WebhookId(1), .kind = WebhookKind::n8n_trigger});
  EXPECT_EQ(error.code(), ErrorCode::not_found);
  EXPECT_EQ(error.message(), "no trigger has this id");
  team.does(DeleteWebhook{.id = WebhookId(1), .kind = WebhookKind::webhook});
}

TEST(AdvanceWebhook, RemembersThePositionWithoutAnEntry) {
  FakeTeam team;
  team.does(opt_outs());
  const auto entries = team.log().size();
  team.does(AdvanceWebhook{.id = WebhookId(1), .seq = 41});
  EXPECT_EQ(team.position(WebhookId(1)), 41);
  EXPECT_EQ(team.log().size(), entries);
  EXPECT_EQ(team.refuses(AdvanceWebhook{.id = WebhookId(2), .seq = 41}).code(), ErrorCode::not_found);
}

}  // namespace
}  // namespace cardfile::core
