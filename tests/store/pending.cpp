#include "store/pending.h"

#include <utility>

namespace cardfile::test {

void CountingExecutor::resume(std::span<const std::coroutine_handle<>> waiters) {
  const std::lock_guard lock(mutex_);
  waiters_ += waiters.size();
  ++calls_;
  changed_.notify_all();
}

void CountingExecutor::wait_for(std::size_t waiters) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return waiters_ >= waiters; });
}

std::size_t CountingExecutor::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

Pending::Pending(store::Store& store, base::Executor& executor, core::Command command)
    : work_{std::move(command), {}}, submission_{{&work_, 1}, &executor, std::noop_coroutine()} {
  store.submit(submission_);
}

}  // namespace cardfile::test
