#include "prove/fuzz.h"

#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <stdexcept>
#include <string_view>

#include "support/process.h"

namespace cardfile::prove {

namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;

constexpr std::string_view kRoot = CARDFILE_SOURCE_DIR;
// What was found on the way is read first, with the sanitizers and maybe beside other work.
constexpr seconds kReadingCorpus{1'200};

/// What libFuzzer says it has done: "Done 123 runs in 60 second(s)".
std::int64_t executions_in(std::string_view text) {
  constexpr std::string_view kDone = "Done ";
  const std::size_t at = text.rfind(kDone);
  std::int64_t count = 0;
  if (at != std::string_view::npos) {
    const auto digits = text.substr(at + kDone.size());
    std::from_chars(digits.data(), digits.data() + digits.size(), count);
  }
  return count;
}

/// Of all processes that were started here and have ended.
std::chrono::microseconds processor_time_of_children() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  return seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         std::chrono::microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

}  // namespace

std::vector<std::string> fuzz_targets() {
  std::vector<std::string> targets;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(kRoot) / "fuzz/corpus")) {
    if (entry.path().filename() != "planted") targets.push_back(entry.path().filename());
  }
  std::sort(targets.begin(), targets.end());
  return targets;
}

void fuzz(Campaign& campaign, const FuzzOptions& options) {
  const auto targets = static_cast<std::int64_t>(options.targets.size());
  const auto share = duration_cast<seconds>(campaign.deadline() - std::chrono::steady_clock::now()) / targets;
  const seconds unit = std::clamp(share, options.unit_min, options.unit_max);
  while (campaign.begins_unit(targets)) {
    const std::string& target = options.targets[static_cast<std::size_t>(campaign.unit()) % options.targets.size()];
    const std::filesystem::path found = options.work / target;
    std::filesystem::create_directories(found);
    const auto seed = std::to_string(1 + campaign.below(1'000'000));
    const auto before = processor_time_of_children();
    const auto finished =
        test::run({.arguments = {options.programs / ("fuzz_" + target), "-seed=" + seed, "-timeout=10", "-max_len=8192",
                                 "-max_total_time=" + std::to_string(unit.count()),
                                 "-artifact_prefix=" + (options.work / (target + "-")).native(), found,
                                 std::filesystem::path(kRoot) / "fuzz/corpus" / target},
                   .environment = {},
                   .folder = {}},
                  unit + kReadingCorpus);
    const auto taken = std::chrono::round<seconds>(processor_time_of_children() - before);
    campaign.count("processor seconds of " + target, taken.count());
    const std::int64_t executions = executions_in(finished.errors);
    campaign.count("executions", executions);
    if (finished.exit_code != 0) {
      const auto& said = finished.errors;
      campaign.find(target + ", seed " + seed + ": " +
                    said.substr(said.size() - std::min<std::size_t>(said.size(), 2'000)));
    } else if (executions == 0 && !options.may_only_replay) {
      campaign.find(target + " only replays its corpus, without libFuzzer: this shows nothing");
    }
  }
}

void fuzz(Campaign& campaign) {
  const std::filesystem::path root(kRoot);
  const std::filesystem::path programs = root / "build/fuzz/fuzz";
  if (!std::filesystem::exists(programs / "fuzz_planted")) {
    throw std::runtime_error("the targets are not built with libFuzzer; ./prove builds them");
  }
  fuzz(campaign, {.programs = programs, .work = root / "build/prove/fuzz", .targets = fuzz_targets()});
}

}  // namespace cardfile::prove
