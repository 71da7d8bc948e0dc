#pragma once
// Status JSON: bodies and answers of the status calls (contract, 4).

#include "core/command.h"
#include "core/contact.h"
#include "core/status.h"
#include "wire/json_in.h"
#include "wire/json_out.h"

namespace cardfile::wire::v1 {

/// Body of POST /v1/contact/status: `id`, as a number or a string of its digits, or `phone`, or both; an empty string
/// counts as absent. Throws Error(bad_data) naming every field at fault.
core::ContactNames read_contact_names(const Json& body);

/// Body of POST /v1/contact/set_status: the same with a `status`.
core::SetStatus read_set_status(const Json& body);

void write_status(JsonWriter& json, const core::Contact& contact);

}  // namespace cardfile::wire::v1
