#pragma once
// Loop: one thread's event loop with its own listening socket and its connections.

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/executor.h"
#include "base/task.h"
#include "http/parser.h"
#include "http/poller.h"
#include "http/server.h"
#include "http/transport.h"

namespace cardfile::http {

using Clock = std::chrono::steady_clock;

/// What all loops of a server share.
struct Service {
  const Handler handler;
  const ErrorPage error_page;
  const Admission admission;
  const Limits limits;
  const std::size_t unsent_bytes_max;           // Of one loop.
  const std::unique_ptr<const TlsContext> tls;  // Null: plain HTTP.
  std::atomic<std::size_t> connections = 0;
  std::atomic<std::size_t> held_bytes = 0;  // By large requests.
};

/// What a connection needs while a request is on its way. Connections that wait hold none, so there are about as many
/// as requests at the same time, and they are warm in the cache.
struct Exchange {
  explicit Exchange(const Limits& limits) : parser(limits) {}

  Parser parser;
  std::string out;  // Answers not sent yet.
};

class Connection;

class Loop final : public base::Executor {
 public:
  /// Binds and listens. Throws boost::system::system_error, or std::system_error when it cannot wait for connections.
  Loop(Service& service, const boost::asio::ip::tcp::endpoint& endpoint);
  ~Loop() override;

  std::uint16_t port() const { return port_; }

  /// Accepts and answers until drained.
  void run();

  // From any thread, while run() runs.
  void resume(std::span<const std::coroutine_handle<>> waiters) override;
  base::Detached begin_drain();
  base::Detached cut_off();

  /// Whether cut_off() met somebody; for after run().
  bool has_cut() const { return has_cut_; }

  // For connections, on the loop's thread.
  Service& service() { return service_; }
  bool is_draining() const { return is_draining_; }
  std::string_view date_header() const { return date_header_; }
  std::span<char> scratch() { return scratch_; }
  std::unique_ptr<Exchange> take_exchange();
  void give_back(std::unique_ptr<Exchange> exchange);
  void add(Connection& connection);
  void remove(Connection& connection);
  /// A connection begins to hold an answer that its peer has not taken, or is done with it. Others may be cut off for
  /// one that begins.
  void hold_unsent(const Connection& connection, std::size_t bytes);
  void release_unsent(std::size_t bytes) { unsent_bytes_ -= bytes; }
  /// One that was cut off for another ends, and gives back what it holds.
  void note_end_of_cut_off() { --cut_off_for_others_; }
  bool has_cut_off_for_others() const { return cut_off_for_others_ > 0; }

 private:
  enum class Accepting { goes_on, lacks_resources };

  std::chrono::milliseconds time_to_sleep();
  void resume_posted();
  base::Detached accept_connections();
  Accepting accept_pending(int at_most);
  void begin_connection(int descriptor);
  void sweep_when_due();
  void make_room_for_another();
  void refresh_date();
  void finish_when_drained();
  /// Null when no other connection holds an answer.
  Connection* slowest_reader_but(const Connection& connection) const;

  Service& service_;
  const Clock::duration sweep_interval_;
  Poller poller_;
  std::uint16_t port_ = 0;
  std::atomic<int> posting_ = 0;  // Other threads within resume().

  std::mutex mutex_;
  std::vector<std::coroutine_handle<>> posted_;  // To be resumed in the next turn. Guarded by mutex_.
  bool is_asleep_ = false;                       // Or about to be: who posts wakes it. Guarded by mutex_.

  // Touched by the loop's thread only.
  std::optional<PolledSocket> listener_;     // None from the drain on.
  std::coroutine_handle<> paused_acceptor_;  // Waits for a sweep: there may be file descriptors by then.
  std::vector<std::coroutine_handle<>> resuming_;
  Clock::time_point next_sweep_;
  std::vector<Connection*> connections_;
  std::vector<std::unique_ptr<Exchange>> spare_exchanges_;
  std::vector<char> scratch_;
  std::size_t unsent_bytes_ = 0;
  std::size_t cut_off_for_others_ = 0;  // That have not ended yet.
  std::time_t date_ = 0;
  std::string date_header_;
  bool is_draining_ = false;
  bool is_finished_ = false;
  bool has_cut_ = false;
};

}  // namespace cardfile::http
