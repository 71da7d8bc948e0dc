#pragma once
// v2: bodies and answers of the /v2 endpoints (contract, 5 and 6).

#include "core/contact.h"
#include "core/directory.h"
#include "core/ids.h"
#include "core/patch.h"
#include "wire/dialect.h"
#include "wire/json_in.h"
#include "wire/json_out.h"

namespace cardfile::wire::v2 {

/// Whether a body must bring an address (a channel, a phone or an e-mail): a create must, an update need not.
enum class AddressRule { optional, required };

/// Body of POST /v2/contact and PUT /v2/contact/{contactID}. The patch is normalised. Throws Error(bad_data) when
/// `body` is no object; everything else that is wrong is in the patch's `problems`.
core::ContactPatch read_contact_patch(const Json& body, AddressRule rule);

/// A whole contact, its channels included.
void write_contact(JsonWriter& json, const core::Contact& contact, const core::Directory& directory,
                   const Dialect& dialect);

/// The channels alone, as an array; or one of them.
void write_channels(JsonWriter& json, const core::Contact& contact, core::TeamId team, const Dialect& dialect);
void write_channel(JsonWriter& json, const core::Contact& contact, const core::Channel& channel, core::TeamId team,
                   const Dialect& dialect);

}  // namespace cardfile::wire::v2
