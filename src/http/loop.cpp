#include "http/loop.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <thread>
#include <utility>

#include "http/answer.h"
#include "http/connection.h"
#include "http/waiting.h"

namespace cardfile::http {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;
// What the kernel has taken of an answer is in nobody's phase: it ends the connection when the peer takes none of it
// for so many milliseconds.
using UserTimeout = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_USER_TIMEOUT>;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

constexpr int kThreadsHint = 1;  // Lets Asio skip waking other threads; posting from them stays safe.
constexpr int kAcceptsInARow = 64;
constexpr std::size_t kSpareExchangesMax = 256;
constexpr std::size_t kScratchBytes = 16 * 1024;
constexpr milliseconds kSweepIntervalMax{250};
constexpr milliseconds kSweepIntervalMin{5};
// How long the loop lets waiting connections wait when the process has no file descriptor left for them.
constexpr milliseconds kAcceptPause{100};

/// Deadlines are met within an eighth of the shortest limit, or within a quarter of a second.
Clock::duration sweep_interval_of(const Limits& limits) {
  const auto shortest =
      std::min({limits.header_timeout, limits.body_timeout, limits.write_timeout, limits.idle_timeout});
  return std::clamp(shortest / 8, kSweepIntervalMin, kSweepIntervalMax);
}

}  // namespace

Loop::Loop(Service& service, const tcp::endpoint& endpoint)
    : service_(service),
      context_(kThreadsHint),
      work_(context_.get_executor()),
      protocol_(endpoint.protocol()),
      acceptor_(context_),
      sweep_timer_(context_),
      accept_timer_(context_),
      sweep_interval_(sweep_interval_of(service.limits)),
      scratch_(kScratchBytes) {
  acceptor_.open(protocol_);
  acceptor_.set_option(tcp::acceptor::reuse_address(true));
  acceptor_.set_option(ReusePort(true));
  // Linux hands these on to the accepted sockets, which saves calls for each of them.
  acceptor_.set_option(tcp::no_delay(true));
  acceptor_.set_option(UserTimeout(static_cast<int>(service.limits.write_timeout.count())));
  acceptor_.bind(endpoint);
  acceptor_.listen();
  acceptor_.non_blocking(true);
  port_ = acceptor_.local_endpoint().port();
}

Loop::~Loop() {
  // The last handler may have returned before the thread that resumed it left resume().
  while (posting_.load() > 0) std::this_thread::yield();
}

void Loop::run() {
  refresh_date();
  schedule_sweep();
  accept_connections();
  context_.run();
}

void Loop::resume(std::span<const std::coroutine_handle<>> waiters) {
  ++posting_;
  if (waiters.size() == 1) {
    asio::post(context_, [waiter = waiters.front()] { waiter.resume(); });
  } else if (!waiters.empty()) {
    asio::post(context_, [copy = std::vector<std::coroutine_handle<>>(waiters.begin(), waiters.end())] {
      for (const auto waiter : copy) waiter.resume();
    });
  }
  --posting_;
}

void Loop::begin_drain() {
  asio::post(context_, [this] {
    is_draining_ = true;
    // Who is in the listening queue already is taken rather than reset.
    accept_pending();
    acceptor_.close();
    accept_timer_.cancel();
    for (Connection* connection : connections_) connection->drain();
    finish_when_drained();
  });
}

void Loop::cut_off() {
  asio::post(context_, [this] {
    for (Connection* connection : connections_) has_cut_ |= connection->cut();
  });
}

std::unique_ptr<Exchange> Loop::take_exchange() {
  if (spare_exchanges_.empty()) return std::make_unique<Exchange>(service_.limits);
  auto exchange = std::move(spare_exchanges_.back());
  spare_exchanges_.pop_back();
  return exchange;
}

void Loop::give_back(std::unique_ptr<Exchange> exchange) {
  if (spare_exchanges_.size() >= kSpareExchangesMax) return;
  exchange->parser.reset();
  exchange->out.clear();
  spare_exchanges_.push_back(std::move(exchange));
}

void Loop::add(Connection& connection) {
  connection.set_place(connections_.size());
  connections_.push_back(&connection);
}

void Loop::remove(Connection& connection) {
  Connection* const last = connections_.back();
  last->set_place(connection.place());
  connections_[connection.place()] = last;
  connections_.pop_back();
  finish_when_drained();
}

void Loop::hold_unsent(const Connection& connection, std::size_t bytes) {
  unsent_bytes_ += bytes;
  while (unsent_bytes_ > service_.unsent_bytes_max) {
    Connection* const slowest = slowest_reader_but(connection);
    if (slowest == nullptr) return;  // It is as large as that by itself.
    slowest->give_up_sending();
    ++cut_off_for_others_;
  }
}

Connection* Loop::slowest_reader_but(const Connection& connection) const {
  Connection* slowest = nullptr;
  for (Connection* other : connections_) {
    if (other == &connection || other->unsent_held() == 0) continue;
    if (slowest == nullptr || other->deadline() < slowest->deadline()) slowest = other;
  }
  return slowest;
}

base::Detached Loop::accept_connections() {
  while (true) {
    const error_code cancelled =
        co_await Waiting([this](auto done) { acceptor_.async_wait(Acceptor::wait_read, std::move(done)); });
    if (cancelled || is_draining_) co_return;
    if (accept_pending() == Accepting::goes_on) continue;
    accept_timer_.expires_after(kAcceptPause);
    co_await Waiting([this](auto done) { accept_timer_.async_wait(std::move(done)); });
    if (is_draining_) co_return;
  }
}

Loop::Accepting Loop::accept_pending() {
  for (int i = 0; i < kAcceptsInARow; ++i) {
    const int socket = ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket >= 0) {
      begin_connection(socket);
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) break;
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) return Accepting::lacks_resources;
    // Anything else is about the one connection that is gone: the next may be well.
  }
  return Accepting::goes_on;
}

void Loop::begin_connection(int socket) {
  Socket owner(context_);
  error_code error;
  owner.assign(protocol_, socket, error);
  if (error) {
    ::close(socket);
    return;
  }
  try {
    Connection::serve(std::make_unique<Connection>(*this, std::move(owner)));
  } catch (const std::bad_alloc&) {
    // The peer sees its connection closed; those that have one keep it.
  }
}

void Loop::schedule_sweep() {
  sweep_timer_.expires_after(sweep_interval_);
  sweep_timer_.async_wait([this](const error_code& error) {
    // A sweep that was due when the timer was cancelled still runs; it must not keep the loop going.
    if (error || is_finished_) return;
    sweep();
    schedule_sweep();
  });
}

void Loop::sweep() {
  refresh_date();
  const auto now = Clock::now();
  for (Connection* connection : connections_) connection->check_deadline(now);
}

void Loop::refresh_date() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  if (now == date_) return;
  date_ = now;
  date_header_ = http::date_header(now);
}

void Loop::finish_when_drained() {
  if (!is_draining_ || acceptor_.is_open() || !connections_.empty()) return;
  is_finished_ = true;
  work_.reset();
  sweep_timer_.cancel();
}

}  // namespace cardfile::http
