#pragma once
// Contact write: what every write to a contact has in common.

#include <cstdint>
#include <optional>

#include "core/change.h"
#include "core/command.h"
#include "core/decide.h"
#include "core/recorder.h"

namespace cardfile::core {

/// Throws not_found when nobody has the id.
SharedContact found_or_throw(const TeamState& state, const ContactKey& key);

/// Throws precondition_failed unless the condition, if there is one, accepts the stored revision.
void throw_unless_accepted(const std::optional<IfMatch>& if_match, std::int64_t rev);

/// Makes of `after` what is to be saved: revision and time raised, tags that were deleted since left out, one entry
/// logged. `before` is none for a new contact.
ContactChange recorded(SharedContact before, Contact after, const TeamState& state, Recorder& recorder);

/// The decision to save what was recorded.
Decision saved(ContactChange change, Recorder& recorder);

}  // namespace cardfile::core
