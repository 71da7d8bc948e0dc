#pragma once
// Clients that send slowly, or take little of their answers.

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "prove/campaign.h"
#include "prove/served.h"

namespace cardfile::prove {

struct SlowOptions {
  int connections = 5'000;
  int rounds = 3;
  int contacts = 500;                                    // Of about six kilobytes, which large answers have.
  std::vector<std::string> settings;                     // Of the server.
  std::chrono::milliseconds answers_within{120'000};     // For those that nobody takes to be made.
  std::chrono::milliseconds drip{1'000};                 // From one byte to the next.
  std::chrono::milliseconds sip{250};                    // From one to the next, of a kilobyte each.
  std::chrono::milliseconds patience{15'000};            // For all of them to be gone.
  int requests = 2'000;                                  // Of an honest client alone.
  int requests_beside_min = 2'000;                       // Fewer show nothing.
  std::int64_t slower_percent_max = 150;                 // Of an honest client's p99 without them.
  std::chrono::milliseconds newcomers_patience{10'000};  // Of honest ones; no answer is a finding then,
  std::chrono::milliseconds newcomers_within{500};       // and in the middle they take no longer.
  /// What large requests and unsent answers may hold, and a little for each of the others.
  std::int64_t bytes_max = (std::int64_t{512} << 20) + std::int64_t{5'000} * 40 * 1024;
  // Planted faults: so many others ask for large answers all the while; another server.
  int busy_peers = 0;
  std::function<std::unique_ptr<Served>()> serve = {};
};

/// A unit: in each round an honest client is measured alone, then beside the crowd: a fifth of it sends headers a byte
/// at a time, a fifth a body, a fifth half a large body and nothing more, a fifth requests without end and a fifth
/// requests for large answers, whose answers are not taken; one in thirty takes a kilobyte of a large answer now and
/// then. Each round all of them are gone in time, the last one too, and memory stays bounded. In the middle of the
/// rounds the honest client's p99, from the moment when the answers are made until the last of the crowd is gone, is
/// not much longer than alone, and whoever connects meanwhile is answered as well.
void slow_peers(Campaign& campaign, const SlowOptions& options);
void slow_peers(Campaign& campaign);

}  // namespace cardfile::prove
