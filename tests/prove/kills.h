#pragma once
// kills: the server is killed under load, again and again, and keeps what it acknowledged.

#include <chrono>
#include <cstdint>

#include "prove/bulk_writer.h"
#include "prove/campaign.h"
#include "prove/kill_writer.h"

namespace cardfile::prove {

struct KillSize {
  int writers = 64;
  std::int64_t changes_before_kill_max = 2'000;
  std::int64_t units_per_check = 10;  // `cardfile check` after so many kills.
  BulkSize bulk = {};                 // What the team has besides.
  /// In one of so many units bulk calls write to them too, and the server is killed after so many changes more, theirs
  /// and the writers'. After one of these kills at least there are so many changes to read again, whose rows were
  /// behind.
  std::int64_t units_per_bulk = 3;
  std::int64_t changes_of_bulk = 120'000;
  std::int64_t changes_to_read_again_min = 0;
  std::chrono::milliseconds ready_max = std::chrono::milliseconds::max();  // It answers again within this time.
};

struct KillFaults {
  KillWriterFaults writers = {};
  bool loses_the_log = false;  // The log of the database is gone after a kill.
};

/// A unit: all writers are at work when the server is killed, at a moment that chance picks: until then all that they
/// ask is done, and nobody is cut off. Now and then it is killed again while it comes up, and half the times once it
/// has. Then every contact is what was acknowledged last, or what the one request that was cut off makes of it, with
/// all that it names; and `cardfile check` finds nothing, and as many changes as there were.
void kills(Campaign& campaign, const KillSize& size, const KillFaults& faults);
void kills(Campaign& campaign);
/// The same with 1,000,000 contacts in the folder, with which it answers again within two seconds, also when as many
/// changes have to be read again as ever.
void kills_among_a_million(Campaign& campaign);

}  // namespace cardfile::prove
