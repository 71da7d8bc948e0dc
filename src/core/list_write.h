#pragma once
// List write: what every write that changes who is in a list has in common.

#include <cstddef>
#include <vector>

#include "core/change.h"
#include "core/decide.h"
#include "core/directory.h"
#include "core/ids.h"
#include "core/recorder.h"

namespace cardfile::core {

/// What becomes of lists: their rows, and who is in them.
struct ListChanges {
  std::vector<DirectoryChange> rows;
  std::vector<MembershipChange> memberships;
};

/// What the change log says of a list that differs: `removed_contacts` and `added_contacts` tell who left and who came,
/// not everybody who is in it.
std::vector<FieldChange> differences(const List& from, const List& to, const MembershipChange& membership);

/// Takes a contact that is about to go out of every list that it is in, each with an entry of its own.
ListChanges leave_all_lists(ContactId contact, const TeamState& state, Recorder& recorder);

}  // namespace cardfile::core
