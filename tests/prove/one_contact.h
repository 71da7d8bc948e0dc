#pragma once
// one_contact: what threads see of a contact that they all use is what a contact shows that does one thing at a time.

#include "prove/campaign.h"
#include "prove/planted.h"

namespace cardfile::prove {

/// Which engines take turns.
enum class Engines {
  sqlite_mostly,
  memory  // Where a planted fault is found in less time.
};

/// A unit: eight contacts in one store, each read, merged into, overwritten, written on a condition and deleted by some
/// threads at once. The history of each has to be linearizable. The engine is SQLite, durable as ever, and now and then
/// the one in memory.
void one_contact(Campaign& campaign, const Plant& plant, Engines engines);
void one_contact(Campaign& campaign);

}  // namespace cardfile::prove
