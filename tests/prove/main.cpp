// cardfile-prove: runs the long forms of the checks; ./prove builds and starts it.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <iostream>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "prove/campaign.h"
#include "prove/checks.h"
#include "prove/record.h"

namespace cardfile::prove {
namespace {

using std::chrono::steady_clock;

constexpr auto kBetweenLines = std::chrono::seconds(10);
constexpr auto kBetweenSaves = std::chrono::seconds(5);

struct Options {
  double minutes = 10;
  std::uint64_t seed = 0;
  std::vector<std::string> only;
  bool list = false;
  bool resume = false;
  std::string record_file = "prove-record";
  std::string commit = "unknown";
};

std::string figures_of(const Progress& progress) {
  std::string text;
  for (const auto& figure : progress.figures)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", figure.value, figure.name);
  return text;
}

std::int64_t seconds_since(steady_clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::seconds>(steady_clock::now() - begin).count();
}

/// How far a check is: one line that is written over on a terminal, a line now and then elsewhere.
class ProgressLine {
 public:
  explicit ProgressLine(std::string check) : check_(std::move(check)), terminal_(::isatty(STDOUT_FILENO) == 1) {}

  void show(const Progress& progress) {
    if (!terminal_ && steady_clock::now() < next_) return;
    next_ = steady_clock::now() + kBetweenLines;
    fmt::print("{}{}: {} units, {}{}", terminal_ ? "\r\x1b[K" : "", check_, progress.units, figures_of(progress),
               terminal_ ? "" : "\n");
    std::cout.flush();
    static_cast<void>(std::fflush(stdout));
  }

  void clear() const {
    if (terminal_) fmt::print("\r\x1b[K");
  }

 private:
  const std::string check_;
  const bool terminal_;
  steady_clock::time_point next_ = steady_clock::now() + kBetweenLines;
};

std::vector<Check> chosen(const std::vector<std::string>& only) {
  if (only.empty()) return checks();
  std::vector<Check> some;
  for (const auto& name : only) {
    const auto found = std::ranges::find(checks(), name, &Check::name);
    if (found == checks().end()) throw std::runtime_error("there is no check \"" + name + "\"; --list names them");
    some.push_back(*found);
  }
  return some;
}

Record begin_record(const Options& options) {
  if (options.resume) {
    const auto record = read_record(options.record_file);
    if (!record) throw std::runtime_error("there is no campaign to resume at " + options.record_file);
    if (record->commit != options.commit)
      throw std::runtime_error("the campaign at " + options.record_file + " was of commit " + record->commit +
                               ", and this is " + options.commit + "; begin a new one");
    return *record;
  }
  return {.seed = options.seed != 0 ? options.seed : std::random_device()(), .commit = options.commit, .checks = {}};
}

/// What the words of tests found that a check makes use of: their expectations reach no test here.
bool expectations_failed() { return testing::UnitTest::GetInstance()->ad_hoc_test_result().Failed(); }

void run(const Check& check, steady_clock::time_point deadline, Record& record, const std::string& record_file) {
  CheckRecord& result = record.checks[check.name];
  const auto begin = steady_clock::now();
  const std::int64_t seconds_before = result.seconds;
  auto next_save = begin + kBetweenSaves;
  ProgressLine line(check.name);
  Campaign campaign({.check = check.name,
                     .seed = record.seed,
                     .deadline = deadline,
                     .earlier = result.progress,
                     .on_unit = [&](const Progress& progress) {
                       line.show(progress);
                       if (steady_clock::now() < next_save) return;
                       next_save = steady_clock::now() + kBetweenSaves;
                       result = {.progress = progress, .seconds = seconds_before + seconds_since(begin)};
                       write_record(record_file, record);
                     }});
  try {
    check.run(campaign);
    if (expectations_failed()) campaign.find("an expectation failed; it is told above");
  } catch (const std::exception& error) {
    campaign.find(std::string("it could not go on: ") + error.what());
  }
  line.clear();
  result = {.progress = campaign.progress(), .seconds = seconds_before + seconds_since(begin)};
  write_record(record_file, record);
  fmt::print("{}: {} units in {} s: {}\n", check.name, result.progress.units, result.seconds,
             result.progress.findings.empty() ? "nothing found" : "FOUND");
  for (const auto& finding : result.progress.findings) fmt::print("  {}\n", finding);
  static_cast<void>(std::fflush(stdout));
}

void print_table(const std::vector<Check>& done, const Record& record) {
  fmt::print("\nseed {}, commit {}\n\n| check | figures | seconds | found |\n| --- | --- | --- | --- |\n", record.seed,
             record.commit);
  for (const auto& check : done) {
    const auto& result = record.checks.at(check.name);
    fmt::print("| `{}` | {} | {} | {} |\n", check.name, figures_of(result.progress), result.seconds,
               result.progress.findings.size());
  }
}

int run_all(const Options& options) {
  const auto selected = chosen(options.only);
  Record record = begin_record(options);
  fmt::print("seed {} (again with --seed {})\n", record.seed, record.seed);
  static_cast<void>(std::fflush(stdout));
  const auto end = steady_clock::now() + std::chrono::duration_cast<steady_clock::duration>(
                                             std::chrono::duration<double, std::ratio<60>>(options.minutes));
  // What one leaves of its share is for those after it.
  for (std::size_t i = 0; i < selected.size(); ++i) {
    const auto now = steady_clock::now();
    run(selected[i], now + (end - now) / static_cast<int>(selected.size() - i), record, options.record_file);
  }
  print_table(selected, record);
  const auto is_sound = [&record](const Check& check) {
    return record.checks.at(check.name).progress.findings.empty();
  };
  return std::ranges::all_of(selected, is_sound) ? 0 : 1;
}

int list_all() {
  for (const auto& check : checks()) fmt::print("{:<20} {}\n", check.name, check.promise);
  return 0;
}

}  // namespace
}  // namespace cardfile::prove

int main(int argc, char** argv) {
  using namespace cardfile::prove;
  Options options;
  CLI::App app("Runs the long forms of the checks that docs/reliability.md explains.", "cardfile-prove");
  app.add_option("--minutes", options.minutes, "How long it takes, about");
  app.add_option("--seed", options.seed, "Chance comes from this number; 0: a new one");
  app.add_option("--only", options.only, "These checks only");
  app.add_flag("--list", options.list, "The checks and what they show");
  app.add_flag("--resume", options.resume, "Go on with the campaign that was begun last");
  app.add_option("--record", options.record_file, "Where it is kept what was done");
  app.add_option("--commit", options.commit, "What is proved");
  CLI11_PARSE(app, argc, argv);
  try {
    return options.list ? list_all() : run_all(options);
  } catch (const std::exception& error) {
    std::cerr << "prove: " << error.what() << "\n";
    return 2;
  }
}
