#pragma once
// The rules of contacts; decide() calls them.

#include <vector>

#include "core/change.h"
#include "core/command.h"
#include "core/decide.h"
#include "core/recorder.h"

namespace cardfile::core {

Decision decide_action(CreateContact& action, const TeamState& state, Recorder& recorder);
Decision decide_action(UpdateContact& action, const TeamState& state, Recorder& recorder);
Decision decide_action(DeleteContact& action, const TeamState& state, Recorder& recorder);
Decision decide_action(SetStatus& action, const TeamState& state, Recorder& recorder);

/// The contact that has the create's address already, which stays as it is; or else the one that it makes, recorded and
/// added to `changes`. Throws as a create does.
ContactId existing_or_created(CreateContact& action, const TeamState& state, Recorder& recorder,
                              std::vector<ContactChange>& changes);

}  // namespace cardfile::core
