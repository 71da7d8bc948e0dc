#pragma once
// Crowds of connections: those that wait weigh little, and those that are slow are let go.

#include <chrono>

#include "prove/campaign.h"

namespace cardfile::prove {

struct IdleOptions {
  int connections = 10'000;
  int requests = 5'000;           // Of a busy connection, by which is seen what the others cost it.
  bool hold_half_a_body = false;  // A planted fault: they are not idle.
};

/// A unit: so many connections make a request and wait. Each may cost the server 20 KiB of memory, and a busy one must
/// not take noticeably more processor time for a request than before.
void idle_connections(Campaign& campaign, const IdleOptions& options);
void idle_connections(Campaign& campaign);

struct SlowOptions {
  int connections = 5'000;
  std::chrono::milliseconds timeout{10'000};   // Of the server for headers, a body, and for an answer to be taken.
  std::chrono::milliseconds patience{15'000};  // For all of them to be gone.
  bool patient_server = false;                 // A planted fault: its timeouts are much longer than that.
};

/// A unit: a third of the connections send headers a byte at a time, a third a body, and a third takes none of its
/// answers. All are gone in time, an honest client is answered all the while, and memory stays within the budget.
void slow_peers(Campaign& campaign, const SlowOptions& options);
void slow_peers(Campaign& campaign);

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
