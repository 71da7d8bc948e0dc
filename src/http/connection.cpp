#include "http/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace cardfile::http {

namespace {

using std::chrono::milliseconds;
using Status = IoResult::Status;

// A body from this size on is sent from where it is, smaller ones are copied behind their heads.
constexpr std::size_t kCopiedBodyBytesMax = 32 * 1024;
// Requests that hold no more are not counted: connections_max is their bound. An exchange keeps as much from one
// request to the next.
constexpr std::size_t kUncountedBytesMax = 32 * 1024;
// A peer that pipelines without end gives the thread's other connections their turn after so many steps.
constexpr int kStepsInARow = 64;
// How long the peer may take to close its side, so that it reads our last answer before anything is torn down.
constexpr milliseconds kLinger{1'000};
constexpr milliseconds kLingerWhenDraining{250};

}  // namespace

/// Waits until the socket is readable or writable; false when the connection was interrupted instead.
class Connection::Readiness {
 public:
  explicit Readiness(Connection& connection) : connection_(connection) {}

  bool await_ready() const noexcept { return connection_.is_interrupted(); }
  void await_suspend(std::coroutine_handle<> waiter) { connection_.socket_.wait_for(connection_.wait_for_, waiter); }
  bool await_resume() const noexcept { return !connection_.is_interrupted(); }

 private:
  Connection& connection_;
};

/// Sends bytes, mostly without suspending; false when the peer did not take them. They stay the caller's.
class Connection::Sending {
 public:
  Sending(Connection& connection, std::string_view bytes) : connection_(connection), held_(bytes.size()) {
    connection.unsent_ = bytes;
  }

  bool await_ready() {
    if (connection_.unsent_.empty()) return is_sent_ = true;
    const Status status = connection_.write_unsent();
    is_sent_ = status == Status::done;
    return is_sent_ || status == Status::failed;
  }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) {
    is_suspended_ = true;
    rest_ = connection_.send_rest(held_);
    return rest_.operator co_await().await_suspend(waiter);
  }
  bool await_resume() const { return is_suspended_ ? rest_.operator co_await().await_resume() : is_sent_; }

 private:
  Connection& connection_;
  const std::size_t held_;
  base::Task<bool> rest_;
  bool is_suspended_ = false;
  bool is_sent_ = false;
};

Connection::Connection(Loop& loop, PolledSocket socket)
    : loop_(loop), socket_(std::move(socket)), transport_(socket_.descriptor(), loop.service().tls.get()) {
  loop_.add(*this);
  is_over_limit_ = ++loop_.service().connections > loop_.service().limits.connections_max;
}

Connection::~Connection() {
  release_exchange();
  release_unsent();
  if (has_given_up_) loop_.note_end_of_cut_off();
  --loop_.service().connections;
  loop_.remove(*this);
}

base::Detached Connection::serve(std::unique_ptr<Connection> connection) {
  try {
    co_await connection->converse();
  } catch (const std::exception&) {
    // Out of memory, most likely: this connection ends, the others do not.
  }
}

void Connection::check_deadline(Clock::time_point now) {
  if (now >= deadline_) interrupt();
}

void Connection::drain() {
  if (phase_ == Phase::idle && !has_unread_input()) interrupt();
  if (phase_ == Phase::lingering) deadline_ = std::min(deadline_, Clock::now() + kLingerWhenDraining);
}

bool Connection::cut() {
  is_cut_ = true;
  interrupt();
  return phase_ != Phase::idle && phase_ != Phase::lingering;
}

void Connection::interrupt() {
  has_expired_ = true;
  deadline_ = Clock::time_point::max();
  if (const auto waiter = socket_.stop_waiting()) loop_.resume({&waiter, 1});
}

void Connection::give_up_sending() {
  has_given_up_ = true;
  release_unsent();
  interrupt();
}

void Connection::enter(Phase phase) {
  // A phase's time is not prolonged by entering it again.
  if (phase_ == phase && deadline_ != Clock::time_point::max()) return;
  phase_ = phase;
  has_expired_ = false;
  deadline_ = phase == Phase::handling ? Clock::time_point::max() : Clock::now() + patience(phase);
}

void Connection::prolong(std::size_t bytes) {
  if (deadline_ == Clock::time_point::max()) return;
  deadline_ += std::chrono::nanoseconds(std::chrono::seconds(1)) * bytes / Limits::kBytesASecond;
}

Clock::duration Connection::patience(Phase phase) const {
  const Limits& limits = loop_.service().limits;
  switch (phase) {
    case Phase::handshake:
    case Phase::header:
      return limits.header_timeout;
    case Phase::idle:
      return limits.idle_timeout;
    case Phase::body:
      return limits.body_timeout;
    case Phase::writing:
      return limits.write_timeout;
    case Phase::lingering:
      return loop_.is_draining() ? kLingerWhenDraining : kLinger;
    case Phase::handling:
      break;
  }
  return Clock::duration::max();
}

