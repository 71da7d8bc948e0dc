#pragma once
// Replay: the change log turned back into contacts.

#include "core/change.h"
#include "core/contact.h"

namespace cardfile::core {

/// Brings `contact` from where it stood before `entry`, one of its own, to where the entry left it. A creation begins
/// with a blank contact; a deletion leaves its id, revision and times, and nothing else. So all entries of a contact,
/// in their order, give its row exactly. Whether the revision goes on is the caller's to see.
///
/// False when a field was not what the entry says it was; it is brought to what the entry says it became nevertheless.
/// Throws std::runtime_error for a change that no contact can have: the store is damaged.
bool apply(Contact& contact, const ChangeEntry& entry);

/// The contact that `deletion` took away, out of that entry alone: with the revision and the time of the deletion, and
/// without its notes, whose times the entry does not have. Throws as apply() does.
Contact contact_deleted_by(const ChangeEntry& deletion);

}  // namespace cardfile::core
