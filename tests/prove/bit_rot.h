#pragma once
// bit_rot: what the disk has changed behind our back is found, or makes no difference.

#include <cstddef>

#include "prove/campaign.h"
#include "prove/planted.h"

namespace cardfile::prove {

struct BitRotSize {
  std::size_t steps = 60;  // Of the script that made the folder.
  int damages = 60;        // In a unit, each of a copy of the folder.
};

struct BitRotFaults {
  Plant store = nothing_planted;
  bool forgets_what_is_behind_damage = false;  // A log ends for it where it cannot be read, as SQLite has it.
  bool copies_the_index_unseen = false;        // Its log is copied into the index whatever it is.
};

/// A unit: a data folder, closed as it should be or left by a kill, with none, some or all of its log in the database,
/// is damaged again and again: bits flipped, pages zeroed, overwritten with noise or with another page, the end cut
/// off. Of what a power cut left, the log but for its last two commits, and no cut; of a search index that is being
/// written, its log, which is then copied. The damaged folder is refused, or check() finds something, or everything
/// that can be read of it is what it was. Whatever it is, reading and writing it ends in answers or errors, never in a
/// crash.
void bit_rot(Campaign& campaign, const BitRotSize& size, const BitRotFaults& faults);
void bit_rot(Campaign& campaign);

}  // namespace cardfile::prove
