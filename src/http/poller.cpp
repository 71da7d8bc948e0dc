#include "http/poller.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <system_error>

namespace cardfile::http {

namespace {

// After so many sockets the thread's other work has its turn.
constexpr int kEventsInARow = 128;

// Epoll always tells that a connection has broken. Edge-triggered, it tells so once.
constexpr std::uint32_t kNothing = EPOLLET;

[[noreturn]] void fail(int error) { throw std::system_error(error, std::generic_category(), "epoll"); }

}  // namespace

Poller::Poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)), waker_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  // Edge-triggered, each write ends one wait, and nobody needs to read it.
  epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.ptr = nullptr}};
  if (epoll_ >= 0 && waker_ >= 0 && ::epoll_ctl(epoll_, EPOLL_CTL_ADD, waker_, &event) == 0) return;
  const int error = errno;
  ::close(waker_);
  ::close(epoll_);
  fail(error);
}

Poller::~Poller() {
  ::close(waker_);
  ::close(epoll_);
}

void Poller::wait(std::chrono::milliseconds patience) {
  std::array<epoll_event, kEventsInARow> events;
  const int count = ::epoll_wait(epoll_, events.data(), kEventsInARow, static_cast<int>(patience.count()));
  // A signal may have ended it: then there are none.
  for (int i = 0; i < count; ++i) {
    if (auto* const socket = static_cast<PolledSocket*>(events[static_cast<std::size_t>(i)].data.ptr)) {
      socket->be_ready();
    }
  }
}

void Poller::wake() { ::eventfd_write(waker_, 1); }

PolledSocket::PolledSocket(PolledSocket&& other) noexcept
    : poller_(other.poller_), descriptor_(std::exchange(other.descriptor_, -1)) {
  assert(other.watched_ == 0 && !other.waiter_);
}

PolledSocket::~PolledSocket() {
  if (descriptor_ < 0) return;
  // Closing would do, were there not the copies of it that a forked process may have.
  if (watched_ != 0) ::epoll_ctl(poller_->epoll_, EPOLL_CTL_DEL, descriptor_, nullptr);
  ::close(descriptor_);
}

void PolledSocket::watch() {
  if (watched_ == 0) watch_for(kNothing);
}

void PolledSocket::wait_for(Event event, std::coroutine_handle<> waiter) {
  assert(!waiter_);
  watch_for(event == Event::readable ? EPOLLIN : EPOLLOUT);
  waiter_ = waiter;
}

void PolledSocket::be_ready() {
  if (const auto waiter = stop_waiting()) {
    waiter.resume();  // Which may be this socket's end.
  } else {
    // It would be found again and again until somebody waits.
    watch_for(kNothing);
  }
}

void PolledSocket::watch_for(std::uint32_t events) {
  if (events == watched_) return;
  const int operation = watched_ == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  epoll_event event{.events = events, .data = {.ptr = this}};
  if (::epoll_ctl(poller_->epoll_, operation, descriptor_, &event) != 0) fail(errno);
  watched_ = events;
}

}  // namespace cardfile::http
