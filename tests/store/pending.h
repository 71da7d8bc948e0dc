#pragma once
// Pending: a command that was submitted and is waited for later.

#include <condition_variable>
#include <mutex>
#include <vector>

#include "base/executor.h"
#include "core/command.h"
#include "store/store.h"

namespace cardfile::test {

/// Counts who was resumed, and in how many calls; resumes nobody.
class CountingExecutor final : public base::Executor {
 public:
  void resume(std::span<const std::coroutine_handle<>> waiters) override;
  /// Blocks until so many waiters were resumed.
  void wait_for(std::size_t waiters);
  std::size_t calls() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  std::size_t waiters_ = 0;
  std::size_t calls_ = 0;
};

/// One command on its way.
class Pending {
 public:
  Pending(store::Store& store, base::Executor& executor, core::Command command);
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;

  /// To be read once the executor was told.
  const store::Work& work() const { return work_; }

 private:
  store::Work work_;
  store::Submission submission_;
};

}  // namespace cardfile::test
