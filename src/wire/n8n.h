#pragma once
// n8n: bodies and answers of the n8n node's surface (contract, 11).
//
// Readers throw Error(bad_data) when a body is no object; everything else at fault is in the result's `problems`, under
// the names of this surface. Writers write members, between begin_object() and end_object().

#include <optional>

#include "core/command.h"
#include "core/contact.h"
#include "core/directory.h"
#include "core/ids.h"
#include "core/patch.h"
#include "wire/json_in.h"
#include "wire/json_out.h"

namespace cardfile::wire::n8n {

/// Body of POST /n8n/v1/contacts: `phone_number`, and any of `first_name`, `last_name`, `email`, `note`, `custom`. What
/// is blank changes nothing. The patch is normalised.
core::ContactPatch read_contact(const Json& body);

/// Body of POST /n8n/v1/lists, `uuid` left open: `title`, and any of `phones`, `emails`.
core::CreateList read_list(const Json& body, const core::UuidSource& next_uuid);

/// Body of POST /n8n/v1/lists/{id}/members, `id` left open: `action` and `phone_number`.
core::UpdateList read_member_change(const Json& body, const core::UuidSource& next_uuid);

/// A trigger, and the inbox that its events are to be of.
struct NewTrigger {
  core::CreateWebhook create;
  std::optional<core::InboxId> inbox;
};

/// Body of POST /n8n/v1/triggers: `event` and `url`, and any of `send_sample`, `inbox_id`. Throws
/// Error(not_implemented) for an event of messages, calls or chats, which this server does not have.
NewTrigger read_trigger(const Json& body);

/// "id", a string
void write_trigger(JsonWriter& json, core::WebhookId id);

/// "team_id", "team_name"
void write_team(JsonWriter& json, const core::Team& team);

/// "id", "rev", "created"
void write_saved_contact(JsonWriter& json, const core::Contact& contact);

/// "id", "name", "member_count"
void write_created_list(JsonWriter& json, const core::List& list);

/// "list_id", "member_count"
void write_changed_list(JsonWriter& json, const core::List& list);

/// What the node offers to choose from: {"id","name"}, the whole object.
void write_choice(JsonWriter& json, const core::CustomField& field);
void write_choice(JsonWriter& json, const core::Inbox& inbox);
void write_choice(JsonWriter& json, const core::List& list);

}  // namespace cardfile::wire::n8n
