#pragma once
// fuzz: bytes that nobody thought of, given to everything that reads bytes from outside.

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "prove/campaign.h"

namespace cardfile::prove {

struct FuzzOptions {
  std::filesystem::path programs;  // Where fuzz_NAME is for each target.
  std::filesystem::path work;      // Where the inputs go that lead to something new, and those that break a promise.
  std::vector<std::string> targets;
  std::chrono::seconds unit_max{60};  // Shorter where there is less time for all targets,
  std::chrono::seconds unit_min{5};   // but no shorter than this.
  bool may_only_replay = false;
};

/// The targets of fuzz/, without the one that has a fault.
std::vector<std::string> fuzz_targets();

/// A unit: the next target goes on from its corpus and from what was found before. It must not crash, break a promise,
/// take ten seconds or two gigabytes. Each target has its turn, whatever time there is. Programs that were built
/// without libFuzzer only replay the corpus, which shows nothing unless it may be all.
void fuzz(Campaign& campaign, const FuzzOptions& options);
/// With the programs of the preset `fuzz`, which ./prove has built. Throws std::runtime_error when they are not there.
void fuzz(Campaign& campaign);

}  // namespace cardfile::prove
