#include "wire/webhook_json.h"

#include "wire/json_out.h"
#include "wire/v2.h"

namespace cardfile::wire {

namespace {

bool is_about_contact(core::EventType type) {
  switch (type) {
    case core::EventType::contact_created:
    case core::EventType::contact_updated:
    case core::EventType::contact_deleted:
      return true;
    case core::EventType::target_opt_out:
    case core::EventType::target_opt_in:
    case core::EventType::target_double_opt_in:
    case core::EventType::target_double_opt_restricted:
    case core::EventType::incoming_message_unsubscribe:
      return false;
  }
  return false;
}

/// No inbox has a part in what happens to a contact: 0 stands for none.
void write_opt_event(JsonWriter& json, const Telling& telling, core::TeamId team) {
  const core::Contact& contact = telling.contact;
  json.begin_object();
  json.key("id").integer(contact.id.value()).key("uuid").uuid(contact.uuid);
  json.key("target").string(contact.phone()).key("phone").string(contact.phone());
  json.key("team_id").integer(team.value()).key("inbox_id").integer(0);
  json.key("unsubscribed").boolean(contact.consent.opted_out());
  json.key("unsubscribed_admin").boolean(contact.consent.unsubscribed_admin);
  json.key("unsubscribed_contact").boolean(contact.consent.unsubscribed_contact);
  json.key("date").time(telling.at);
  json.end_object();
}

}  // namespace

std::string webhook_body(const core::Webhook& webhook, std::string_view token, const Telling& telling,
                         const core::Directory& directory, const Dialect& dialect) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().key("type").string(core::to_string(telling.type)).key("id");
  if (webhook.kind == core::WebhookKind::webhook) {
    json.integer(webhook.id.value()).key("token").string(token);
  } else {
    json.string(std::to_string(webhook.id.value()));
  }
  json.key("event_data");
  if (is_about_contact(telling.type)) {
    v2::write_contact(json, telling.contact, directory, dialect);
  } else {
    write_opt_event(json, telling, directory.team.id);
  }
  json.end_object();
  return body;
}

}  // namespace cardfile::wire
