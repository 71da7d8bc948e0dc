#pragma once
// The rules of a contact's channels, one at a time; decide() calls them.

#include <vector>

#include "core/command.h"
#include "core/contact.h"
#include "core/decide.h"
#include "core/recorder.h"

namespace cardfile::core {

/// The channel that is meant. A text that is the id of one means that one, whatever else it looks like; otherwise it
/// is compared with the values, in the form that each type compares in. Throws not_found.
const Channel& named_channel(const std::vector<Channel>& channels, const ChannelName& name);

Decision decide_action(AddChannel& action, const TeamState& state, Recorder& recorder);
Decision decide_action(UpdateChannel& action, const TeamState& state, Recorder& recorder);
Decision decide_action(RemoveChannel& action, const TeamState& state, Recorder& recorder);

}  // namespace cardfile::core