base::Task<void> Connection::converse() {
  if (transport_.is_tls()) {
    const bool agreed = co_await shake_hands();
    if (!agreed) co_return;
  }
  if (is_over_limit_) {
    append_refusal({503, "The server has as many connections as it takes. Try again later."});
  } else {
    const Leave leave = co_await answer_requests();
    if (leave == Leave::at_once) co_return;
  }
  const bool is_sent = co_await Sending(*this, exchange().out);
  if (!is_sent) co_return;
  release_exchange();
  co_await linger();
}

base::Task<bool> Connection::shake_hands() {
  enter(Phase::handshake);
  while (true) {
    const IoResult step = transport_.handshake();
    if (step.status == Status::done) co_return true;
    if (step.status != Status::wait_read && step.status != Status::wait_write) co_return false;
    wait_for_ = step.status == Status::wait_read ? Event::readable : Event::writable;
    const bool is_ready = co_await Readiness(*this);
    if (!is_ready) co_return false;
  }
}

base::Task<Connection::Leave> Connection::answer_requests() {
  using State = Parser::State;
  bool is_admitted = false;
  for (int steps = 1;; ++steps) {
    if (steps % kStepsInARow == 0) co_await base::Turn(loop_);

    const State state = exchange_ ? exchange_->parser.advance() : State::idle;
    const bool waits_for_continue = exchange_ && exchange_->parser.take_continue();
    if (state == State::body) {
      const bool fits = count_held();
      if (!is_admitted && (waits_for_continue || held_ > 0)) {
        const auto refusal = refusal_before_body();
        if (refusal) {
          append_last(*refusal);
          co_return Leave::with_answer;
        }
        is_admitted = true;
      }
      if (!fits) {
        append_refusal({503, "The server holds as many large requests as it takes. Try again in a moment."});
        co_return Leave::with_answer;
      }
    }
    if (waits_for_continue) exchange_->out += "HTTP/1.1 100 Continue\r\n\r\n";
    if (state == State::refused) {
      append_refusal(exchange_->parser.refusal());
      co_return Leave::with_answer;
    }
    if (state == State::complete) {
      // No further answer is made before what was cut off for others is gone.
      while (loop_.has_cut_off_for_others()) co_await base::Turn(loop_);
      enter(Phase::handling);
      Response response;
      bool has_failed = false;
      try {
        response = co_await loop_.service().handler(exchange_->parser.request(), loop_);
      } catch (...) {
        has_failed = true;
      }
      if (is_cut_) co_return Leave::at_once;
      if (has_failed) {
        append_refusal({500, "The server failed to answer this request."});
        co_return Leave::with_answer;
      }
      const AnswerForm form = answer_form();
      // A large request is not held while its answer is sent.
      exchange_->parser.next();
      is_admitted = false;
      count_held();
      append_head(exchange_->out, response, form);
      if (body_follows(response, form)) {
        if (response.body.size() <= kCopiedBodyBytesMax) {
          exchange_->out += response.body;
        } else {
          const bool head_is_sent = co_await Sending(*this, exchange_->out);
          if (!head_is_sent) co_return Leave::at_once;
          exchange_->out.clear();
          const bool body_is_sent = co_await Sending(*this, response.body);
          if (!body_is_sent) co_return Leave::at_once;
        }
      }
      if (form.close) co_return Leave::with_answer;
    }

    if (exchange_) {
      const bool is_sent = co_await Sending(*this, exchange_->out);
      if (!is_sent) co_return Leave::at_once;
      exchange_->out.clear();
    }
    if (state == State::complete) continue;
    if (state == State::idle) {
      release_exchange();
      if (loop_.is_draining() && !has_unread_input()) co_return Leave::at_once;
    }
    enter(state == State::idle ? Phase::idle : state == State::header ? Phase::header : Phase::body);
    if (!may_have_more_) {
      const bool is_ready = co_await Readiness(*this);
      if (!is_ready && (is_cut_ || state == State::idle)) co_return Leave::at_once;
      if (!is_ready) {
        append_refusal({408, "The request did not arrive in time."});
        co_return Leave::with_answer;
      }
    }
    const Received received = receive();
    if (received == Received::failure) co_return Leave::at_once;
    if (received == Received::end) {
      if (state == State::idle) co_return Leave::at_once;
      append_refusal({400, "The request ended before it was complete."});
      co_return Leave::with_answer;
    }
  }
}

