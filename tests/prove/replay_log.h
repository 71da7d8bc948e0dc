#pragma once
// replay_log: the change log, replayed from empty, gives the contacts as they are stored.

#include <string>
#include <vector>

#include "core/contact.h"
#include "core/ids.h"
#include "prove/campaign.h"
#include "prove/planted.h"
#include "store/store.h"

namespace cardfile::prove {

/// All contacts of a team, by id.
std::vector<core::Contact> contacts_of(const store::Store& store, core::TeamId team);

/// In how much the contacts of a team are not exactly what its change log makes of nothing; a sentence each, without
/// what is in them.
std::vector<std::string> unlike_their_log(const store::Store& store, core::TeamId team);

/// A unit: random commands of two teams on SQLite and on the engine in memory, and both logs replayed, on SQLite also
/// after it was closed and opened again.
void replay_log(Campaign& campaign, const Plant& plant);
void replay_log(Campaign& campaign);

}  // namespace cardfile::prove
