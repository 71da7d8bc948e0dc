#include "store/sqlite/checkpointer.h"

#include <limits>
#include <utility>

namespace cardfile::store::sqlite {
namespace {

// The second one has as much to copy as came while the first one was synced, and leaves less.
constexpr int kLastSteps = 2;

constexpr int kStepsUntilLong = 3 * Checkpointer::kStepsUntilRestart;

/// While it lives no reader keeps a snapshot.
class NoSnapshots {
 public:
  explicit NoSnapshots(Readers& readers) : readers_(readers) { readers_.bar_snapshots(); }
  NoSnapshots(const NoSnapshots&) = delete;
  NoSnapshots& operator=(const NoSnapshots&) = delete;
  ~NoSnapshots() { readers_.allow_snapshots(); }

 private:
  Readers& readers_;
};

}  // namespace

Checkpointer::Checkpointer(const ConnectionOptions& options, Readers& readers, Listeners listeners,
                           std::int64_t step_bytes)
    : connection_(options),
      readers_(readers),
      listeners_(std::move(listeners)),
      log_bytes_max_(2 * kStepsUntilRestart * step_bytes),
      page_bytes_(connection_.integer("PRAGMA page_size")),
      step_pages_(static_cast<int>(step_bytes / page_bytes_)),
      next_step_(step_pages_),
      next_restart_(kStepsUntilRestart * step_pages_),
      next_long_(kStepsUntilLong * step_pages_),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Checkpointer::after_commit(Connection& writer, int pages) {
  if (pages < step_pages_) {
    next_step_ = step_pages_;
    next_restart_ = kStepsUntilRestart * step_pages_;
    last_steps_ = 0;
    next_long_ = kStepsUntilLong * step_pages_;
    return;
  }
  tell_when_long(pages);
  if (pages < next_step_) return;
  const bool is_long = pages >= next_restart_;
  {
    std::unique_lock lock(mutex_);
    // A disk that is slower than its writers: they wait for the step, or the log would outgrow any limit.
    if (pages >= next_restart_ + kStepsUntilRestart * step_pages_)
      changed_.wait(lock, [this] { return wanted_ == Step::none; });
    if (wanted_ != Step::none) return;
    if (last_steps_ < kLastSteps) wanted_ = is_long ? Step::last : Step::usual;
  }
  if (last_steps_ < kLastSteps) {
    if (is_long) ++last_steps_;
    // Little is to be left after a last step: its end is looked for after each commit.
    next_step_ = is_long ? pages : pages + step_pages_ / 2;
    changed_.notify_all();
    return;
  }
  last_steps_ = 0;
  next_step_ = pages + step_pages_ / 2;
  // A reader that keeps an old state in use, such as a check, lets the log grow on; the next attempt is one step later.
  next_restart_ = pages + step_pages_;
  const NoSnapshots none(readers_);
  writer.limit_log(log_bytes_max_);
  writer.checkpoint(CheckpointMode::restart);
}

void Checkpointer::tell_when_long(int pages) {
  if (pages < next_long_) return;
  next_long_ = pages > std::numeric_limits<int>::max() / 2 ? std::numeric_limits<int>::max() : 2 * pages;
  if (listeners_.on_long_log) listeners_.on_long_log(pages * page_bytes_);
}

void Checkpointer::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

bool Checkpointer::empty_log(Connection& writer) {
  const NoSnapshots none(readers_);
  if (!writer.checkpoint(CheckpointMode::restart).is_complete) return false;
  // After a power cut it would tell of a log that is gone, and not that the database has all of it.
  writer.sync_log_index();
  return writer.checkpoint(CheckpointMode::truncate).is_complete;
}

void Checkpointer::run(const std::stop_token& stop) {
  for (auto step = wait_for_step(stop); step != Step::none; step = wait_for_step(stop)) {
    take(step);
    {
      const std::lock_guard lock(mutex_);
      wanted_ = Step::none;
    }
    changed_.notify_all();
  }
}

Checkpointer::Step Checkpointer::wait_for_step(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, stop, [this] { return wanted_ != Step::none; });
  return stop.stop_requested() ? Step::none : wanted_;
}

void Checkpointer::take(Step step) {
  try {
    { const NoSnapshots of_before(readers_); }
    connection_.checkpoint(CheckpointMode::passive);
    // SQLite does so only at the log's end, which the writer will reach: it would wait for all that was copied before.
    if (step == Step::last) connection_.sync_database();
  } catch (const SqliteError& error) {
    if (!may_succeed_later(error)) listeners_.on_failure(error);
  }
}

}  // namespace cardfile::store::sqlite
