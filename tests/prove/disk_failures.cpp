#include "prove/disk_failures.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "prove/script.h"
#include "store/hooked_vfs.h"
#include "store/open.h"
#include "store/world.h"
#include "support/temp_folder.h"

namespace cardfile::prove {
namespace {

using test::Asked;
using test::FileCall;

enum class Cause { device, space };
enum class Extent { nothing, half };

/// How a disk fails.
struct Failure {
  const char* name;
  Asked asked;
  int code;
  Cause cause = Cause::device;
  Extent written = Extent::nothing;
  bool truncates = true;  // Afterwards.
};

const Failure kFailures[] = {
    {"a failed sync", Asked::sync, SQLITE_IOERR_FSYNC},
    {"a failed sync, and failed truncations", Asked::sync, SQLITE_IOERR_FSYNC, Cause::device, Extent::nothing, false},
    {"a failed write", Asked::write, SQLITE_IOERR_WRITE},
    {"a write that failed half way", Asked::write, SQLITE_IOERR_WRITE, Cause::device, Extent::half},
    {"a full disk", Asked::write, SQLITE_FULL, Cause::space},
    {"a disk that was full half way", Asked::write, SQLITE_FULL, Cause::space, Extent::half},
    {"a file that could not be opened", Asked::open, SQLITE_CANTOPEN},
    {"a failed truncation", Asked::truncate, SQLITE_IOERR_TRUNCATE},
    {"a failed removal", Asked::remove, SQLITE_IOERR_DELETE},
    {"no space for the index of the log", Asked::share, SQLITE_IOERR_SHMSIZE, Cause::space},
    {"a failed mapping of the index of the log", Asked::share, SQLITE_IOERR_SHMMAP},
};
constexpr std::int64_t kFailureCount = std::size(kFailures);

/// Fails a call of one kind, once or from then on, until it is mended. Syncs nothing.
class FailingVfs final : public test::HookedVfs {
 public:
  FailingVfs(std::string name, const Failure& failure, std::size_t call, bool lasts, bool syncs_again)
      : HookedVfs(std::move(name)),
        failure_(failure),
        lasts_(lasts),
        syncs_again_(syncs_again && failure.asked == Asked::sync && !lasts),
        calls_left_(call) {}
  ~FailingVfs() override = default;

  void mend() { mended_ = true; }
  bool has_failed() const { return failed_; }
  bool has_failed_to_sync_the_log() const { return log_sync_failed_; }
  bool is_mended() const { return mended_; }

 private:
  std::optional<int> before(const FileCall& call) override {
    if (call.asked == failure_.asked && !mended_ && fails()) {
      failed_ = true;
      if (call.asked == Asked::sync && call.kind == test::FileKind::log) log_sync_failed_ = true;
      return syncs_again_ ? SQLITE_OK : failure_.code;
    }
    if (call.asked == Asked::truncate && !failure_.truncates && failed_ && !mended_) return SQLITE_IOERR_TRUNCATE;
    return call.asked == Asked::sync ? std::optional(SQLITE_OK) : std::nullopt;
  }

  bool fails() {
    const std::lock_guard lock(mutex_);
    if (calls_left_ > 0) {
      --calls_left_;
      return false;
    }
    return lasts_ || !failed_;
  }

  std::size_t written_before_failing(const FileCall& call) override {
    return failure_.written == Extent::half ? call.bytes.size() / 2 : 0;
  }

  const Failure& failure_;
  const bool lasts_;
  const bool syncs_again_;
  std::atomic<bool> failed_ = false;
  std::atomic<bool> log_sync_failed_ = false;
  std::atomic<bool> mended_ = false;
  std::mutex mutex_;
  std::size_t calls_left_;  // Guarded by mutex_.
};

std::string next_vfs_name() {
  static std::atomic<int> count = 0;
  return "failing-" + std::to_string(++count);
}

/// One script over one failing disk.
class Run {
 public:
  Run(Campaign& campaign, const Script& script, const Failure& failure, std::size_t call, bool lasts,
      std::chrono::milliseconds flush_after, const DiskFailureFaults& faults)
      : campaign_(campaign),
        script_(script),
        failure_(failure),
        told_("after " + std::string(failure.name) + " (call " + std::to_string(call) +
              (lasts ? ", and all that followed): " : "): ")),
        flush_after_(flush_after),
        faults_(faults),
        vfs_(next_vfs_name(), failure, call, lasts, faults.syncs_again) {}

  /// False when so many calls were never made.
  bool does_fail() {
    open();
    while (done_ < script_.steps().size() && campaign_.findings().empty()) {
      if (submit()) {
        ++done_;
      } else {
        after_refusal();
      }
    }
    if (campaign_.findings().empty()) end();
    store_.reset();
    return vfs_.has_failed();
  }

 private:
  void find(const std::string& what) { campaign_.find(told_ + what); }

  void open() {
    try {
      store_ = opened();
    } catch (const store::OpenError&) {
      if (!vfs_.has_failed() || vfs_.is_mended()) throw;
      vfs_.mend();
      store_ = opened();
    }
  }