Connection::Received Connection::receive() {
  const auto room = exchange().parser.space();
  const IoResult result = transport_.read(room);
  // A read that fills the room, or one record of several, has probably left something behind.
  may_have_more_ = result.status == Status::done && (result.bytes == room.size() || transport_.has_pending());
  wait_for_ = result.status == Status::wait_write ? Event::writable : Event::readable;
  switch (result.status) {
    case Status::done:
      exchange_->parser.received(result.bytes);
      if (phase_ == Phase::body) prolong(result.bytes);
      return Received::something;
    case Status::wait_read:
    case Status::wait_write:
      return Received::nothing;
    case Status::ended:
      return Received::end;
    case Status::failed:
      break;
  }
  return Received::failure;
}

IoResult::Status Connection::write_unsent() {
  while (!unsent_.empty()) {
    const IoResult result = transport_.write(unsent_);
    if (result.status != Status::done) return result.status;
    unsent_.remove_prefix(result.bytes);
  }
  return Status::done;
}

base::Task<bool> Connection::send_rest(std::size_t held) {
  enter(Phase::writing);
  hold_unsent(held);
  Status status = Status::wait_write;
  while (true) {
    const std::size_t unsent = unsent_.size();
    status = write_unsent();
    prolong(unsent - unsent_.size());
    if (status != Status::wait_read && status != Status::wait_write) break;
    wait_for_ = status == Status::wait_read ? Event::readable : Event::writable;
    const bool is_ready = co_await Readiness(*this);
    if (is_ready) continue;
    reset_on_close();
    break;
  }
  release_unsent();
  wait_for_ = Event::readable;
  co_return status == Status::done;
}

/// Closing a socket with unread input resets the connection, and a reset may overtake the answer: so the input is read
/// to its end, for a while.
base::Task<void> Connection::linger() {
  transport_.end_output();
  enter(Phase::lingering);
  wait_for_ = Event::readable;
  while (true) {
    const bool is_ready = co_await Readiness(*this);
    if (!is_ready) co_return;
    const IoResult result = transport_.read(loop_.scratch());
    if (result.status != Status::done && result.status != Status::wait_read) co_return;
  }
}

Exchange& Connection::exchange() {
  if (!exchange_) exchange_ = loop_.take_exchange();
  return *exchange_;
}

void Connection::release_exchange() {
  if (exchange_) loop_.give_back(std::move(exchange_));
  count_held();
}

std::optional<Response> Connection::refusal_before_body() const {
  const Admission& admission = loop_.service().admission;
  return admission ? admission(exchange_->parser.request()) : std::nullopt;
}

bool Connection::count_held() {
  const std::size_t bytes = exchange_ ? exchange_->parser.bytes_held() : 0;
  const std::size_t counted = bytes > kUncountedBytesMax ? bytes : 0;
  if (counted == held_) return true;
  auto& total = loop_.service().held_bytes;
  const std::size_t before = total.fetch_add(counted - held_);  // Wraps around where it becomes less.
  const bool fits = counted < held_ || before + (counted - held_) <= loop_.service().limits.held_bytes_max;
  held_ = counted;
  return fits;
}

void Connection::hold_unsent(std::size_t bytes) {
  unsent_held_ = bytes + (exchange_ ? exchange_->parser.bytes_held() : 0);
  loop_.hold_unsent(*this, unsent_held_);
}

void Connection::release_unsent() { loop_.release_unsent(std::exchange(unsent_held_, 0)); }

/// So that the kernel does not keep what it has of an answer for a peer that does not take it.
void Connection::reset_on_close() {
  const struct ::linger at_once { .l_onoff = 1, .l_linger = 0 };
  ::setsockopt(socket_.descriptor(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

AnswerForm Connection::answer_form() const {
  const Parser& parser = exchange_->parser;
  return {.head = parser.request().method == "HEAD",
          .close = loop_.is_draining() || !parser.keep_alive(),
          .http_11 = parser.is_http_11(),
          .date_header = loop_.date_header()};
}

void Connection::append_refusal(const ProtocolError& error) {
  Response page;
  try {
    page = loop_.service().error_page(error);
  } catch (...) {
    page = {.status = error.status, .body = {}, .content_type = "text/plain", .headers = {}};
  }
  append_last(page);
}

void Connection::append_last(const Response& response) {
  const AnswerForm form{
      .head = exchange().parser.request().method == "HEAD", .close = true, .date_header = loop_.date_header()};
  append_head(exchange_->out, response, form);
  if (body_follows(response, form)) exchange_->out += response.body;
}

bool Connection::has_unread_input() {
  char byte = 0;
  return ::recv(socket_.descriptor(), &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT) > 0;
}

}  // namespace cardfile::http
