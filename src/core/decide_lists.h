#pragma once
// The rules of lists; decide() calls them.

#include "core/command.h"
#include "core/decide.h"
#include "core/recorder.h"

namespace cardfile::core {

Decision decide_action(CreateList& action, const TeamState& state, Recorder& recorder);
Decision decide_action(UpdateList& action, const TeamState& state, Recorder& recorder);
Decision decide_action(DeleteList& action, const TeamState& state, Recorder& recorder);

}  // namespace cardfile::core
