#include "core/event.h"

#include <algorithm>
#include <string_view>
#include <variant>

namespace cardfile::core {

namespace {

const FieldChange* change_of(const ChangeEntry& entry, std::string_view field) {
  const auto found = std::ranges::find(entry.changes, field, &FieldChange::field);
  return found == entry.changes.end() ? nullptr : &*found;
}

bool became_true(const FieldChange* change) { return change && change->to == LogValue{true}; }

bool is_told_by(const ChangeEntry& entry, EventType type, WebhookKind kind) {
  const bool is_removal = entry.operation == Operation::remove;
  const FieldChange* opted_out = is_removal ? nullptr : change_of(entry, "is_opted_out");
  switch (type) {
    case EventType::target_opt_out:
      return became_true(opted_out);
    case EventType::target_opt_in:
      return opted_out && !became_true(opted_out);
    case EventType::target_double_opt_in:
    case EventType::target_double_opt_restricted:
      return false;
    case EventType::contact_created:
      return entry.operation == Operation::create;
    case EventType::contact_updated:
      return entry.operation == Operation::update ||
             (entry.operation == Operation::create && kind == WebhookKind::n8n_trigger);
    case EventType::contact_deleted:
      return is_removal;
    case EventType::incoming_message_unsubscribe:
      return !is_removal && became_true(change_of(entry, "unsubscribed_contact"));
  }
  return false;
}

}  // namespace

std::vector<Event> events_of(const ChangeEntry& entry, const Webhook& webhook) {
  std::vector<Event> events;
  if (entry.subject == Subject::webhook && entry.subject_id == webhook.id.value()) {
    if (became_true(change_of(entry, "send_sample"))) {
      events.push_back({.type = webhook.events.front(), .is_sample = true});
    }
  } else if (entry.subject == Subject::contact) {
    for (const EventType type : webhook.events) {
      if (is_told_by(entry, type, webhook.kind)) events.push_back({.type = type});
    }
  }
  return events;
}

bool is_about_consent(EventType type) {
  switch (type) {
    case EventType::target_opt_out:
    case EventType::target_opt_in:
    case EventType::target_double_opt_in:
    case EventType::target_double_opt_restricted:
    case EventType::incoming_message_unsubscribe:
      return true;
    case EventType::contact_created:
    case EventType::contact_updated:
    case EventType::contact_deleted:
      return false;
  }
  return false;
}

Consent consent_after(const ChangeEntry& entry, Consent consent) {
  // Who was not opted out before had neither flag, and who is not after has none.
  if (change_of(entry, "is_opted_out")) consent.unsubscribed_admin = consent.unsubscribed_contact = false;
  if (const auto* change = change_of(entry, "unsubscribed_admin")) consent.unsubscribed_admin = became_true(change);
  if (const auto* change = change_of(entry, "unsubscribed_contact")) consent.unsubscribed_contact = became_true(change);
  return consent;
}

}  // namespace cardfile::core
