#include "prove/power_loss.h"

#include <atomic>
#include <chrono>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/executor.h"
#include "prove/script.h"
#include "store/open.h"
#include "store/sqlite/db.h"
#include "store/world.h"
#include "support/temp_folder.h"

namespace cardfile::prove {
namespace {

constexpr std::size_t kSteps = 40;
constexpr int kImagesBeforeSync = 2;
constexpr std::uint64_t kOneIn = 8;             // A checkpoint, a clean close, a crash after so many groups of steps.
constexpr std::uint64_t kKillOneIn = 4;         // A kill amid the writing of a group.
constexpr std::uint64_t kSecondCrashOneIn = 8;  // Of images.
constexpr std::uint64_t kGoesOnOneIn = 3;       // Of images.

const char* name_of(Survival survival) {
  switch (survival) {
    case Survival::none:
      return "nothing";
    case Survival::all:
      return "everything";
    case Survival::earliest:
      return "the earliest writes";
    case Survival::calls:
      return "some writes";
    case Survival::sectors:
      return "some sectors";
  }
  return "";
}

std::string next_vfs_name() {
  static std::atomic<int> count = 0;
  return "losing-" + std::to_string(++count);
}

struct CrashImage {
  DiskImage files;
  std::optional<Disk> disk = {};  // Of a kill: what is durable of them.
  std::size_t acknowledged = 0;   // Steps, at the latest when the power failed.
  Survival survival = Survival::none;
  bool is_second = false;  // It comes from a crash while another image was opened.

  std::string told() const {
    return std::string("after a power cut ") + (is_second ? "while it was opened after a power cut " : "") +
           "that left " + name_of(survival) + " of the unsynced, ";
  }
};

/// What was acknowledged, kept by the thread that acknowledges.
class Acknowledged final : public base::Executor {
 public:
  void begin(std::size_t steps) { count_ = steps; }
  std::size_t count() const { return count_; }

  void resume(std::span<const std::coroutine_handle<>> waiters) override {
    count_ += waiters.size();
    count_.notify_all();
  }
  void wait_for(std::size_t steps) {
    for (std::size_t now = count_; now < steps; now = count_) count_.wait(now);
  }

 private:
  std::atomic<std::size_t> count_ = 0;
};

/// A disk, and the store on it. Images of it are made at sync points, by whichever thread syncs.
class Machine {
 public:
  using Acknowledgements = std::function<std::size_t()>;

  /// The disk is what `crash` has left. Without `acknowledged` no images are made.
  Machine(const CrashImage& crash, const DiskLies& lies, Acknowledgements acknowledged, std::uint64_t seed,
          bool is_second)
      : acknowledged_(std::move(acknowledged)),
        is_second_(is_second),
        random_(seed),
        folder_(prepared(crash.files)),
        vfs_(
            next_vfs_name(), folder_, lies, [this] { at_sync_point(); }, crash.disk) {}

  /// Throws store::OpenError.
  void open(const core::Clock& clock, std::size_t batch_max, std::chrono::milliseconds flush_after) {
    store_ = store::open_sqlite({.folder = folder_,
                                 .batch_max = batch_max,
                                 .flush_after = flush_after,
                                 .vfs = vfs_.name(),
                                 .on_failure = {},
                                 .indexing = store::Indexing::none},
                                clock);
  }
  void close() { store_.reset(); }
  store::Store& store() { return *store_; }
  std::unique_ptr<store::Store> take_store() { return std::move(store_); }

  void checkpoint(store::sqlite::CheckpointMode mode) {
    store::sqlite::Connection connection({.file = folder_ / "cardfile.db", .vfs = vfs_.name()});
    connection.checkpoint(mode);
    connection.leave_log_on_close();
  }

  /// The power fails now, or the process is killed.
  CrashImage crash() {
    const std::lock_guard lock(mutex_);
    return image(static_cast<Survival>(random_() % kSurvivals));
  }

  std::vector<CrashImage> take_images() {
    const std::lock_guard lock(mutex_);
    return std::exchange(images_, {});
  }

 private:
  std::filesystem::path prepared(const DiskImage& disk) const {
    auto folder = std::filesystem::canonical(temp_.path()) / "data";
    write_image(disk, folder);
    return folder;
  }

