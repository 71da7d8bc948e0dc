#pragma once
// Webhook JSON: what webhooks and triggers are sent (contract, 10 and 11).

#include <string>
#include <string_view>

#include "core/contact.h"
#include "core/directory.h"
#include "core/time.h"
#include "core/webhook.h"
#include "wire/dialect.h"

namespace cardfile::wire {

/// What an event is about: the contact, as it is told of, and when it happened.
struct Telling {
  core::EventType type;
  const core::Contact& contact;
  core::Timestamp at;
};

/// {"type","id","token","event_data"}; a trigger's id is a string, and it has no token. `event_data` is a v2 contact,
/// or, of an opt-out or opt-in, {"id","uuid","target","phone","team_id","inbox_id","unsubscribed","unsubscribed_admin",
/// "unsubscribed_contact","date"}.
std::string webhook_body(const core::Webhook& webhook, std::string_view token, const Telling& telling,
                         const core::Directory& directory, const Dialect& dialect);

}  // namespace cardfile::wire
