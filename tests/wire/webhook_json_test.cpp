#include "wire/webhook_json.h"

#include <gtest/gtest.h>

#include "json_words.h"
#include "wire/json_out.h"
#include "wire/v2.h"

namespace cardfile::wire {
namespace {

core::Directory directory() {
  core::Directory directory;
  directory.team.id = core::TeamId(12);
  return directory;
}

core::Contact mina() {
  core::Contact contact;
  contact.id = core::ContactId(40117);
  contact.uuid = core::Uuid::parse("0b7d6c1e-52a4-4f0b-9c39-6f2f1f6f8a10").value();
  contact.rev = 3;
  contact.first = "Mina \"M\"";
  contact.channels = {{.id = core::ChannelId(1),
                       .type = "phone",
                       .value = "13125550142",
                       .handle = {},
                       .info = {},
                       .created = {},
                       .updated = {}}};
  return contact;
}

core::Webhook webhook(core::WebhookKind kind) {
  core::Webhook webhook;
  webhook.id = core::WebhookId(31);
  webhook.kind = kind;
  return webhook;
}

const core::Timestamp kAt = core::parse_rfc3339("2026-03-02T09:15:00.000001Z").value();

TEST(WebhookBody, OfAnOptOutTellsWhoAndWhoseDoingItWas) {
  core::Contact contact = mina();
  contact.consent.unsubscribed_admin = true;
  const Telling telling{.type = core::EventType::target_opt_out, .contact = contact, .at = kAt};
  EXPECT_EQ(
      webhook_body(webhook(core::WebhookKind::webhook), "whk-example", telling, directory(), {}),
      R"({"type":"target_opt_out","id":31,"token":"whk-example","event_data":{"id":40117,)"
      R"("uuid":"0b7d6c1e-52a4-4f0b-9c39-6f2f1f6f8a10","target":"13125550142","phone":"13125550142","team_id":12,)"
      R"("inbox_id":0,"unsubscribed":true,"unsubscribed_admin":true,"unsubscribed_contact":false,)"
      R"("date":"2026-03-02T09:15:00.000001Z"}})");
}

TEST(WebhookBody, OfAContactThatChangedIsTheContactAsV2ShowsIt) {
  const core::Contact contact = mina();
  std::string shown;
  JsonWriter json(shown);
  v2::write_contact(json, contact, directory(), {});
  const Telling telling{.type = core::EventType::contact_updated, .contact = contact, .at = kAt};
  EXPECT_EQ(webhook_body(webhook(core::WebhookKind::webhook), "", telling, directory(), {}),
            R"({"type":"contact_updated","id":31,"token":"","event_data":)" + shown + "}");
}

TEST(WebhookBody, OfATriggerHasATextForItsIdAndNoToken) {
  const core::Contact contact = mina();
  const Telling telling{.type = core::EventType::incoming_message_unsubscribe, .contact = contact, .at = kAt};
  EXPECT_TRUE(webhook_body(webhook(core::WebhookKind::n8n_trigger), "", telling, directory(), {})
                  .starts_with(R"({"type":"incoming_message_unsubscribe","id":"31","event_data":{"id":40117,)"));
}

}  // namespace
}  // namespace cardfile::wire
