#pragma once
// Worker: a few threads for what would hold up an event loop.

#include <condition_variable>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/executor.h"

namespace cardfile::base {

struct WorkerLimits {
  std::size_t threads = 2;
  std::size_t queue_max = 64;  // Calls that may wait for a thread; the next is refused.
  std::size_t owner_max = 16;  // Calls of one owner that may wait or run; so nobody takes all there is.
};

/// Runs functions one after the other on each of its threads, in the order in which they came. Safe to use from any
/// thread.
class Worker {
 public:
  template <class Function>
  class Run;

  explicit Worker(WorkerLimits limits);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  /// Refuses what waits, and ends the threads when they have done what they are at.
  ~Worker();

  /// Refuses what waits and what comes from now on: whoever waits goes on without a result.
  void refuse_waiting();

  /// co_await worker.run(owner, executor, function): what `function` gives or throws, and the coroutine goes on at
  /// `executor`; none at once when too many wait, of all or of this owner's. Both are to live until then; `function` is
  /// a named local, moved in.
  template <class Function>
  Run<Function> run(std::int64_t owner, Executor& executor, Function function) {
    return {*this, owner, executor, std::move(function)};
  }

 private:
  /// A call, and who waits for it.
  class Job {
   public:
    Job(std::int64_t owner, Executor& executor) : owner_(owner), executor_(executor) {}
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;

    void wait(std::coroutine_handle<> waiter) { waiter_ = waiter; }
    std::int64_t owner() const { return owner_; }
    virtual void run() noexcept = 0;
    /// The job lives in the waiter's frame, which may be gone as soon as it is resumed.
    void resume_waiter() {
      const std::coroutine_handle<> waiter = waiter_;
      executor_.resume({&waiter, 1});
    }

   protected:
    ~Job() = default;

   private:
    const std::int64_t owner_;
    Executor& executor_;
    std::coroutine_handle<> waiter_;
  };

  /// False when too many wait.
  bool submit(Job& job);
  void work(const std::stop_token& stop);
  /// Null when the thread is to end.
  Job* next(const std::stop_token& stop);

  /// The job has been run, and its owner may send another.
  void release(const Job& job);

  const std::size_t queue_max_;
  const std::size_t owner_max_;

  std::mutex mutex_;
  std::condition_variable_any arrived_;
  // Guarded by mutex_.
  std::deque<Job*> queue_;
  std::map<std::int64_t, std::size_t> jobs_of_;  // Those that wait and those that run, by owner.
  bool ending_ = false;

  std::vector<std::jthread> threads_;  // Last, so that they end first; each is asked to stop, and joined.
};

template <class Function>
class Worker::Run final : private Worker::Job {
 public:
  using Result = std::invoke_result_t<Function&>;

  Run(Worker& worker, std::int64_t owner, Executor& executor, Function function)
      : Job(owner, executor), worker_(worker), function_(std::move(function)) {}

  bool await_ready() const noexcept { return false; }
  /// Once the job is submitted this object may be gone at any time.
  bool await_suspend(std::coroutine_handle<> waiter) {
    wait(waiter);
    return worker_.submit(*this);
  }
  std::optional<Result> await_resume() {
    if (auto* failure = std::get_if<std::exception_ptr>(&result_)) std::rethrow_exception(std::move(*failure));
    if (auto* value = std::get_if<Result>(&result_)) return std::move(*value);
    return std::nullopt;
  }

 private:
  void run() noexcept override {
    try {
      result_.template emplace<Result>(function_());
    } catch (...) {
      result_ = std::current_exception();
    }
  }

  Worker& worker_;
  Function function_;
  std::variant<std::monostate, Result, std::exception_ptr> result_;
};

}  // namespace cardfile::base