  std::unique_ptr<store::Store> opened() {
    return faults_.store(store::open_sqlite({.folder = folder_.path(),
                                             .flush_after = flush_after_,
                                             .vfs = vfs_.name(),
                                             .on_failure = {},
                                             .indexing = store::Indexing::none},
                                            clock_.source()));
  }

  /// The next step; false when it was refused because the store takes no writes.
  bool submit() {
    const Step& step = script_.steps()[done_];
    // A later one may be of rows that are brought after, once the step is acknowledged.
    const bool had_failed = vfs_.has_failed_to_sync_the_log() && !vfs_.is_mended();
    clock_.move(std::chrono::duration_cast<std::chrono::microseconds>(step.at - clock_.now()));
    std::vector<store::Work> works;
    for (const auto& command : step.commands) works.push_back({.command = command, .result = {}});
    store::commit_and_wait(*store_, works);
    const auto refused = std::ranges::count_if(
        works, [](const store::Work& work) { return test::refusal_of(work) == core::ErrorCode::unavailable; });
    if (refused != 0 && refused != std::ssize(works)) find("a submission was refused in part");
    if (refused != 0 && !vfs_.has_failed()) find("a write was refused before anything failed");
    if (refused == 0 && had_failed) find("a write was acknowledged though a sync of the log had failed");
    may_be_done_ = refused != 0 && test::words_of_refusal(works.front()).find("may be done") != std::string::npos;
    return refused == 0;
  }

  void after_refusal() {
    campaign_.count("refusals");
    expect_what_was_acknowledged();
    const bool may_be_done = may_be_done_;
    const bool for_good = !store_->write_failure().empty();
    if (for_good && failure_.cause == Cause::space) find("no writes are taken though there may be space again");
    if (!for_good && vfs_.has_failed_to_sync_the_log()) find("writes go on though a sync of the log failed");
    vfs_.mend();
    if (!for_good) {
      if (!submit()) return find("writes are still refused when the disk is mended");
      ++done_;
      return;
    }
    if (submit()) find("a write was acknowledged after the store had said that it takes none");
    expect_what_was_acknowledged();
    // Of a commit that was not synced the log has nothing left, if it could be cut.
    const bool is_cut = failure_.asked == Asked::sync && failure_.truncates;
    restart(may_be_done && !is_cut);
  }

  /// What was under way when writing stopped may be there afterwards, but whole, and if that was said.
  void restart(bool may_be_done) {
    campaign_.count("restarts");
    store_.reset();
    store_ = opened();
    const auto found = script_.steps_done(*store_);
    if (!found) return find("a step was done in part");
    if (*found != script_.with_idle_steps(done_) && !(may_be_done && *found == script_.with_idle_steps(done_ + 1)))
      return find(
          (*found > done_ ? "a refused step is done, and that was not said: " : "acknowledged steps are lost: ") +
          std::to_string(*found) + " are there, " + std::to_string(done_) + " acknowledged");
    done_ = *found;
    expect_what_was_acknowledged();
  }

  void expect_what_was_acknowledged() {
    try {
      for (const auto& difference : script_.differences(*store_, done_)) find(difference);
    } catch (const std::exception& error) {
      // Who reads first needs a file of its own, and a part of the log's index.
      const bool may_fail = failure_.asked == Asked::open || failure_.asked == Asked::share;
      if (!may_fail || vfs_.is_mended()) find(std::string("it cannot be read: ") + error.what());
    }
  }

  void end() {
    expect_what_was_acknowledged();
    store_.reset();
    vfs_.mend();
    store_ = opened();
    if (script_.steps_done(*store_) != script_.steps().size()) find("some steps are gone when it is opened again");
    expect_what_was_acknowledged();
    for (const auto& finding : store_->check({}).findings) find("check says: " + finding);
  }

  Campaign& campaign_;
  const Script& script_;
  const Failure& failure_;
  const std::string told_;
  const std::chrono::milliseconds flush_after_;
  const DiskFailureFaults& faults_;
  const test::TempFolder folder_{test::folder_in_memory()};
  FailingVfs vfs_;
  bool may_be_done_ = false;  // So it was said of the step that was refused last.
  test::TestClock clock_;
  std::unique_ptr<store::Store> store_;
  std::size_t done_ = 0;
};

}  // namespace

void disk_failures(Campaign& campaign, const DiskFailureSize& size, const DiskFailureFaults& faults) {
  while (campaign.begins_unit()) {
    const Failure& failure = kFailures[campaign.unit() % kFailureCount];
    const bool lasts = campaign.unit() / kFailureCount % 2 == 0;
    const Script script(campaign.random()(), size.steps);
    const auto flush_after = some_flush_after(campaign.random()());
    for (std::size_t call = 0; campaign.findings().empty(); call += size.stride) {
      campaign.count("runs");
      if (!Run(campaign, script, failure, call, lasts, flush_after, faults).does_fail()) break;
      campaign.count("failed calls");
    }
  }
}

void disk_failures(Campaign& campaign) { disk_failures(campaign, {}, {}); }

}  // namespace cardfile::prove
