#pragma once
// More is asked of a server than it can do.

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "prove/campaign.h"
#include "prove/planted.h"

namespace cardfile::prove {

/// What there is too little of.
enum class Scarce {
  disk,       // For updates of contacts: each sync takes its time.
  processor,  // For queries that look at all contacts.
};

struct OverloadOptions {
  Scarce scarce = Scarce::disk;
  std::chrono::milliseconds sync{100};  // What the disk takes for one, which says what the server can do.
  std::size_t batch_max = 512;          // As store::SqliteOptions have it, and the next.
  std::size_t waiting_max = 2'048;
  int contacts = 1'000;     // A query takes as long as they are many.
  int connections = 4'000;  // Each has one request under way at most.
  std::chrono::milliseconds peak{5'000};
  std::chrono::milliseconds overload{60'000};
  int slices = 1;  // In so many the two take turns, since the processors of a shared machine are not always as fast.
  std::chrono::milliseconds refused_within{1'000};  // 99 of 100 refusals.
  std::chrono::milliseconds refused_later_max{0};   // In the middle, than others are done.
  std::chrono::milliseconds normal_within{2'000};
  std::chrono::milliseconds normal_floor{250};  // No answer is late that takes no longer.
  std::int64_t answered_percent_min = 90;       // Of the best, by the clock.
  /// Where the processor is scarce, of the best by the server's processor time, refusals included: what else the
  /// machine does is not in it.
  std::int64_t processor_percent_min = 90;
  std::int64_t offered_percent_min = 90;             // Of the five times as many: otherwise nothing is shown.
  std::int64_t bytes_max = std::int64_t{128} << 20;  // The clients' own included.
  bool has_no_bound = false;                         // A planted fault: everything waits.
  Plant plant = nothing_planted;
};

/// A unit: requests through HTTP and the real engine, as many as are done at best, and then for a while five times as
/// many, each sent at its time whether others are answered or not. As much is done as at best; the rest is refused with
/// 503 and Retry-After, sooner than others are done. Nothing is left without an answer, memory stays bounded, and soon
/// after the load every request is done again, in three times what it took before at most.
void overload(Campaign& campaign, const OverloadOptions& options);
void overload(Campaign& campaign);
void overload_of_queries(Campaign& campaign);

}  // namespace cardfile::prove
