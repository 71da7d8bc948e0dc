#pragma once
// The rules of contacts; decide() calls them.

#include "core/command.h"
#include "core/decide.h"
#include "core/recorder.h"

namespace cardfile::core {

Decision decide_action(CreateContact& action, const TeamState& state, Recorder& recorder);
Decision decide_action(UpdateContact& action, const TeamState& state, Recorder& recorder);
Decision decide_action(DeleteContact& action, const TeamState& state, Recorder& recorder);
Decision decide_action(SetStatus& action, const TeamState& state, Recorder& recorder);

}  // namespace cardfile::core
