#pragma once
// fuzz: bytes that nobody thought of, given to everything that reads bytes from outside.

#include <filesystem>
#include <string>
#include <vector>

#include "prove/campaign.h"

namespace cardfile::prove {

struct FuzzOptions {
  std::filesystem::path programs;  // Where fuzz_NAME is for each target.
  std::filesystem::path work;      // Where the inputs go that lead to something new, and those that break a promise.
  std::vector<std::string> targets;
  int seconds = 60;  // Of a unit.
};

/// The targets of fuzz/, without the one that has a fault.
std::vector<std::string> fuzz_targets();

/// A unit: the next target goes on from its corpus and from what was found before. It must not crash, break a promise,
/// take ten seconds or two gigabytes. Programs that were built without libFuzzer only replay the corpus.
void fuzz(Campaign& campaign, const FuzzOptions& options);
/// With the programs of the preset `fuzz` when they are there, and otherwise those of this build.
void fuzz(Campaign& campaign);

}  // namespace cardfile::prove
