#include "prove/slow_disk.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <future>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/executor.h"
#include "prove/script.h"
#include "store/faulty_vfs.h"
#include "store/open.h"
#include "store/world.h"
#include "support/process.h"
#include "support/temp_folder.h"

namespace cardfile::prove {
namespace {

constexpr std::size_t kQueueMax = 60;
constexpr std::size_t kBatchMax = 20;
constexpr std::uint64_t kStepsPerTime = 40;
constexpr auto kPatience = std::chrono::seconds(60);

std::string next_vfs_name() {
  static std::atomic<int> count = 0;
  return "slow-" + std::to_string(++count);
}

/// A step on its way.
class Sent final : public base::Executor {
 public:
  Sent(store::Store& store, const Step& step) {
    for (const auto& command : step.commands) {
      works_.push_back({.command = command, .result = {}});
      weight_ += core::weight(command);
    }
    submission_ = {.works = works_, .executor = this, .waiter = std::noop_coroutine()};
    store.submit(submission_);
  }

  void resume(std::span<const std::coroutine_handle<>>) override { is_done_ = true; }

  bool is_done() const { return is_done_; }
  bool is_refused() const { return is_done_ && test::refusal_of(works_.front()) == core::ErrorCode::unavailable; }
  std::size_t weight() const { return weight_; }

 private:
  std::vector<store::Work> works_;
  std::size_t weight_ = 0;
  store::Submission submission_;
  std::atomic<bool> is_done_ = false;
};

class Unit {
 public:
  Unit(Campaign& campaign, const SlowDiskSize& size, const SlowDiskFaults& faults)
      : campaign_(campaign),
        faults_(faults),
        script_(campaign.random()(), size.steps, kStepsPerTime),
        flush_after_(some_flush_after(campaign.random()())),
        disk_(next_vfs_name()) {
    open();
  }
  ~Unit() { disk_.release_syncs(); }
  Unit(const Unit&) = delete;
  Unit& operator=(const Unit&) = delete;

  void run() {
    while (done_ < script_.steps().size() && campaign_.findings().empty()) stall();
    disk_.release_syncs();
    if (!campaign_.findings().empty()) return;
    store_.reset();
    open();
    if (script_.steps_done(*store_) != script_.steps().size()) campaign_.find("some of what was acknowledged is lost");
    for (const auto& difference : script_.differences(*store_, done_)) campaign_.find(difference);
    for (const auto& finding : store_->check({}).findings) campaign_.find("check says: " + finding);
  }

 private:
  void open() {
    const std::size_t queue_max = faults_.has_no_bound ? std::numeric_limits<std::size_t>::max() / 2 : kQueueMax;
    store_ = faults_.plant(store::open_sqlite({.folder = folder_.path(),
                                               .queue_max = queue_max,
                                               .batch_max = kBatchMax,
                                               .flush_after = flush_after_,
                                               .vfs = disk_.name(),
                                               .on_failure = {},
                                               .indexing = store::Indexing::none},
                                              clock_.source()));
  }

  /// The disk stands still while as much is submitted as is taken, and then does one sync at a time.
  void stall() {
    disk_.hold_syncs();
    sent_.clear();
    clock_.move(std::chrono::duration_cast<std::chrono::microseconds>(script_.steps()[done_].at - clock_.now()));
    const std::size_t first = done_;
    // What is submitted while the disk stands still is decided later: it has to be of one time.
    const std::size_t together = script_.steps_together(first);
    bool is_refused = false;
    while (sent_.size() < together && !is_refused) {
      is_refused = sent_.emplace_back(*store_, script_.steps()[first + sent_.size()]).is_refused();
      if (is_refused) sent_.pop_back();
    }
    if (is_refused) campaign_.count("refusals for want of room");
    look_at_what_waits();
    while (campaign_.findings().empty() && !wait_until_done_or_held()) {
      read_while_held(first + acknowledged());
      disk_.let_one_sync_go();
      campaign_.count("slow syncs");
    }
    disk_.release_syncs();
    if (!test::becomes_true([&] { return acknowledged() == sent_.size(); }, kPatience))
      return campaign_.find("what was taken is never answered");
    if (std::ranges::any_of(sent_, &Sent::is_refused)) campaign_.find("what was taken was refused later");
    done_ += sent_.size();
  }

  std::size_t acknowledged() const { return static_cast<std::size_t>(std::ranges::count_if(sent_, &Sent::is_done)); }

  void look_at_what_waits() {
    std::size_t waiting = 0;
    std::size_t batch_max = kBatchMax;  // A submission is never split, even if it is more than that.
    for (const auto& step : sent_) {
      if (!step.is_done()) waiting += step.weight();
      batch_max = std::max(batch_max, step.weight());
    }
    campaign_.raise("commands waiting at most", static_cast<std::int64_t>(waiting));
    if (waiting > kQueueMax + batch_max) campaign_.find(std::to_string(waiting) + " commands wait, more than may");
  }

  /// False when a sync is being held.
  bool wait_until_done_or_held() {
    bool is_done = false;
    const auto changes = [&] {
      is_done = acknowledged() == sent_.size();
      return is_done || disk_.has_held_sync();
    };
    if (!test::becomes_true(changes, kPatience)) campaign_.find("the store does nothing, though the disk does");
    return is_done;
  }

  void read_while_held(std::size_t done) {
    auto reading = std::async(std::launch::async, [this, done] { return script_.differences(*store_, done); });
    if (reading.wait_for(faults_.patience_of_readers) != std::future_status::ready) {
      campaign_.find("readers are held up by a slow sync");
      disk_.release_syncs();
      return;
    }
    try {
      for (const auto& difference : reading.get()) campaign_.find("while a sync takes long, " + difference);
      campaign_.count("looks at all of it meanwhile");
    } catch (const std::exception& error) {
      campaign_.find("while a sync takes long, a read fails: " + std::string(error.what()));
    }
  }

  Campaign& campaign_;
  const SlowDiskFaults& faults_;
  const Script script_;
  const std::chrono::milliseconds flush_after_;
  const test::TempFolder folder_{test::folder_in_memory()};
  test::TestClock clock_;
  test::FaultyVfs disk_;
  std::deque<Sent> sent_;  // Before the store, which answers all of them before it is gone.
  std::unique_ptr<store::Store> store_;
  std::size_t done_ = 0;
};

}  // namespace

void slow_disk(Campaign& campaign, const SlowDiskSize& size, const SlowDiskFaults& faults) {
  while (campaign.begins_unit()) Unit(campaign, size, faults).run();
}

void slow_disk(Campaign& campaign) { slow_disk(campaign, {}, {}); }

}  // namespace cardfile::prove
