#pragma once
// ClosedLoop: many connections, each with one request at a time, on one thread.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cardfile::bench {

using Clock = std::chrono::steady_clock;

struct Answer {
  int status = 0;  // 0: the connection was lost before the answer had come.
  std::string_view body;
  Clock::time_point sent;
  Clock::time_point received;

  bool ok() const { return status >= 200 && status < 300; }
};

/// What is asked, and what becomes of the answers.
class Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;

  /// The next request of a connection, all of its bytes, valid until it is answered; empty: this connection rests.
  virtual std::string_view next(std::size_t connection, Clock::time_point now) = 0;
  virtual void answered(std::size_t connection, const Answer& answer) = 0;
};

/// Keep-alive HTTP/1.1 connections to one server. Costs one send() and one recv() a request and shares epoll_wait()
/// among all that are ready. Answers must have a Content-Length; of their header nothing else is looked at.
class ClosedLoop {
 public:
  /// Connects. Throws std::system_error when the server cannot be reached.
  ClosedLoop(const std::string& host, std::uint16_t port, std::size_t connections);
  ClosedLoop(const ClosedLoop&) = delete;
  ClosedLoop& operator=(const ClosedLoop&) = delete;
  ~ClosedLoop();

  std::size_t connections() const { return connections_.size(); }

  /// Puts requests until every connection rests and every answer has come. A connection that is lost, or silent for 30
  /// seconds, is told as an answer with status 0 and not used again. May be called again with another source.
  void run(Source& source);

 private:
  struct Connection {
    int socket = -1;  // -1: lost.
    bool busy = false;
    Clock::time_point sent;
    std::vector<char> input;
    std::size_t received = 0;
  };

  struct Message {
    int status = 0;
    std::string_view body;
    std::size_t size = 0;
  };

  void ask(std::size_t index, Source& source, Clock::time_point now);
  void receive(std::size_t index, Source& source);
  void lose(std::size_t index, Source& source);
  static bool send_all(int socket, std::string_view bytes);
  static std::optional<Message> parse(std::string_view input);

  int epoll_ = -1;
  std::vector<Connection> connections_;
  std::size_t busy_ = 0;
};

}  // namespace cardfile::bench
