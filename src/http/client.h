#pragma once
// Client: sends one HTTP request at a time to somebody else's server, such as a webhook's receiver.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/task.h"

namespace boost::asio {
class io_context;
}

namespace cardfile::http {

struct Post {
  bool tls = true;
  std::string host;  // A name or an address; an IPv6 address with or without its brackets.
  std::uint16_t port = 443;
  std::string target;  // "/path?query"
  // Host, Content-Length and Connection are the client's to say.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

/// Which addresses a request may go to.
enum class Reach {
  everywhere,
  public_only,  // Those of http/public_address: for a URL that a stranger has named.
};

struct PostResult {
  int status = 0;       // 0: no answer.
  std::string failure;  // Why there is none, in a few words that name neither URL nor host; empty when there is one.

  bool operator==(const PostResult&) const = default;
};

/// Each post has a connection of its own. With TLS (1.2 and later) the receiver's certificate has to be for the host
/// and to lead to one that the system trusts: OpenSSL's usual places, or SSL_CERT_FILE and SSL_CERT_DIR, as they are at
/// the first post with TLS. Of the answer the head is read, 16 KiB at most, and nothing more. A redirection is an
/// answer.
///
/// Everything happens on the thread that runs the context.
class Client {
 public:
  explicit Client(boost::asio::io_context& context);
  /// All posts are over by now: whoever ends early calls cancel() and lets the context run until it has nothing to do.
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Sends `post` and waits for the head of the answer. `timeout` is for all of it, and the result is there in time
  /// even when a name's look-up is not: that one goes on by itself, since the system's cannot be interrupted, and
  /// nobody waits for it, not even the client's end. Eight names are looked up at a time; others wait for one of them
  /// to end, and those whose time is over by then are not looked up.
  ///
  /// `reach` is held against the very addresses that are connected to, so a name that resolves to another address the
  /// second time gains nothing.
  ///
  /// `post` is moved in from a named local: g++ 12 destroys an aggregate twice that is built inside a co_await.
  base::Task<PostResult> post(Post post, std::chrono::milliseconds timeout, Reach reach);

  /// Ends all posts under way soon, and those begun from now on at once: "cancelled".
  void cancel();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cardfile::http
