#include "prove/bit_rot.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "prove/script.h"
#include "store/open.h"
#include "store/sqlite/memtable.h"
#include "store/sqlite/search_file.h"
#include "store/sqlite/search_writer.h"
#include "store/world.h"
#include "support/temp_folder.h"

namespace cardfile::prove {
namespace {

constexpr std::size_t kPageBytes = 2048;   // Of the database; half of the search index's.
constexpr std::size_t kHeaderBytes = 100;  // Of SQLite's file.

enum class Damage { a_bit, some_bits, a_page_of_zeros, a_page_of_noise, a_page_of_another, a_cut };
constexpr std::int64_t kDamages = 6;

const char* name_of(Damage damage) {
  switch (damage) {
    case Damage::a_bit:
      return "a flipped bit";
    case Damage::some_bits:
      return "some flipped bits";
    case Damage::a_page_of_zeros:
      return "a page of zeros";
    case Damage::a_page_of_noise:
      return "a page of noise";
    case Damage::a_page_of_another:
      return "a page in place of another";
    case Damage::a_cut:
      return "an end that is cut off";
  }
  return "";
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// What a data folder holds, by the names of the files.
using Files = std::map<std::string, std::string>;
constexpr const char* kDatabase = "cardfile.db";
constexpr const char* kSearchIndex = "search.db";
constexpr std::int64_t kSearchIndexOneIn = 3;

class Unit {
 public:
  Unit(Campaign& campaign, const BitRotSize& size, const Plant& plant)
      : campaign_(campaign), size_(size), plant_(plant), script_(campaign.random()(), size.steps) {}

  void run() {
    const Files sound = made();
    for (int i = 0; i < size_.damages && campaign_.findings().empty(); ++i) {
      const auto damage = static_cast<Damage>(campaign_.below(kDamages));
      const std::string file = campaign_.below(kSearchIndexOneIn) == 0 ? kSearchIndex : kDatabase;
      Files files = sound;
      files[file] = damaged(sound.at(file), damage);
      look_at(files, std::string(name_of(damage)) + " in " + file);
    }
  }

 private:
  /// A folder in which the script was done, with a search index that knows all of it.
  Files made() {
    const test::TempFolder folder(test::folder_in_memory());
    {
      const auto store = open(folder.path());
      for (const auto& step : script_.steps()) commit(*store, step);
    }
    store::sqlite::Memtable memtable;
    store::sqlite::SearchFile search_file(folder.path() / kSearchIndex, false);
    {
      store::sqlite::SearchWriter writer({.file = folder.path() / kDatabase}, memtable, search_file);
      while (writer.step()) {
      }
    }
    return {{kDatabase, content_of(folder.path() / kDatabase)},
            {kSearchIndex, content_of(folder.path() / kSearchIndex)}};
  }

  std::unique_ptr<store::Store> open(const std::filesystem::path& folder) {
    return store::open_sqlite({.folder = folder, .on_failure = {}, .indexing = store::Indexing::none}, clock_.source());
  }

  void commit(store::Store& store, const Step& step) {
    clock_.move(std::chrono::duration_cast<std::chrono::microseconds>(step.at - clock_.now()));
    std::vector<store::Work> works;
    for (const auto& command : step.commands) works.push_back({.command = command, .result = {}});
    store::commit_and_wait(store, works);
  }

  std::string damaged(std::string content, Damage damage) {
    const std::size_t pages = content.size() / kPageBytes;
    const std::size_t at = below(pages) * kPageBytes;
    switch (damage) {
      case Damage::a_bit:
        flip_a_bit(content);
        break;
      case Damage::some_bits:
        for (int i = 0; i < 8; ++i) flip_a_bit(content);
        break;
      case Damage::a_page_of_zeros:
        content.replace(at, kPageBytes, kPageBytes, '\0');
        break;
      case Damage::a_page_of_noise:
        for (std::size_t i = 0; i < kPageBytes; ++i) content[at + i] = static_cast<char>(below(256));
        break;
      case Damage::a_page_of_another:
        content.replace(at, kPageBytes, content, below(pages) * kPageBytes, kPageBytes);
        break;
      case Damage::a_cut:
        content.resize(kHeaderBytes + below(content.size() - kHeaderBytes));
        break;
    }
    return content;
  }

  void flip_a_bit(std::string& content) {
    char& byte = content[below(content.size())];
    byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << below(8)));
  }

  void look_at(const Files& files, const std::string& damage) {
    campaign_.count("damages");
    const test::TempFolder folder(test::folder_in_memory());
    for (const auto& [name, content] : files) std::ofstream(folder.path() / name, std::ios::binary) << content;
    try {
      const auto store = plant_(open(folder.path()));
      judge(*store, damage);
    } catch (const store::OpenError&) {
      campaign_.count("refused");
      judge_refused(folder.path(), damage);
    }
  }

  /// What keeps a folder from opening is found by a check, which needs no store that is open.
  void judge_refused(const std::filesystem::path& folder, const std::string& damage) {
    try {
      if (store::check_sqlite({.folder = folder}, {}).findings.empty())
        campaign_.find("check does not see " + damage + ", which keeps the folder from opening");
    } catch (const store::OpenError&) {
      // It looks as if it were of a newer format.
    }
  }

  void judge(store::Store& store, const std::string& damage) {
    bool is_found = false;
    std::vector<std::string> differences;
    try {
      const store::CheckReport report = store.check({});
      is_found = !report.findings.empty() || !report.index_findings.empty();
    } catch (const std::exception&) {
      is_found = true;  // It could not be read to its end, and says so.
    }
    try {
      differences = script_.differences(store, script_.steps().size());
      std::ranges::move(script_.differences_when_searched(store, script_.steps().size()),
                        std::back_inserter(differences));
    } catch (const std::exception& error) {
      differences = {std::string("it cannot be read: ") + error.what()};
    }
    campaign_.count(is_found ? "found" : differences.empty() ? "harmless" : "unseen");
    if (!is_found)
      for (const auto& difference : differences) campaign_.find("check does not see " + damage + ": " + difference);
    try {
      commit(store, script_.steps().back());
    } catch (const std::exception&) {
      // It may not be able to; to end in an error is all that is asked of it.
    }
  }

  std::size_t below(std::size_t limit) {
    return static_cast<std::size_t>(campaign_.below(static_cast<std::int64_t>(limit)));
  }

  Campaign& campaign_;
  const BitRotSize& size_;
  const Plant& plant_;
  const Script script_;
  test::TestClock clock_;
};

}  // namespace

void bit_rot(Campaign& campaign, const BitRotSize& size, const Plant& plant) {
  while (campaign.begins_unit()) Unit(campaign, size, plant).run();
}

void bit_rot(Campaign& campaign) { bit_rot(campaign, {}, nothing_planted); }

}  // namespace cardfile::prove
