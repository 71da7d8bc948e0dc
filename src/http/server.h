#pragma once
// Server: listens, parses, calls the handler, answers. Knows HTTP and nothing of contacts.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/executor.h"
#include "base/task.h"
#include "http/limits.h"
#include "http/message.h"

namespace cardfile::http {

struct Tls {
  std::string certificate_file;  // PEM, the chain included.
  std::string key_file;          // PEM.
};

struct ServerOptions {
  std::string address = "127.0.0.1";  // An IPv4 or IPv6 address, not a name.
  std::uint16_t port = 8080;          // 0 takes a free one.
  unsigned threads = 2;               // One event loop each; the listening sockets share the port (SO_REUSEPORT).
  Limits limits;
  Tls tls;  // Empty file names: plain HTTP.
};

/// Answers one request. `executor` is the connection's own: a handler that waits for another thread goes on there.
/// It runs on the connection's thread, so it does not block. It throws nothing; one that does is answered 500 and its
/// connection closed.
using Handler = std::function<base::Task<Response>(const Request& request, base::Executor& executor)>;

/// Writes the answer to a protocol error; called on a connection's thread, at the same time as on others.
using ErrorPage = std::function<Response(const ProtocolError& error)>;

/// Looks at a request before its body is read, when that is large or its sender waits for "100 Continue": what it gives
/// is the answer, and the connection is closed behind it. Called on a connection's thread, at the same time as on
/// others.
using Admission = std::function<std::optional<Response>(const Request& request)>;

class Server {
 public:
  /// Binds and listens, but answers nobody yet. Throws std::runtime_error with a sentence for the operator when the
  /// address cannot be had or the certificate cannot be read.
  Server(ServerOptions options, Handler handler, ErrorPage error_page, Admission admission = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;

  /// Starts the threads and returns.
  void start();

  /// Stops listening, closes idle connections, lets requests in flight finish and joins the threads. After `patience`
  /// the connections that are left are cut off, but a handler that still waits for another thread is waited for: its
  /// executor works until the last handler has returned. True when nothing had to be cut off. May be called once, from
  /// any thread but the server's own; the destructor drains without patience when nobody has.
  bool drain(std::chrono::milliseconds patience);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cardfile::http
