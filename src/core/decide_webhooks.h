#pragma once
// The rules of webhooks; decide() calls them.

#include "core/command.h"
#include "core/decide.h"
#include "core/recorder.h"

namespace cardfile::core {

Decision decide_action(CreateWebhook& action, const TeamState& state, Recorder& recorder);
Decision decide_action(DeleteWebhook& action, const TeamState& state, Recorder& recorder);
Decision decide_action(AdvanceWebhook& action, const TeamState& state, Recorder& recorder);

}  // namespace cardfile::core
