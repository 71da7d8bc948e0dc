#pragma once
// HttpClient: one keep-alive connection to a server on this machine, as simple as a test needs it.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace cardfile::test {

struct HttpReply {
  int status = 0;
  std::map<std::string, std::string> headers;  // Names in lower case.
  std::string body;
};

/// For one thread.
class HttpClient {
 public:
  using Headers = std::map<std::string, std::string>;

  /// `headers` go with every request. Connects when it is first needed; `patience` is for each step: to connect, to
  /// send, to receive a piece.
  HttpClient(std::uint16_t port, Headers headers, std::chrono::milliseconds patience = std::chrono::seconds(30));
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// None when there is no complete answer: refused, cut off, too slow. The next request then connects anew. `more` are
  /// headers of this request alone.
  std::optional<HttpReply> send(std::string_view method, std::string_view target, std::string_view body = {},
                                const Headers& more = {});

  /// Sends bytes as they are.
  bool send_bytes(std::string_view bytes);
  /// The next answer, to what send_bytes() sent; one that has no body when its status is 1xx.
  std::optional<HttpReply> receive();

  /// Ends the connection.
  void close();

 private:
  bool connect();
  bool write_all(std::string_view bytes) const;
  bool read_more();
  std::optional<HttpReply> read_reply(bool has_body);

  const std::uint16_t port_;
  const Headers headers_;
  const std::chrono::milliseconds patience_;
  int socket_ = -1;
  std::string received_;  // And not yet used.
};

}  // namespace cardfile::test
