#pragma once
// Executor: where a coroutine that waited for another thread goes on.

#include <coroutine>
#include <span>

namespace cardfile::base {

class Executor {
 public:
  Executor() = default;
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  virtual ~Executor() = default;

  /// Resumes each of `waiters`, in order, on the executor's own thread. May be called from any thread; many waiters in
  /// one call cost one wake-up. The handles are copied before the call returns.
  virtual void resume(std::span<const std::coroutine_handle<>> waiters) = 0;
};

/// co_await Turn(executor) goes on in the executor's next turn, on its thread: its other work goes first.
class Turn {
 public:
  explicit Turn(Executor& executor) : executor_(executor) {}

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) const { executor_.resume({&waiter, 1}); }
  void await_resume() const noexcept {}

 private:
  Executor& executor_;
};

}  // namespace cardfile::base
