// Bytes of a connection: in whatever pieces they arrive, the same requests are in them, and each can be sent on.

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include "fuzz/target.h"
#include "http/ascii.h"
#include "http/parser.h"

namespace cardfile::fuzz {

namespace {

using http::Parser;

struct Seen {
  std::string method, target, path, query, body;
  std::vector<std::pair<std::string, std::string>> headers;

  friend bool operator==(const Seen&, const Seen&) = default;
};

Seen copy_of(const http::Request& request) {
  Seen seen{.method = std::string(request.method),
            .target = std::string(request.target),
            .path = std::string(request.path),
            .query = std::string(request.query),
            .body = std::string(request.body),
            .headers = {}};
  for (const auto& [name, value] : request.headers) seen.headers.emplace_back(name, value);
  return seen;
}

http::Limits limits_of(std::size_t header_bytes, std::size_t body_bytes) {
  http::Limits limits;
  limits.header_bytes_max = header_bytes;
  limits.body_bytes_max = body_bytes;
  return limits;
}

bool is_clean(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
}

/// The requests up to the first refusal, or to where more bytes are needed.
std::vector<Seen> read(std::string_view bytes, std::size_t piece, const http::Limits& limits) {
  Parser parser(limits);
  std::vector<Seen> requests;
  while (true) {
    const auto state = parser.advance();
    if (state == Parser::State::refused) {
      const int status = parser.refusal().status;
      promise(status >= 400 && status < 600 && !parser.refusal().message.empty(), "a refusal says why");
      return requests;
    }
    if (state == Parser::State::complete) {
      requests.push_back(copy_of(parser.request()));
      parser.next();
      continue;
    }
    if (bytes.empty()) return requests;
    const auto room = parser.space();
    promise(!room.empty(), "there is room for more");
    const std::size_t count = std::min({piece, room.size(), bytes.size()});
    std::memcpy(room.data(), bytes.data(), count);
    parser.received(count);
    bytes.remove_prefix(count);
  }
}

void check(const Seen& request, const http::Limits& limits) {
  promise(request.body.size() <= limits.body_bytes_max, "a body is within its limit");
  promise(!request.method.empty() && is_clean(request.method) && is_clean(request.target), "a request line is clean");
  promise(request.path == "*" || request.path.starts_with('/'), "a path begins with a slash");
  std::size_t size = request.method.size() + request.target.size();
  for (const auto& [name, value] : request.headers) {
    promise(!name.empty() && is_clean(name) && is_clean(value), "a header is clean");
    size += name.size() + value.size();
  }
  promise(size <= limits.header_bytes_max, "headers are within their limit");
}

/// The request as a proxy would write it that has understood it.
std::string rewritten(const Seen& request) {
  const bool has_host = std::any_of(request.headers.begin(), request.headers.end(),
                                    [](const auto& header) { return http::equal_ignoring_case(header.first, "Host"); });
  std::string text = request.method + " " + request.target + (has_host ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n");
  for (const auto& [name, value] : request.headers) {
    if (http::equal_ignoring_case(name, "Content-Length") || http::equal_ignoring_case(name, "Transfer-Encoding")) {
      continue;
    }
    text += name + ": " + value + "\r\n";
  }
  return text + "Content-Length: " + std::to_string(request.body.size()) + "\r\n\r\n" + request.body;
}

}  // namespace

void target(std::string_view bytes) {
  if (bytes.empty()) return;
  const std::size_t piece = 1 + static_cast<unsigned char>(bytes.front()) % 97U;
  bytes.remove_prefix(1);
  const auto limits = limits_of(1024, 256);
  const auto whole = read(bytes, bytes.size(), limits);
  promise(whole == read(bytes, piece, limits), "the pieces in which bytes arrive change nothing");
  for (const Seen& request : whole) {
    check(request, limits);
    const auto again = read(rewritten(request) + "GET /next HTTP/1.0\r\n\r\n", 100'000, limits_of(8192, 8192));
    promise(again.size() == 2 && again[0].method == request.method && again[0].target == request.target &&
                again[0].body == request.body && again[1].target == "/next",
            "a request that was understood can be sent on");
  }
}

}  // namespace cardfile::fuzz
