#include "prove/bit_rot.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <sqlite3.h>

#include "prove/script.h"
#include "store/open.h"
#include "store/sqlite/db.h"
#include "store/sqlite/log_format.h"
#include "store/sqlite/memtable.h"
#include "store/sqlite/open_files.h"
#include "store/sqlite/search_file.h"
#include "store/sqlite/search_writer.h"
#include "store/world.h"
#include "support/temp_folder.h"

namespace cardfile::prove {
namespace {

constexpr std::size_t kPageBytes = 2048;  // Of the database; half of the search index's.

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
constexpr const char* kLog = "cardfile.db-wal";
constexpr const char* kLogIndex = "cardfile.db-shm";
constexpr const char* kSearchLog = "search.db-wal";
constexpr std::int64_t kSearchIndexOneIn = 3;
constexpr std::int64_t kLeftByAKillOneIn = 4;
constexpr std::int64_t kIndexAtWorkOneIn = 6;
constexpr std::size_t kLastCommits =
    2;  // After a power cut, what is damaged in the last ones may never have been whole.

/// What became of the log before the kill.
enum class Copied { nothing, some, all };
constexpr std::int64_t kCopied = 3;

class Unit {
 public:
  Unit(Campaign& campaign, const BitRotSize& size, const BitRotFaults& faults)
      : campaign_(campaign), size_(size), faults_(faults), script_(campaign.random()(), size.steps) {}

  void run() {
    make();
    for (int i = 0; i < size_.damages && campaign_.findings().empty(); ++i) {
      if (campaign_.below(kLeftByAKillOneIn) == 0) {
        campaign_.below(2) == 0 ? damage_what_a_kill_left() : damage_the_log_after_a_power_cut();
      } else if (campaign_.below(kIndexAtWorkOneIn) == 0) {
        damage_the_index_at_work();
      } else {
        damage_a_file();
      }
    }
  }

 private:
  void damage_a_file() {
    const auto damage = static_cast<Damage>(campaign_.below(kDamages));
    const std::string file = campaign_.below(kSearchIndexOneIn) == 0 ? kSearchIndex : kDatabase;
    Files files = sound_;
    files[file] = damaged(sound_.at(file), damage);
    look_at(files, std::string(name_of(damage)) + " in " + file);
  }

  void damage_what_a_kill_left() {
    const auto damage = static_cast<Damage>(campaign_.below(kDamages));
    const std::string file = one_of({kLog, kLog, kDatabase, kLogIndex});
    Files files = left_by_a_kill_;
    files[file] = damaged(files[file], damage);
    if (faults_.forgets_what_is_behind_damage && file == kLog) forget_what_is_behind_damage(files);
    look_at(files, std::string(name_of(damage)) + " in " + file);
  }

  /// Without the index of the log, whatever it is but a cut, after which nothing tells that there was more.
  void damage_the_log_after_a_power_cut() {
    const auto damage = static_cast<Damage>(campaign_.below(kDamages - 1));
    static_assert(static_cast<std::int64_t>(Damage::a_cut) == kDamages - 1);
    Files files = left_by_a_kill_;
    files.erase(kLogIndex);
    std::string& log = files.at(kLog);
    log = damaged(log.substr(0, log_that_counts_), damage) + log.substr(log_that_counts_);
    if (faults_.forgets_what_is_behind_damage) forget_what_is_behind_damage(files);
    look_at(files, std::string(name_of(damage)) + " in " + kLog);
  }

  void forget_what_is_behind_damage(Files& files) {
    std::string& log = files.at(kLog);
    log.resize(static_cast<std::size_t>(std::ranges::mismatch(log, left_by_a_kill_.at(kLog)).in1 - log.begin()));
    files.erase(kLogIndex);
  }

  /// The log of an index that is being written; then who writes it ends, and it is opened again and brought after the
  /// contacts, as by the next server.
  void damage_the_index_at_work() {
    const auto damage = static_cast<Damage>(campaign_.below(kDamages));
    const test::TempFolder folder(test::folder_in_memory());
    std::ofstream(folder.path() / kDatabase, std::ios::binary) << sound_.at(kDatabase);
    write_index(folder.path(), [&] {
      const auto log = folder.path() / kSearchLog;
      const std::string content = damaged(content_of(log), damage);
      // In place: whoever has it open goes on with it.
      std::fstream(log, std::ios::in | std::ios::out | std::ios::binary) << content;
      std::filesystem::resize_file(log, content.size());
    });
    write_index(folder.path(), [] {});
    Files files;
    for (const char* file : {kDatabase, kSearchIndex}) files[file] = content_of(folder.path() / file);
    look_at(files, std::string(name_of(damage)) + " in " + kSearchLog);
  }

