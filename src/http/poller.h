#pragma once
// Poller: one thread's wait for many sockets at once (epoll).

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <utility>

namespace cardfile::http {

enum class Event { readable, writable };

/// Belongs to one thread; only wake() may be called from others.
class Poller {
 public:
  /// Throws std::system_error when the system has no descriptor left.
  Poller();
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  /// Waits until sockets are ready, at most for `patience`, and resumes who waits for them. A coroutine that is resumed
  /// here destroys no socket but its own.
  void wait(std::chrono::milliseconds patience);

  /// Ends the wait that is under way, or the next one.
  void wake();

 private:
  friend class PolledSocket;

  const int epoll_;
  const int waker_;
};

/// A socket that one coroutine at a time may wait for. It is closed in the end.
///
/// The poller goes on watching for what was waited for last, so that waiting for the same again costs no system call.
/// What it finds while nobody waits is not lost: the next wait finds it again.
class PolledSocket {
 public:
  /// The socket is its own from here on; the poller is lent.
  PolledSocket(Poller& poller, int descriptor) : poller_(&poller), descriptor_(descriptor) {}
  /// The other one has not been watched yet.
  PolledSocket(PolledSocket&& other) noexcept;
  ~PolledSocket();
  PolledSocket& operator=(PolledSocket&&) = delete;

  int descriptor() const { return descriptor_; }

  /// Makes the poller watch it; the first wait does so too. Throws std::system_error when the system cannot. Afterwards
  /// no wait fails.
  void watch();

  /// `waiter` is resumed by the poller once the socket is ready; a broken one is ready for everything.
  void wait_for(Event event, std::coroutine_handle<> waiter);

  /// Who waited is the caller's to resume; null when nobody did.
  std::coroutine_handle<> stop_waiting() { return std::exchange(waiter_, {}); }

 private:
  friend class Poller;

  void be_ready();
  void watch_for(std::uint32_t events);

  Poller* poller_;
  int descriptor_;
  std::uint32_t watched_ = 0;  // As epoll has it; 0: epoll does not know the socket yet.
  std::coroutine_handle<> waiter_;
};

}  // namespace cardfile::http
