#pragma once
// one_contact_http: the same as one_contact, over sockets, while the server is killed and started again.

#include <optional>

#include "prove/campaign.h"
#include "prove/planted.h"

namespace cardfile::prove {

struct OneContactHttpFaults {
  /// Before the engine of a server in this process, which is not killed.
  std::optional<Plant> plant = {};
  /// When the server is killed for the last time, the folder is taken back to what it was at the first time.
  bool an_older_folder_comes_back = false;
  /// One answer in fifty does not arrive.
  bool loses_answers = false;
};

/// A unit: twelve contacts of the real program, used by some connections each through version 1 and 2 by id, UUID,
/// phone and search. The program is killed (SIGKILL) up to three times at moments that chance picks and started again;
/// what it did not answer may have been done, then or never, and each kill takes one answer of a connection at most.
/// Each history has to be linearizable, and the folder sound.
void one_contact_http(Campaign& campaign, const OneContactHttpFaults& faults);
void one_contact_http(Campaign& campaign);

}  // namespace cardfile::prove
