#pragma once
// Peer: a client that sends the bytes a test names and tells what came back. TestServer: the server it talks to.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/server.h"

namespace cardfile::http {

struct Answer {
  int status = 0;  // 0: the connection ended before a whole answer was there.
  std::string head;
  std::string body;

  bool says(std::string_view header_line) const { return head.find(header_line) != std::string::npos; }
};

class Peer {
 public:
  explicit Peer(std::uint16_t port);
  ~Peer();
  Peer(Peer&& other) noexcept;
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  /// False when the other side has gone.
  bool send(std::string_view bytes);
  void send_byte_by_byte(std::string_view bytes);
  void end_output();

  /// The next answer; `head_only` for the answer to HEAD, whose length tells of a body that does not come.
  Answer answer(bool head_only = false);
  Answer ask(std::string_view bytes);

  /// Reads to the end; true when the server closed the connection and sent nothing more.
  bool is_closed();

  int socket() const { return socket_; }

 private:
  bool read_more();

  int socket_;
  std::string received_;
};

inline constexpr bool kHeadOnly = true;

/// "PUT /v1/contact/7?overwrite=true [body]": what the echo handler answers.
std::string describe(const Request& request);

using Answerer = std::function<base::Task<Response>(const Request&, base::Executor&)>;
base::Task<Response> echo(const Request& request, base::Executor& executor);

class TestServer {
 public:
  explicit TestServer(ServerOptions options = {}, Answerer answerer = echo, Admission admission = {});

  std::uint16_t port() const { return server_->port(); }
  Peer peer() const { return Peer(port()); }
  Server& operator*() { return *server_; }

 private:
  std::unique_ptr<Server> server_;
};

/// The text of an answer to a protocol error, which tests can tell from a handler's.
Response error_page(const ProtocolError& error);

}  // namespace cardfile::http