  void at_sync_point() {
    if (!acknowledged_) return;
    const std::lock_guard lock(mutex_);
    keep(image(Survival::none));
    for (int i = 0; i < kImagesBeforeSync; ++i) keep(image(static_cast<Survival>(1 + random_() % (kSurvivals - 1))));
  }

  CrashImage image(Survival survival) {
    const std::size_t acknowledged = acknowledged_();
    return {.files = vfs_.image(survival, random_),
            .disk = survival == Survival::all ? std::optional(vfs_.disk()) : std::nullopt,
            .acknowledged = acknowledged,
            .survival = survival,
            .is_second = is_second_};
  }

  /// Two power cuts that leave the same need one look.
  void keep(CrashImage image) {
    std::string content = std::to_string(image.acknowledged);
    for (const auto& [name, bytes] : image.files) content += "\n" + name + "\n" + bytes;
    if (seen_.insert(std::hash<std::string>()(content)).second) images_.push_back(std::move(image));
  }

  const Acknowledgements acknowledged_;
  const bool is_second_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::mt19937_64 random_;
  std::set<std::size_t> seen_;
  std::vector<CrashImage> images_;

  const test::TempFolder temp_{test::folder_in_memory()};
  const std::filesystem::path folder_;
  LosingVfs vfs_;
  std::unique_ptr<store::Store> store_;
};

class Unit {
 public:
  Unit(Campaign& campaign, const PowerLossFaults& faults)
      : campaign_(campaign), faults_(faults), script_(campaign.random()(), kSteps) {}

  void run() {
    CrashImage disk;
    std::size_t done = 0;
    while (done < kSteps && campaign_.findings().empty()) {
      auto crash = live(disk, done);
      if (!crash) break;
      campaign_.count("crashes it went on from");
      disk = std::move(*crash);
      done = judge(disk);
    }
  }

 private:
  /// Opens the store on `disk`, which has `done` steps, and does the rest until the power fails; none when it never
  /// does.
  std::optional<CrashImage> live(const CrashImage& disk, std::size_t done) {
    // What a kill left, and nobody was told of, is not durable before it can be read.
    acknowledged_.begin(disk.acknowledged);
    submitted_ = disk.acknowledged;
    Machine machine(
        disk, faults_.disk, [this] { return said_to_be_done(); }, campaign_.random()(), false);
    const std::size_t batch_max = 1 + chance(2) * 511;
    const auto flush_after = some_flush_after(chance(3));
    machine.open(clock_.source(), batch_max, flush_after);
    acknowledged_.begin(done);
    submitted_ = done;
    std::optional<CrashImage> crash;
    while (done < kSteps && !crash && campaign_.findings().empty()) {
      const std::size_t together = 1 + chance(script_.steps_together(done));
      submit(machine.store(), done, together);
      done += together;
      if (chance(kOneIn) == 0) machine.checkpoint(store::sqlite::CheckpointMode::restart);
      if (chance(kOneIn) == 0) machine.checkpoint(store::sqlite::CheckpointMode::passive);
      if (chance(kOneIn) == 0) {
        machine.close();
        machine.open(clock_.source(), batch_max, flush_after);
      }
      if (chance(kOneIn) == 0) crash = machine.crash();
      if (auto killed = judge_all(machine); killed && chance(kKillOneIn) == 0) crash = std::move(killed);
    }
    machine.close();
    judge_all(machine);
    return crash;
  }

  /// Submits steps from `first` on one after the other, without waiting in between.
  void submit(store::Store& store, std::size_t first, std::size_t count) {
    std::deque<std::vector<store::Work>> works;
    std::deque<store::Submission> submissions;
    clock_.move(std::chrono::duration_cast<std::chrono::microseconds>(script_.steps()[first].at - clock_.now()));
    submitted_ = first + count;
    for (std::size_t i = first; i < first + count; ++i) {
      auto& step = works.emplace_back(works_of(script_.steps()[i]));
      if (faults_.tears_steps)
        for (auto& work : std::span(step).first(step.size() - 1)) store::commit_and_wait(store, {&work, 1});
      const auto whole = faults_.tears_steps ? std::span(step).last(1) : std::span(step);
      store.submit(submissions.emplace_back(
          store::Submission{.works = whole, .executor = &acknowledged_, .waiter = std::noop_coroutine()}));
    }
    acknowledged_.wait_for(first + count);
    for (const auto& step : works)
      for (const auto& work : step)
        if (test::refusal_of(work) == core::ErrorCode::unavailable)
          campaign_.find("a write was refused as if the disk had failed");
    campaign_.count("submissions", static_cast<std::int64_t>(count));
  }

