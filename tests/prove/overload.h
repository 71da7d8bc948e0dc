#pragma once
// More is asked of a server than it can do.

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "prove/campaign.h"
#include "prove/planted.h"

namespace cardfile::prove {

struct OverloadOptions {
  std::chrono::milliseconds sync{100};  // What the disk takes for one, which says what the server can do.
  std::size_t batch_max = 512;          // As store::SqliteOptions have it, and the next.
  std::size_t waiting_max = 2'048;
  int connections = 4'000;  // Each has one request under way at most.
  std::chrono::milliseconds peak{5'000};
  std::chrono::milliseconds overload{60'000};
  std::chrono::milliseconds refused_within{1'000};  // 99 of 100 refusals.
  std::chrono::milliseconds normal_within{2'000};
  std::int64_t answered_percent_min = 90;
  std::int64_t bytes_max = std::int64_t{128} << 20;  // The clients' own included.
  bool has_no_bound = false;                         // A planted fault: everything waits.
  Plant plant = nothing_planted;
};

/// A unit: updates of contacts through HTTP and the real engine on a slow disk, first as many as are done at best, then
/// for a while five times as many, each sent at its time whether others are answered or not. As much is done as at
/// best; the rest is refused with 503 and Retry-After, sooner than others are done. Nothing is left without an answer,
/// memory stays bounded, and once the load is gone every request is done again.
void overload(Campaign& campaign, const OverloadOptions& options);
void overload(Campaign& campaign);

}  // namespace cardfile::prove
