#pragma once
// The rules of what contacts refer to; decide() calls them.

#include "core/command.h"
#include "core/decide.h"
#include "core/recorder.h"

namespace cardfile::core {

Decision decide_action(CreateTeam& action, const TeamState& state, Recorder& recorder);
Decision decide_action(CreateUser& action, const TeamState& state, Recorder& recorder);
Decision decide_action(CreateFields& action, const TeamState& state, Recorder& recorder);
Decision decide_action(CreateKey& action, const TeamState& state, Recorder& recorder);
Decision decide_action(RevokeKey& action, const TeamState& state, Recorder& recorder);
Decision decide_action(CreateSecret& action, const TeamState& state, Recorder& recorder);
Decision decide_action(RevokeSecret& action, const TeamState& state, Recorder& recorder);

}  // namespace cardfile::core
