#pragma once
// Connection: one peer, its requests one after another, and how long each step may take.

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "base/task.h"
#include "http/answer.h"
#include "http/loop.h"
#include "http/poller.h"
#include "http/transport.h"

namespace cardfile::http {

/// Belongs to one loop and is touched by its thread only.
class Connection {
 public:
  Connection(Loop& loop, PolledSocket socket);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Answers the peer's requests until one of the sides ends it.
  static base::Detached serve(std::unique_ptr<Connection> connection);

  // For the loop.
  void check_deadline(Clock::time_point now);

  /// Ends the connection now if it is idle; otherwise the answer under way is its last.
  void drain();

  /// Breaks the connection off, whatever it does; while its handler works it ends when that has returned. True when a
  /// peer loses something by it.
  bool cut();

  /// Cuts the peer off that does not take its answer.
  void give_up_sending();
  /// How much an answer holds that the peer has not taken at once; 0 when there is none.
  std::size_t unsent_held() const { return unsent_held_; }
  Clock::time_point deadline() const { return deadline_; }

  std::size_t place() const { return place_; }
  void set_place(std::size_t place) { place_ = place; }

 private:
  enum class Phase { handshake, idle, header, body, handling, writing, lingering };
  enum class Received { something, nothing, end, failure };
  enum class Leave { at_once, with_answer };
  class Readiness;
  class Sending;

  void enter(Phase phase);
  /// So many bytes have gone through in the phase.
  void prolong(std::size_t bytes);
  Clock::duration patience(Phase phase) const;
  bool is_interrupted() const { return has_expired_ || is_cut_; }
  void interrupt();

  base::Task<void> converse();
  base::Task<bool> shake_hands();
  base::Task<Leave> answer_requests();
  base::Task<void> linger();

  Received receive();
  IoResult::Status write_unsent();
  base::Task<bool> send_rest(std::size_t held);

  Exchange& exchange();
  void release_exchange();
  AnswerForm answer_form() const;
  void append_refusal(const ProtocolError& error);
  void append_last(const Response& response);
  std::optional<Response> refusal_before_body() const;
  /// Counts anew what the request holds, if it is large; false when that is more than is left for large ones.
  bool count_held();
  void hold_unsent(std::size_t bytes);
  void release_unsent();
  void reset_on_close();
  bool has_unread_input();

  Loop& loop_;
  PolledSocket socket_;
  Transport transport_;
  std::unique_ptr<Exchange> exchange_;  // Null while idle.
  std::string_view unsent_;
  std::size_t place_ = 0;  // In the loop's list.
  std::size_t held_ = 0;   // What is counted of this request among those of all.
  std::size_t unsent_held_ = 0;
  Clock::time_point deadline_ = Clock::time_point::max();
  Phase phase_ = Phase::idle;
  Event wait_for_ = Event::readable;
  bool is_over_limit_ = false;
  bool may_have_more_ = false;  // Input that the socket will not announce, or that need not be waited for.
  bool has_expired_ = false;
  bool is_cut_ = false;
  bool has_given_up_ = false;
};

}  // namespace cardfile::http
