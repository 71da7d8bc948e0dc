#pragma once
// slow_disk_http: the product over HTTP on a disk that is slow, stands still and is fast again.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "http/message.h"
#include "prove/campaign.h"
#include "prove/planted.h"

namespace cardfile::prove {

/// How the disk is, who asks meanwhile, and what they may expect.
struct SlowDiskHttpSize {
  std::chrono::milliseconds sync{500};      // What each takes at first,
  std::chrono::milliseconds slow{20'000};   // for so long.
  std::chrono::milliseconds stall{30'000};  // Then it stands still, until everything was seen that is looked for.
  std::chrono::milliseconds after{10'000};  // And then it is fast.

  std::size_t batch_max = 512;             // As store::SqliteOptions have it.
  std::size_t waiting_max = 2'048;         // The same as queue_max.
  std::size_t writers = 4'000;             // More than may wait. Each has a contact of its own.
  std::chrono::milliseconds pause{1'000};  // Of a writer after each answer, as Retry-After asks for.
  std::size_t readers = 8;
  std::chrono::milliseconds read_pause{20};

  std::chrono::milliseconds reads_within{5'000};         // All of them, and so none waits for the stall to end.
  std::chrono::milliseconds most_reads_within{1'000};    // 99 of 100.
  std::chrono::milliseconds half_of_reads_within{200};   // While syncs are slow, and while the disk stands still.
  std::chrono::milliseconds writes_again_within{5'000};  // After the stall, for what waited.
  std::int64_t bytes_max = std::int64_t{128} << 20;      // The clients' own included.
};

struct SlowDiskHttpFaults {
  bool has_no_bound = false;  // On what may wait.
  Plant plant = nothing_planted;
  std::function<void(http::Response&)> on_answer = {};
  std::chrono::milliseconds patience{60'000};  // Beyond the stall, for what is looked for in it.
};

/// A unit: writers update contacts in three ways over more connections than writes may wait, and readers ask for them
/// by id, by UUID, in lists and by a filter, while each sync takes its time, while none ends, and while they are fast
/// again. Reads are answered all the time and show what was acknowledged, or what is under way and has been synced. A
/// write is answered 200 after a sync that began after it was sent, or it is refused with 503 and Retry-After; memory
/// stays bounded. After the stall what waited is done, and every writer gets its next write done. When the store is
/// opened again, each contact's log is what was acknowledged, revision by revision, and nothing that was refused.
void slow_disk_http(Campaign& campaign, const SlowDiskHttpSize& size, const SlowDiskHttpFaults& faults);
void slow_disk_http(Campaign& campaign);

}  // namespace cardfile::prove
