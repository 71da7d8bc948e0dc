#pragma once
// The rules of users that change and of inboxes; decide() calls them.

#include "core/command.h"
#include "core/decide.h"
#include "core/recorder.h"

namespace cardfile::core {

Decision decide_action(UpdateUsers& action, const TeamState& state, Recorder& recorder);
Decision decide_action(CreateInbox& action, const TeamState& state, Recorder& recorder);

}  // namespace cardfile::core
