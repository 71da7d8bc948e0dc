#pragma once
// The rules of tags; decide() calls them.

#include "core/command.h"
#include "core/decide.h"
#include "core/recorder.h"

namespace cardfile::core {

Decision decide_action(CreateTag& action, const TeamState& state, Recorder& recorder);
Decision decide_action(UpdateTag& action, const TeamState& state, Recorder& recorder);
Decision decide_action(DeleteTag& action, const TeamState& state, Recorder& recorder);

}  // namespace cardfile::core
