#include "core/webhook.h"

#include <algorithm>
#include <array>

namespace cardfile::core {

std::string_view to_string(WebhookKind kind) {
  switch (kind) {
    case WebhookKind::webhook:
      return "webhook";
    case WebhookKind::n8n_trigger:
      return "n8n_trigger";
  }
  return "webhook";
}

std::string_view to_string(EventType type) {
  switch (type) {
    case EventType::target_opt_out:
      return "target_opt_out";
    case EventType::target_opt_in:
      return "target_opt_in";
    case EventType::target_double_opt_in:
      return "target_double_opt_in";
    case EventType::target_double_opt_restricted:
      return "target_double_opt_restricted";
    case EventType::contact_created:
      return "contact_created";
    case EventType::contact_updated:
      return "contact_updated";
    case EventType::contact_deleted:
      return "contact_deleted";
    case EventType::incoming_message_unsubscribe:
      return "incoming_message_unsubscribe";
  }
  return "contact_updated";
}

std::span<const EventType> events_for(WebhookKind kind) {
  using enum EventType;
  static constexpr auto kOfWebhooks =
      std::to_array({target_opt_out, target_opt_in, target_double_opt_in, target_double_opt_restricted, contact_created,
                     contact_updated, contact_deleted});
  static constexpr auto kOfTriggers = std::to_array({contact_updated, incoming_message_unsubscribe});
  if (kind == WebhookKind::n8n_trigger) return kOfTriggers;
  return kOfWebhooks;
}

std::optional<EventType> parse_event(WebhookKind kind, std::string_view word) {
  const auto types = events_for(kind);
  const auto found = std::ranges::find(types, word, [](EventType type) { return to_string(type); });
  return found == types.end() ? std::nullopt : std::optional(*found);
}

std::string names_of(std::span<const EventType> events, std::string_view between) {
  std::string names;
  for (const EventType type : events) names.append(names.empty() ? "" : between).append(to_string(type));
  return names;
}

std::string names_of_events(WebhookKind kind) { return names_of(events_for(kind), ", "); }

}  // namespace cardfile::core
