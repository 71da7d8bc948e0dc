#pragma once
// checks(): the table of all that ./prove does.

#include <string>
#include <vector>

#include "prove/campaign.h"

namespace cardfile::prove {

struct Check {
  std::string name;
  std::string promise;  // What it shows, as a sentence.
  void (*run)(Campaign& campaign);
};

const std::vector<Check>& checks();

}  // namespace cardfile::prove
