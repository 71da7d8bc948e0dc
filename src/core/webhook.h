#pragma once
// Webhook: an address that is told what happens to a team's contacts (contract, 10 and 11).

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.h"
#include "core/time.h"

namespace cardfile::core {

/// Two ways to come into being, with promises of their own.
enum class WebhookKind {
  webhook,     // Made by the operator. Told at least once, in order; five tries for each event.
  n8n_trigger  // Made by the n8n node. Told at most once.
};
std::string_view to_string(WebhookKind kind);  // "webhook"

/// What can be told. The two double opt-ins are of the contract; nothing in this server brings them about.
enum class EventType {
  target_opt_out,
  target_opt_in,
  target_double_opt_in,
  target_double_opt_restricted,
  contact_created,
  contact_updated,  // To a trigger also that one is created.
  contact_deleted,
  incoming_message_unsubscribe  // The contact's own word.
};
std::string_view to_string(EventType type);  // "target_opt_out"

/// Those that a webhook of that kind can ask for.
std::span<const EventType> events_for(WebhookKind kind);

/// None for a word that is not among them.
std::optional<EventType> parse_event(WebhookKind kind, std::string_view word);

/// "target_opt_out target_opt_in", as the change log has them.
std::string names_of(std::span<const EventType> events, std::string_view between = " ");
/// "target_opt_out, target_opt_in, …": events_for() in words, for messages.
std::string names_of_events(WebhookKind kind);

struct Webhook {
  WebhookId id;
  WebhookKind kind = WebhookKind::webhook;
  std::string url;
  std::vector<EventType> events;  // Sorted, distinct; not empty.
  std::string sealed_token;       // What goes along with each event, without meaning here; empty for a trigger.
  std::string sealed_secret;      // What events are signed with, likewise; empty when they are not.
  Timestamp created;

  friend bool operator==(const Webhook&, const Webhook&) = default;
};

}  // namespace cardfile::core
