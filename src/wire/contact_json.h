#pragma once
// Contact JSON: what v1 and v2 have in common (contract, 2.1 and 2.2).

#include <string_view>

#include "core/contact.h"
#include "core/directory.h"
#include "core/patch.h"
#include "wire/json_in.h"
#include "wire/json_out.h"

namespace cardfile::wire {

/// What a custom value may be.
inline constexpr std::string_view kCustomValueRule = "must be a string, number or boolean";

/// The writable fields that both versions have. Throws Error(bad_data) when `body` is no object; everything else that
/// cannot be read is in the patch's problems. Types only: core::normalised() is the caller's to apply, once
/// everything has been read.
core::ContactPatch read_shared_fields(const Json& body);

/// The members that both versions print, in the same order and always all of them but `note`, which is there when there
/// are notes, between begin_object() and
/// end_object(). A tag that the directory does not have is left out.
void write_shared_members(JsonWriter& json, const core::Contact& contact, const core::Directory& directory);

}  // namespace cardfile::wire
