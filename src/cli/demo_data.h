#pragma once
// Demo data: what the demo's team begins with, as writes.

#include <string_view>
#include <vector>

#include "core/command.h"
#include "core/ids.h"

namespace cardfile::cli {

inline constexpr core::TeamId kDemoTeam{1};

/// The contact of the documentation's examples.
inline constexpr core::ContactId kDemoContact{98765};
inline constexpr std::string_view kDemoContactUuid = "5f0c8a52-98c5-4d0e-8d6b-000000098765";
inline constexpr std::string_view kDemoContactPhone = "15105553344";

/// In the order in which they have to be done: the team, its users, two inboxes, custom fields (123 and 456 among
/// them), tags, 500 contacts, and last kDemoContact, so that new contacts get ids after it. The same at every call,
/// uuids included.
std::vector<core::Action> demo_actions();

}  // namespace cardfile::cli
