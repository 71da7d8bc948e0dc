#include "prove/backups.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "prove/script.h"
#include "store/open.h"
#include "store/sqlite/db.h"
#include "store/world.h"
#include "support/program.h"
#include "support/temp_folder.h"

namespace cardfile::prove {
namespace {

constexpr core::TeamId kBusyTeam(3);  // Of those who write beside the script.
constexpr std::size_t kAll = 1'000'000;
constexpr std::size_t kStepsPerCheckpoint = 25;
constexpr std::size_t kBackups = 20;  // In a unit, spread over the script.

/// A backup, and what has to be in it.
struct Backup {
  std::filesystem::path folder;
  std::size_t acknowledged = 0;  // Steps, before it was begun.
  std::size_t submitted = 0;     // Steps, when it was done.
};

class Unit {
 public:
  Unit(Campaign& campaign, const BackupSize& size, const BackUp& back_up)
      : campaign_(campaign), size_(size), back_up_(back_up), script_(campaign.random()(), size.steps) {
    store_ = store::open_sqlite({.folder = source(), .on_failure = {}}, clock_.source());
    store::commit_and_wait(*store_, test::command(core::CreateTeam{.name = "Busy"}, kBusyTeam));
  }

  void run() {
    std::vector<Backup> made;
    {
      std::vector<std::jthread> writers;
      for (int i = 0; i < size_.writers; ++i)
        writers.emplace_back([this, i](const std::stop_token& stop) { write(i, stop); });
      const std::jthread driver([this] { do_script(); });
      for (std::size_t i = 1; i <= kBackups; ++i) {
        wait_for_steps(i * size_.steps / (kBackups + 1));
        made.push_back(back_up(i));
      }
    }
    for (const auto& backup : made)
      if (campaign_.findings().empty()) judge(backup);
  }

 private:
  std::filesystem::path source() const { return folder_.path() / "data"; }

  void do_script() {
    for (std::size_t i = 0; i < size_.steps; ++i) {
      const Step& step = script_.steps()[i];
      clock_.move(std::chrono::duration_cast<std::chrono::microseconds>(step.at - clock_.now()));
      std::vector<store::Work> works;
      for (const auto& command : step.commands) works.push_back({.command = command, .result = {}});
      submitted_ = i + 1;
      store::commit_and_wait(*store_, works);
      acknowledged_ = i + 1;
      acknowledged_.notify_all();
      if (i % kStepsPerCheckpoint == 0) copy_log_into_database();
    }
  }

  void wait_for_steps(std::size_t steps) {
    for (std::size_t now = acknowledged_; now < steps; now = acknowledged_) acknowledged_.wait(now);
  }

  void copy_log_into_database() {
    store::sqlite::Connection connection({.file = source() / "cardfile.db"});
    connection.leave_log_on_close();
    connection.checkpoint(store::sqlite::CheckpointMode::passive);
  }

  void write(int number, const std::stop_token& stop) {
    const std::string phone = std::to_string(14'155'550'000 + number);
    const auto create = [&] {
      return core::CreateContact{.uuid = test::uuid(900'000 + static_cast<std::uint64_t>(number)),
                                 .patch = core::normalised(core::ContactPatch{.phone = phone})};
    };
    while (!stop.stop_requested()) {
      store::commit_and_wait(*store_, test::command(create(), kBusyTeam));
    }
  }

  Backup back_up(std::size_t number) {
    Backup backup{.folder = folder_.path() / ("backup-" + std::to_string(number)), .acknowledged = acknowledged_};
    back_up_(source(), backup.folder);
    backup.submitted = submitted_;
    campaign_.count("backups");
    return backup;
  }

  void judge(const Backup& backup) {
    try {
      const auto copy = store::open_sqlite(
          {.folder = backup.folder, .on_failure = {}, .indexing = store::Indexing::none}, clock_.source());
      for (const auto& finding : copy->check({}).findings) campaign_.find("check says of a backup: " + finding);
      judge_steps(*copy, backup);
      judge_prefix(*copy);
    } catch (const std::exception& error) {
      campaign_.find(std::string("a backup cannot be read: ") + error.what());
    }
    std::filesystem::remove_all(backup.folder);
  }

  void judge_steps(const store::Store& copy, const Backup& backup) {
    const auto done = script_.steps_done(copy);
    if (!done) return campaign_.find("a backup has a step in part");
    if (*done < backup.acknowledged) campaign_.find("a backup lacks what was acknowledged before it was begun");
    if (*done > script_.with_idle_steps(backup.submitted)) campaign_.find("a backup has what was not yet sent");
    for (const auto& difference : script_.differences(copy, *done)) campaign_.find("in a backup, " + difference);
    campaign_.count("steps in them", static_cast<std::int64_t>(*done));
  }

  void judge_prefix(const store::Store& copy) {
    const auto log = store_->changes(kBusyTeam, 0, kAll, store::kNoLimit);
    const auto copied = copy.changes(kBusyTeam, 0, kAll, store::kNoLimit);
    if (copied.size() > log.size() || !std::equal(copied.begin(), copied.end(), log.begin()))
      campaign_.find("the change log in a backup is no prefix of the team's");
    campaign_.count("changes in them", static_cast<std::int64_t>(copied.size()));
  }

  Campaign& campaign_;
  const BackupSize& size_;
  const BackUp& back_up_;
  const Script script_;
  const test::TempFolder folder_;
  test::TestClock clock_;
  std::unique_ptr<store::Store> store_;
  std::atomic<std::size_t> submitted_ = 0;
  std::atomic<std::size_t> acknowledged_ = 0;
};

}  // namespace

void backups(Campaign& campaign, const BackupSize& size, const BackUp& back_up) {
  while (campaign.begins_unit()) Unit(campaign, size, back_up).run();
}

void back_up_by_command(const std::filesystem::path& from, const std::filesystem::path& to) {
  const test::TempFolder here;
  const auto finished = test::cardfile(here, {"backup", "--data", from.native(), "--to", to.native()});
  if (finished.exit_code != 0) throw std::runtime_error("cardfile backup failed: " + finished.errors);
}

void backups(Campaign& campaign) { backups(campaign, {}, back_up_by_command); }

}  // namespace cardfile::prove
