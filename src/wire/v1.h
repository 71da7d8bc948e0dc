#pragma once
// v1: bodies and answers of the /v1 endpoints (contract, 3, 7, 8 and 9.2).
//
// Readers throw Error(bad_data) when a body has the wrong shape as a whole. A reader whose result has `problems` puts
// everything else there, so that one answer names all fields at fault.

#include <cstdint>
#include <optional>
#include <variant>

#include "core/address.h"
#include "core/command.h"
#include "core/contact.h"
#include "core/decide.h"
#include "core/directory.h"
#include "core/ids.h"
#include "core/patch.h"
#include "core/time.h"
#include "wire/json_in.h"
#include "wire/json_out.h"

namespace cardfile::wire::v1 {

/// Body of POST /v1/contact and PUT /v1/contact/{id}: `phone` is required. The patch is normalised.
core::ContactPatch read_contact_patch(const Json& body);

/// Who is asked for by POST /v1/contact/get.
using ContactSelector = std::variant<core::ContactId, core::Address>;

/// `phone`, or else `id`, as a number or a string of its digits; an empty string counts as absent. Throws
/// Error(bad_data) when neither is given or the one that counts cannot be read.
ContactSelector read_contact_selector(const Json& body);

/// Body of POST /v1/contacts/fields: an array of {"title"}. Titles come trimmed.
core::CreateFields read_fields(const Json& body);

/// Body of POST /v1/tag, `uuid` left open. Label and colour come trimmed, the colour in capitals.
core::CreateTag read_tag(const Json& body);

/// Body of PUT /v1/tag/{id}, `id` left open: the same, and nothing of it is required.
core::UpdateTag read_tag_update(const Json& body);

/// The cursor of POST /v1/tags and POST /v1/lists: only what was updated before it is asked for. `{}` has none.
std::optional<core::Timestamp> read_updated_before(const Json& body);

/// A whole contact.
void write_contact(JsonWriter& json, const core::Contact& contact, const core::Directory& directory);

/// {"id","rev","uuid"}: what a create or update answers.
void write_saved(JsonWriter& json, const core::Contact& contact);
void write_saved(JsonWriter& json, const core::Tag& tag);

/// All custom fields of the team, by id: [{"id","title","name"}].
void write_fields(JsonWriter& json, const core::Directory& directory);

/// [{"id","title","duplicate"}], an item for each title that was sent.
void write_created_fields(JsonWriter& json, const core::FieldsSaved& saved);

void write_tag(JsonWriter& json, const core::Tag& tag, core::TeamId team);

void write_team(JsonWriter& json, const core::Directory& directory);

}  // namespace cardfile::wire::v1
