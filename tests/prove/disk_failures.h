#pragma once
// disk_failures: the disk refuses the k-th call, and nobody is told that a write was done which was not.

#include <cstddef>

#include "prove/campaign.h"
#include "prove/planted.h"

namespace cardfile::prove {

struct DiskFailureSize {
  std::size_t steps = 24;  // Of a script.
  std::size_t stride = 1;  // Every so many of the calls fail, each in a run of its own.
};

struct DiskFailureFaults {
  Plant store = nothing_planted;
  bool syncs_again = false;  // A sync of the log that failed is tried once more, which says that all is well.
};

/// A unit: one kind of failure (a sync, a write, half a write, an opening, a truncation, a removal, with EIO or for
/// want of space, once or from then on) and one script, which is run again for every call that can fail. From the
/// failure on no write is acknowledged, and the store shows what was acknowledged and nothing else. After a failed sync
/// of the log none ever is until a restart, whatever the next sync says: what the kernel could not write it has
/// forgotten. Where the store says that
/// it takes no writes any more it stays so, and a restart mends it; elsewhere, and always where space was wanting, it
/// takes writes again as soon as the disk does. At the end the script is done as if nothing had been.
void disk_failures(Campaign& campaign, const DiskFailureSize& size, const DiskFailureFaults& faults);
void disk_failures(Campaign& campaign);

}  // namespace cardfile::prove
