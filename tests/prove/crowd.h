#pragma once
// Crowds of connections: those that wait weigh little, and those that end leave nothing behind.

#include <chrono>
#include <cstdint>

#include "prove/campaign.h"

namespace cardfile::prove {

struct IdleOptions {
  int connections = 10'000;
  int requests = 500;      // Of a busy connection, by which is seen what the others cost it,
  int measurements = 100;  // so often, on this server and on one without them in turn: the medians count.
  std::int64_t beside_percent_max = 120;  // Of a request's processor time alone.
  std::chrono::milliseconds rest{2'000};  // For so long nobody asks,
  std::int64_t rest_permille_max = 5;     // which may cost so much of a processor.
  // Planted faults: they are not idle, or a request costs so much more beside them.
  bool hold_half_a_body = false;
  bool keep_asking = false;
  int more_percent = 0;
};

/// A unit: so many connections make a request and wait. Each may cost the server 20 KiB of memory, all of them next to
/// no processor time while nobody asks, and a busy one must not take noticeably more of it for a request than one of a
/// server without them.
void idle_connections(Campaign& campaign, const IdleOptions& options);
void idle_connections(Campaign& campaign);

struct SoakOptions {
  std::chrono::milliseconds unit{30'000};
  int clients = 8;
  bool forgets_connections = false;  // A planted fault: each unit leaves some open.
};

/// A unit: clients create, update, list, find and delete contacts for a while. No answer is missing or a 5xx, and
/// from the third unit on memory and descriptors stay what they are.
void soak(Campaign& campaign, const SoakOptions& options);
void soak(Campaign& campaign);

}  // namespace cardfile::prove
