#pragma once
// Gate: where handlers wait until a test lets them go on.

#include <condition_variable>
#include <coroutine>
#include <mutex>
#include <thread>
#include <vector>

#include "http/peer.h"

namespace cardfile::http {

/// Where handlers wait, as they do for a store, until the test lets them go on: from a thread of its own.
class Gate {
 public:
  struct Entry {
    Gate& gate;
    base::Executor& executor;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> waiter) const {
      const std::lock_guard lock(gate.mutex_);
      gate.waiters_.push_back({&executor, waiter});
      gate.arrived_.notify_all();
    }
    void await_resume() const {}
  };

  Entry enter(base::Executor& executor) { return {*this, executor}; }

  void wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [&] { return waiters_.size() >= count; });
  }

  void open() {
    std::jthread([this] {
      std::vector<Waiter> waiters;
      {
        const std::lock_guard lock(mutex_);
        waiters.swap(waiters_);
      }
      for (const Waiter& waiter : waiters) {
        const std::coroutine_handle<> handles[] = {waiter.handle};
        waiter.executor->resume(handles);
      }
    }).join();
  }

 private:
  struct Waiter {
    base::Executor* executor;
    std::coroutine_handle<> handle;
  };
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Waiter> waiters_;
};

inline constexpr std::string_view kWait = "GET /wait HTTP/1.1\r\nHost: t\r\n\r\n";

/// Waits at the gate when the path is /wait; tells what it was asked.
inline Answerer behind(Gate& gate) {
  return [&gate](const Request& request, base::Executor& executor) -> base::Task<Response> {
    if (request.path == "/wait") co_await gate.enter(executor);
    co_return Response{.body = describe(request)};
  };
}

}  // namespace cardfile::http
