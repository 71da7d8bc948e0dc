#pragma once
// Crowds of connections: those that wait weigh little, and those that end leave nothing behind.

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>

#include "prove/campaign.h"
#include "prove/served.h"

namespace cardfile::prove {

struct IdleOptions {
  int connections = 10'000;
  int requests = 500;      // Of a busy connection, by which is seen what the others cost it,
  int measurements = 100;  // so often, on this server and on one without them in turn: the medians count.
  std::int64_t beside_percent_max = 120;  // Of a request's processor time alone.
  std::chrono::milliseconds rest{2'000};  // For so long nobody asks,
  std::int64_t rest_permille_max = 5;     // which may cost so much of a processor.
  // Planted faults: they are not idle, or a request costs so much more beside them, or takes so much longer.
  bool hold_half_a_body = false;
  bool keep_asking = false;
  int more_percent = 0;
  std::chrono::milliseconds wait_more{0};
};

/// A unit: so many connections make a request, a third of them a large one and a third one whose answer is large, and
/// wait. Each may cost the server 20 KiB of memory, all of them next to no processor time while nobody asks, and a busy
/// one must not take noticeably more of it for a request than one of a server without them, nor wait longer.
void idle_connections(Campaign& campaign, const IdleOptions& options);
void idle_connections(Campaign& campaign);

struct SoakOptions {
  std::function<std::unique_ptr<Served>()> serve = prove::serve;
  int contacts_before = 20'000;  // They fill the page caches, which would grow later otherwise.
  int clients = 8;
  std::int64_t requests_max = std::numeric_limits<std::int64_t>::max();  // Of a client in a unit.
  std::chrono::milliseconds unit_max{30'000};                            // Shorter where its time is short,
  std::chrono::milliseconds unit_min{5'000};                             // but no shorter than this.
  std::int64_t growth_percent_max = 2;                // Of the memory, from the first third to the last,
  std::int64_t caches_bytes = std::int64_t{8} << 20;  // and so much as long as caches may not be full.
  bool forgets_connections = false;                   // A planted fault: each unit leaves some open.
};

/// A unit: clients create, update, tag, list, find and delete contacts for a while, on version 1 and 2. Each request is
/// answered with the one status that is right for it, a refusal for those that have to be refused, and with what it is
/// about; from the fourth unit on memory and descriptors are bounded by what they were. In the end the memory of the
/// first third of the units, after a quarter that is not judged, is held against that of the last: no more than noise
/// may have come to it, which in an hour is half a byte a request. It does twelve units at least, whatever time it has.
void soak(Campaign& campaign, const SoakOptions& options);
void soak(Campaign& campaign);

}  // namespace cardfile::prove
