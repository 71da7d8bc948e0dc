#pragma once
// Parser: the bytes of one connection become requests, one after another.

#include <cstddef>
#include <memory>
#include <span>

#include "http/limits.h"
#include "http/message.h"

namespace cardfile::http {

/// Framing is read by Boost.Beast's strict parser; what it lets through and this server refuses is refused here: Host,
/// Expect, Transfer-Encoding other than chunked, repeated Content-Length, folded header lines, targets. Which bytes
/// arrive together changes nothing.
///
/// Use: copy bytes to space(), tell received(), call advance(). After `complete`, request() holds until next().
class Parser {
 public:
  enum class State {
    idle,      // Nothing of a request is there.
    header,    // More bytes are needed for the headers.
    body,      // More bytes are needed for the body.
    complete,  // request() can be answered.
    refused,   // refusal() is to be answered, then the connection closed: where the next request begins is unknown.
  };

  explicit Parser(const Limits& limits);
  ~Parser();
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  /// Where the next bytes go; never empty. Views of a request that is not complete yet move along.
  std::span<char> space();
  void received(std::size_t bytes);

  /// Reads on with what is there.
  State advance();

  /// True once for a request whose sender waits for "100 Continue" before it sends the body.
  bool take_continue();

  const Request& request() const;
  const ProtocolError& refusal() const;

  /// What the request wants done with the connection after its answer, and whether it speaks HTTP/1.1.
  bool keep_alive() const;
  bool is_http_11() const;

  /// The memory that the request takes, or will take as far as that is known, with what has come behind it.
  std::size_t bytes_held() const;

  /// Forgets the request that was answered; bytes that follow it stay.
  void next();

  /// Forgets everything, and gives back memory that a large request has taken.
  void reset();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cardfile::http