  /// Brings it after the contacts, does something to it and ends, as a server that is stopped.
  void write_index(const std::filesystem::path& folder, const std::function<void()>& meanwhile) const {
    store::sqlite::Memtable memtable;
    store::sqlite::SearchFile file(folder / kSearchIndex, false);
    try {
      store::sqlite::SearchWriter writer({.file = folder / kDatabase}, memtable, file);
      while (writer.step()) {
      }
      meanwhile();
      if (faults_.copies_the_index_unseen) {
        store::sqlite::Connection({.file = file.path()}).execute("PRAGMA wal_checkpoint");
      } else {
        writer.finish();
      }
    } catch (const store::sqlite::SqliteError& error) {
      // As far as it came is enough of a fault; otherwise damage is all that may be in the way.
      if (faults_.copies_the_index_unseen) return;
      if (!file.is_damaged(error)) throw;
      file.remove();
    }
  }

  /// Makes a folder in which the script was done, as a kill would leave it and as it was closed, with a search index
  /// that knows all of it.
  void make() {
    const test::TempFolder folder(test::folder_in_memory());
    const auto copied = static_cast<Copied>(campaign_.below(kCopied));
    const std::size_t copied_after = below(script_.steps().size() / 2);
    {
      const auto store = open(folder.path());
      store::sqlite::Connection beside({.file = folder.path() / kDatabase});
      std::vector<std::size_t> ends;
      for (std::size_t i = 0; i < script_.steps().size(); ++i) {
        if (i == copied_after) copy_log(beside, copied, [&] { commit(*store, script_.steps()[i]); });
        if (i != copied_after) commit(*store, script_.steps()[i]);
        if (i == copied_after) ends.clear();
        // Some steps change nothing.
        if (const auto end = log_end(beside); ends.empty() || end != ends.back()) ends.push_back(end);
      }
      if (ends.size() <= kLastCommits) throw std::runtime_error("the script has too few commits");
      log_that_counts_ = ends[ends.size() - 1 - kLastCommits];
      for (const char* file : {kDatabase, kLog, kLogIndex}) left_by_a_kill_[file] = content_of(folder.path() / file);
      beside.leave_log_on_close();
    }
    write_index(folder.path(), [] {});
    for (const char* file : {kDatabase, kSearchIndex}) sound_[file] = content_of(folder.path() / file);
  }

  /// Some: up to what somebody reads, while `meanwhile` adds to the log. All: `meanwhile` begins it anew.
  static void copy_log(store::sqlite::Connection& beside, Copied copied, const std::function<void()>& meanwhile) {
    std::optional<store::sqlite::Snapshot> snapshot;
    if (copied == Copied::some) snapshot.emplace(beside);
    if (copied == Copied::all) beside.checkpoint(store::sqlite::CheckpointMode::restart);
    meanwhile();
    if (copied == Copied::some)
      store::sqlite::Connection({.file = sqlite3_db_filename(beside.handle(), "main")})
          .checkpoint(store::sqlite::CheckpointMode::passive);
  }

  /// In bytes.
  static std::size_t log_end(store::sqlite::Connection& beside) {
    beside.integer("SELECT count(*) FROM team");
    const auto frames = store::sqlite::OpenFiles(beside).log_extent().committed;
    return static_cast<std::size_t>(store::sqlite::kLogHeaderBytes +
                                    frames * (store::sqlite::kFrameHeaderBytes + std::int64_t{kPageBytes}));
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
        content.resize(below(content.size()));
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
      const auto store = faults_.store(open(folder.path()));
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

  std::string one_of(std::initializer_list<const char*> names) { return names.begin()[below(names.size())]; }

  std::size_t below(std::size_t limit) {
    return static_cast<std::size_t>(campaign_.below(static_cast<std::int64_t>(limit)));
  }

  Campaign& campaign_;
  const BitRotSize& size_;
  const BitRotFaults& faults_;
  const Script script_;
  test::TestClock clock_;
  Files sound_;
  Files left_by_a_kill_;
  std::size_t log_that_counts_ = 0;  // Its bytes before the last commits.
};

}  // namespace

void bit_rot(Campaign& campaign, const BitRotSize& size, const BitRotFaults& faults) {
  while (campaign.begins_unit()) Unit(campaign, size, faults).run();
}

void bit_rot(Campaign& campaign) { bit_rot(campaign, {}, {}); }

}  // namespace cardfile::prove
