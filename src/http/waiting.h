#pragma once
// Waiting: co_await for an operation of Asio.

#include <boost/system/error_code.hpp>
#include <coroutine>
#include <utility>

namespace cardfile::http {

/// co_await Waiting([&](auto done) { timer.async_wait(std::move(done)); }) gives the operation's error code. What else
/// the operation tells stays with it. The operation is begun when it is awaited, and whoever may end the coroutine's
/// wait cancels the operation: the coroutine is resumed by it, on its thread, and by nothing else.
template <class Operation>
class Waiting {
 public:
  explicit Waiting(Operation operation) : operation_(std::move(operation)) {}

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    operation_([this, waiter](const boost::system::error_code& error, const auto&...) {
      error_ = error;
      waiter.resume();
    });
  }
  boost::system::error_code await_resume() const noexcept { return error_; }

 private:
  Operation operation_;
  boost::system::error_code error_;
};

}  // namespace cardfile::http
