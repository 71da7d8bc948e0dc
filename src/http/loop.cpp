#include "http/loop.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <thread>
#include <utility>

#include "http/answer.h"
#include "http/connection.h"

namespace cardfile::http {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::milliseconds;
// What the kernel has taken of an answer is in nobody's phase: it ends the connection when the peer takes none of it
// for so many milliseconds.
using UserTimeout = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_USER_TIMEOUT>;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

constexpr int kListeningQueueMax = asio::socket_base::max_listen_connections;
constexpr int kAcceptsInARow = 64;
constexpr std::size_t kConnectionsMin = 64;  // For which there is room from the first one on.
constexpr std::size_t kOrdersMax = 2;        // To drain and to cut off.
constexpr std::size_t kSpareExchangesMax = 256;
constexpr std::size_t kScratchBytes = 16 * 1024;
constexpr milliseconds kSweepIntervalMax{250};
constexpr milliseconds kSweepIntervalMin{5};

/// Deadlines are met within an eighth of the shortest limit, or within a quarter of a second.
Clock::duration sweep_interval_of(const Limits& limits) {
  const auto shortest =
      std::min({limits.header_timeout, limits.body_timeout, limits.write_timeout, limits.idle_timeout});
  return std::clamp(shortest / 8, kSweepIntervalMin, kSweepIntervalMax);
}

tcp::acceptor listen_on(asio::io_context& context, const tcp::endpoint& endpoint, const Limits& limits) {
  tcp::acceptor acceptor(context);
  acceptor.open(endpoint.protocol());
  acceptor.set_option(tcp::acceptor::reuse_address(true));
  acceptor.set_option(ReusePort(true));
  // Linux hands these on to the accepted sockets, which saves calls for each of them.
  acceptor.set_option(tcp::no_delay(true));
  acceptor.set_option(UserTimeout(static_cast<int>(limits.write_timeout.count())));
  acceptor.bind(endpoint);
  acceptor.listen(kListeningQueueMax);
  acceptor.non_blocking(true);
  return acceptor;
}

/// Waits until the listening socket has somebody.
struct Arrival {
  PolledSocket& listener;

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) const { listener.wait_for(Event::readable, waiter); }
  void await_resume() const noexcept {}
};

/// Waits to be found in `place`.
struct Pause {
  std::coroutine_handle<>& place;

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) const noexcept { place = waiter; }
  void await_resume() const noexcept {}
};

}  // namespace

Loop::Loop(Service& service, const tcp::endpoint& endpoint)
    : service_(service), sweep_interval_(sweep_interval_of(service.limits)), scratch_(kScratchBytes) {
  asio::io_context context;  // Asio opens the socket and has nothing to do with it afterwards.
  tcp::acceptor acceptor = listen_on(context, endpoint, service.limits);
  port_ = acceptor.local_endpoint().port();
  listener_.emplace(poller_, acceptor.release());
  listener_->watch();
}

Loop::~Loop() {
  // The last handler may have returned before the thread that resumed it left resume().
  while (posting_.load() > 0) std::this_thread::yield();
  // To cut off those who had ended already.
  for (const auto order : posted_) order.destroy();
}

void Loop::run() {
  refresh_date();
  next_sweep_ = Clock::now() + sweep_interval_;
  accept_connections();
  while (!is_finished_) {
    poller_.wait(time_to_sleep());
    resume_posted();
    sweep_when_due();
  }
}

milliseconds Loop::time_to_sleep() {
  const std::lock_guard lock(mutex_);
  is_asleep_ = posted_.empty();
  if (!is_asleep_) return milliseconds::zero();
  return std::max(std::chrono::ceil<milliseconds>(next_sweep_ - Clock::now()), milliseconds::zero());
}

/// Who is posted meanwhile is resumed in the next turn.
void Loop::resume_posted() {
  {
    const std::lock_guard lock(mutex_);
    is_asleep_ = false;
    resuming_.swap(posted_);
  }
  // By index: who is resumed may add a connection, and so make room.
  for (std::size_t i = 0; i < resuming_.size(); ++i) resuming_[i].resume();
  resuming_.clear();
}

void Loop::resume(std::span<const std::coroutine_handle<>> waiters) {
  ++posting_;
  bool wakes_up = false;
  {
    const std::lock_guard lock(mutex_);
    posted_.insert(posted_.end(), waiters.begin(), waiters.end());
    wakes_up = std::exchange(is_asleep_, false);
  }
  if (wakes_up) poller_.wake();
  --posting_;
}

base::Detached Loop::begin_drain() {
  co_await base::Turn(*this);
  is_draining_ = true;
  // Who is in the listening queue already is taken rather than reset, but no more than it holds: others keep coming.
  accept_pending(kListeningQueueMax);
  // A sweep must not find the one that ends here.
  const auto paused = std::exchange(paused_acceptor_, {});
  const auto acceptor = paused ? paused : listener_->stop_waiting();
  acceptor.resume();
  listener_.reset();
  for (Connection* connection : connections_) connection->drain();
  finish_when_drained();
}

base::Detached Loop::cut_off() {
  co_await base::Turn(*this);
  for (Connection* connection : connections_) has_cut_ |= connection->cut();
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
  make_room_for_another();
  connection.set_place(connections_.size());
  connections_.push_back(&connection);
}

/// A connection is posted once at a time. With a place for each, resuming one takes no memory, so none is left waiting
/// for the lack of it.
void Loop::make_room_for_another() {
  if (connections_.size() < connections_.capacity()) return;
  const std::size_t room = std::max(kConnectionsMin, 2 * connections_.size());
  resuming_.reserve(room + kOrdersMax);
  {
    const std::lock_guard lock(mutex_);
    posted_.reserve(room + kOrdersMax);
  }
  connections_.reserve(room);
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
    co_await Arrival{*listener_};
    if (is_draining_) co_return;
    if (accept_pending(kAcceptsInARow) == Accepting::goes_on) continue;
    co_await Pause{paused_acceptor_};
    if (is_draining_) co_return;
  }
}

Loop::Accepting Loop::accept_pending(int at_most) {
  for (int i = 0; i < at_most; ++i) {
    const int socket = ::accept4(listener_->descriptor(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
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

void Loop::begin_connection(int descriptor) {
  PolledSocket socket(poller_, descriptor);
  try {
    Connection::serve(std::make_unique<Connection>(*this, std::move(socket)));
  } catch (const std::bad_alloc&) {
    // The peer sees its connection closed; those that have one keep it.
  }
}

void Loop::sweep_when_due() {
  const auto now = Clock::now();
  if (now < next_sweep_) return;
  next_sweep_ = now + sweep_interval_;
  refresh_date();
  for (Connection* connection : connections_) connection->check_deadline(now);
  if (const auto acceptor = std::exchange(paused_acceptor_, {})) acceptor.resume();
}

void Loop::refresh_date() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  if (now == date_) return;
  date_ = now;
  date_header_ = http::date_header(now);
}

void Loop::finish_when_drained() { is_finished_ = is_draining_ && !listener_ && connections_.empty(); }

}  // namespace cardfile::http