  static std::vector<store::Work> works_of(const Step& step) {
    std::vector<store::Work> works;
    for (const auto& command : step.commands) works.push_back({.command = command, .result = {}});
    return works;
  }

  std::size_t said_to_be_done() const {
    return faults_.answers_before_the_sync ? submitted_.load() : acknowledged_.count();
  }

  /// Gives back one of the images that a kill leaves, in the middle of writing; none when there is none.
  std::optional<CrashImage> judge_all(Machine& machine) {
    std::optional<CrashImage> killed;
    std::size_t kills = 0;
    for (auto& image : machine.take_images()) {
      if (!campaign_.findings().empty()) break;
      judge(image);
      if (image.disk && chance(++kills) == 0) killed = std::move(image);
    }
    return killed;
  }

  /// Opens the store that the image holds, compares it with what it has to be, and gives back how many steps it has.
  std::size_t judge(const CrashImage& image) {
    campaign_.count(image.is_second ? "crash images of second crashes" : "crash images");
    Machine::Acknowledgements crashes_again;
    if (!image.is_second && chance(kSecondCrashOneIn) == 0) crashes_again = [&image] { return image.acknowledged; };
    Machine machine(image, {}, crashes_again, campaign_.random()(), true);
    std::size_t done = 0;
    try {
      machine.open(clock_.source(), 512, some_flush_after(chance(3)));
      const auto store = faults_.found_after(machine.take_store());
      done = judge_store(*store, image);
      if (done < kSteps && chance(kGoesOnOneIn) == 0 && campaign_.findings().empty()) go_on(*store, image, done);
    } catch (const std::exception& error) {
      campaign_.find(image.told() + "the store does not open: " + error.what());
    }
    if (crashes_again) judge_all(machine);
    return done;
  }

  std::size_t judge_store(store::Store& store, const CrashImage& image) {
    for (const auto& finding : store.check({}).findings) campaign_.find(image.told() + "check says: " + finding);
    const auto done = script_.steps_done(store);
    if (!done) {
      campaign_.find(image.told() + "a step was done in part");
      return kSteps;
    }
    if (*done < image.acknowledged)
      campaign_.find(image.told() + std::to_string(*done) + " steps are left of " + std::to_string(image.acknowledged) +
                     " acknowledged ones");
    compare(store, image, *done);
    return *done;
  }

  void compare(store::Store& store, const CrashImage& image, std::size_t done) {
    for (const auto& difference : script_.differences(store, done)) campaign_.find(image.told() + difference);
  }

  /// What was recovered takes the next step as if nothing had been.
  void go_on(store::Store& store, const CrashImage& image, std::size_t done) {
    clock_.move(std::chrono::duration_cast<std::chrono::microseconds>(script_.steps()[done].at - clock_.now()));
    auto works = works_of(script_.steps()[done]);
    store::commit_and_wait(store, works);
    compare(store, image, done + 1);
  }

  std::size_t chance(std::size_t one_in) {
    return static_cast<std::size_t>(campaign_.below(static_cast<std::int64_t>(one_in)));
  }

  Campaign& campaign_;
  const PowerLossFaults& faults_;
  const Script script_;
  test::TestClock clock_;
  Acknowledged acknowledged_;
  std::atomic<std::size_t> submitted_ = 0;
};

}  // namespace

void power_loss(Campaign& campaign, const PowerLossFaults& faults) {
  while (campaign.begins_unit()) Unit(campaign, faults).run();
}

void power_loss(Campaign& campaign) { power_loss(campaign, {}); }

}  // namespace cardfile::prove
