#pragma once
// replay_log: the change log, replayed from empty, gives what is stored.

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

/// A store is what its logs make of it: tells what its check finds, which replays the directory and the lists, and how
/// contacts are unlike their log.
void expect_sound(Campaign& campaign, const store::Store& store);

struct ReplayLogFaults {
  Plant plant = nothing_planted;
  /// SQL that is run on the closed database, before it is opened again.
  std::string damage = {};
};

/// A unit: random commands of two teams on SQLite and on the engine in memory, and both logs replayed, on SQLite also
/// after it was closed and opened again; and what the engines' own check finds, of tags, fields, users, inboxes and
/// lists as well.
void replay_log(Campaign& campaign, const ReplayLogFaults& faults);
void replay_log(Campaign& campaign);

}  // namespace cardfile::prove
