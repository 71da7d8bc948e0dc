#pragma once
// Request and Response: what a handler reads and what it answers.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfile::http {

/// One complete request. Every view points into the connection's memory and holds until the handler has answered.
struct Request {
  std::string_view method;                                             // "GET"; upper case, as sent.
  std::string_view target;                                             // "/v1/contact/7?overwrite=true", as sent.
  std::string_view path;                                               // "/v1/contact/7": not decoded, no query.
  std::string_view query;                                              // "overwrite=true": not decoded, no '?'.
  std::vector<std::pair<std::string_view, std::string_view>> headers;  // As sent, values without surrounding blanks.
  std::string_view body;                                               // Without chunk framing.

  /// The value of the first header of that name in any case; empty when there is none.
  std::string_view header(std::string_view name) const;
  bool has_header(std::string_view name) const;
  bool has_header_twice(std::string_view name) const;  // Or more often.
};

struct Response {
  int status = 200;
  std::string body = {};
  std::string_view content_type = "application/json";  // Always a constant.
  // Names are constants; values never hold CR or LF.
  std::vector<std::pair<std::string_view, std::string>> headers = {};
};

/// What the server refuses before there is a request to hand on, or answers in place of a handler that failed.
struct ProtocolError {
  int status = 400;     // 400, 408, 413, 417, 431, 500, 501, 503 or 505.
  std::string message;  // A sentence that the caller can act on.
};

/// The value of parameter `name` in a query string, percent-decoded, '+' read as a blank; the last one when it is
/// given more than once. A percent sign that begins no escape stands for itself.
struct QueryValue {
  bool present = false;
  std::string value;
};
QueryValue query_value(std::string_view query, std::string_view name);

/// All its values, in order.
std::vector<std::string> query_values(std::string_view query, std::string_view name);

/// The reason phrase of a status (RFC 9110, section 15); "Unknown" for one that this server never sends.
std::string_view reason_phrase(int status);

}  // namespace cardfile::http
