#include "prove/bit_rot.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "prove/script.h"
#include "store/open.h"
#include "store/world.h"
#include "support/temp_folder.h"

namespace cardfile::prove {
namespace {

constexpr std::size_t kPageBytes = 2048;
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

/// Who made a change and when, the hash of a key, a sealed secret and the creator of a list stand in one
/// place: check() has nothing to compare them with.
bool is_in_what_nothing_repeats(const std::string& difference) {
  return difference.starts_with(kLogDifference) || difference.starts_with(kUnloggedDifference);
}

class Unit {
 public:
  Unit(Campaign& campaign, const BitRotSize& size, const Plant& plant)
      : campaign_(campaign), size_(size), plant_(plant), script_(campaign.random()(), size.steps) {}

  void run() {
    const std::string sound = made();
    for (int i = 0; i < size_.damages && campaign_.findings().empty(); ++i) {
      const auto damage = static_cast<Damage>(campaign_.below(kDamages));
      look_at(damaged(sound, damage), damage);
    }
  }

 private:
  /// The database of a folder in which the script was done.
  std::string made() {
    const test::TempFolder folder(test::folder_in_memory());
    {
      const auto store = open(folder.path());
      for (const auto& step : script_.steps()) commit(*store, step);
    }
    return content_of(folder.path() / "cardfile.db");
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

  void look_at(const std::string& content, Damage damage) {
    campaign_.count("damages");
    const test::TempFolder folder(test::folder_in_memory());
    std::ofstream(folder.path() / "cardfile.db", std::ios::binary)
        .write(content.data(), static_cast<std::streamsize>(content.size()));
    try {
      const auto store = plant_(open(folder.path()));
      judge(*store, damage);
    } catch (const store::OpenError&) {
      campaign_.count("refused");
      judge_refused(folder.path(), damage);
    }
  }

  /// What keeps a folder from opening is found by a check, which needs no store that is open.
  void judge_refused(const std::filesystem::path& folder, Damage damage) {
    try {
      if (store::check_sqlite({.folder = folder}, {}).findings.empty())
        campaign_.find(std::string("check does not see ") + name_of(damage) + ", which keeps the folder from opening");
    } catch (const store::OpenError&) {
      // It looks as if it were of a newer format.
    }
  }

  void judge(store::Store& store, Damage damage) {
    bool is_found = false;
    std::vector<std::string> differences;
    try {
      is_found = !store.check({}).findings.empty();
    } catch (const std::exception&) {
      is_found = true;  // It could not be read to its end, and says so.
    }
    try {
      differences = script_.differences(store, script_.steps().size());
    } catch (const std::exception& error) {
      differences = {std::string("it cannot be read: ") + error.what()};
    }
    const bool is_beyond_check = !differences.empty() && std::ranges::all_of(differences, is_in_what_nothing_repeats);
    campaign_.count(is_found              ? "found"
                    : differences.empty() ? "harmless"
                    : is_beyond_check     ? "unseen, in what nothing repeats"
                                          : "unseen");
    if (!is_found && !is_beyond_check)
      for (const auto& difference : differences)
        campaign_.find(std::string("check does not see ") + name_of(damage) + ": " + difference);
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
