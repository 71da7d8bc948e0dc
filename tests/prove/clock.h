#pragma once
// clock_jumps: time goes back and forth by an hour, and what must rise rises.

#include "prove/campaign.h"
#include "prove/planted.h"

namespace cardfile::prove {

/// A unit: random commands under a clock that jumps by up to an hour either way or stands still, with the store closed
/// and opened again now and then. seq rises by one in the log, `at` strictly, a contact's revision by one; and a
/// contact shows the revision and the time of its last entry.
void clock_jumps(Campaign& campaign, const Plant& plant);
void clock_jumps(Campaign& campaign);

}  // namespace cardfile::prove
