#include "store/sqlite/checkpointer.h"

#include <utility>

namespace cardfile::store::sqlite {
namespace {

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

Checkpointer::Checkpointer(const ConnectionOptions& options, Readers& readers,
                           std::function<void(const SqliteError&)> failed, std::int64_t step_bytes)
    : connection_(options),
      readers_(readers),
      failed_(std::move(failed)),
      step_pages_(static_cast<int>(step_bytes / connection_.integer("PRAGMA page_size"))),
      next_step_(step_pages_),
      next_restart_(kStepsUntilRestart * step_pages_),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Checkpointer::after_commit(Connection& writer, int pages) {
  if (pages < step_pages_) {
    next_step_ = step_pages_;
    next_restart_ = kStepsUntilRestart * step_pages_;
    return;
  }
  if (pages < next_step_) return;
  {
    std::unique_lock lock(mutex_);
    // A disk that is slower than its writers: they wait for the step, or the log would outgrow any limit.
    if (pages >= next_restart_ + kStepsUntilRestart * step_pages_)
      changed_.wait(lock, [this] { return !step_wanted_; });
    if (step_wanted_) return;
    step_wanted_ = pages < next_restart_;
  }
  next_step_ = pages + step_pages_ / 2;
  if (pages < next_restart_) {
    changed_.notify_all();
    return;
  }
  // A reader that keeps an old state in use, such as a check, lets the log grow on; the next attempt is one step later.
  next_restart_ = pages + step_pages_;
  const NoSnapshots none(readers_);
  writer.checkpoint(CheckpointMode::restart);
}

void Checkpointer::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

void Checkpointer::run(const std::stop_token& stop) {
  while (wait_for_step(stop)) {
    take_step();
    {
      const std::lock_guard lock(mutex_);
      step_wanted_ = false;
    }
    changed_.notify_all();
  }
}

bool Checkpointer::wait_for_step(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  return changed_.wait(lock, stop, [this] { return step_wanted_; }) && !stop.stop_requested();
}

void Checkpointer::take_step() {
  try {
    { const NoSnapshots of_before(readers_); }
    connection_.checkpoint(CheckpointMode::passive);
  } catch (const SqliteError& error) {
    if (!may_succeed_later(error)) failed_(error);
  }
}

}  // namespace cardfile::store::sqlite
