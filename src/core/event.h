#pragma once
// Event: what a webhook is told of an entry of the change log.

#include <vector>

#include "core/change.h"
#include "core/contact.h"
#include "core/webhook.h"

namespace cardfile::core {

struct Event {
  EventType type = EventType::contact_updated;
  bool is_sample = false;  // About any contact: the webhook is new and was asked to show what it will send.

  friend bool operator==(const Event&, const Event&) = default;
};

/// In the order in which they are told. An opt-out or opt-in is a change of what both origins together come to
/// (contract, 4.2); a contact that is created opted out is one, a deletion is none.
std::vector<Event> events_of(const ChangeEntry& entry, const Webhook& webhook);

/// Whether the event tells what the contact consents to, rather than the whole contact.
bool is_about_consent(EventType type);

/// `consent` as the entry left it, given as it is now. Exact where the entry is an opt-out or opt-in.
Consent consent_after(const ChangeEntry& entry, Consent consent);

}  // namespace cardfile::core
