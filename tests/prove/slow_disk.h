#pragma once
// slow_disk: syncs take long or stall, and reads go on, memory stays bounded, nothing is lost.

#include <chrono>
#include <cstddef>

#include "prove/campaign.h"
#include "prove/planted.h"

namespace cardfile::prove {

struct SlowDiskSize {
  std::size_t steps = 200;  // Of the script.
};

struct SlowDiskFaults {
  bool has_no_bound = false;  // On what may wait.
  Plant plant = nothing_planted;
  std::chrono::milliseconds patience_of_readers{60'000};
};

/// A unit: steps of a script are submitted until the store takes no more, while every sync waits for this check to let
/// it go, one after another: a disk that takes as long as it likes. Meanwhile all reads are answered and show what was
/// acknowledged; no more waits than may; the next write is refused at once. What was taken is acknowledged in the end
/// and there, in order, also when the store is opened again.
void slow_disk(Campaign& campaign, const SlowDiskSize& size, const SlowDiskFaults& faults);
void slow_disk(Campaign& campaign);

}  // namespace cardfile::prove
