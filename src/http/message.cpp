#include "http/message.h"

#include <algorithm>
#include <cstddef>

#include "http/ascii.h"
#include "http/percent.h"

namespace cardfile::http {

namespace {

template <class Act>
void for_each_value(std::string_view query, std::string_view name, Act&& act) {
  constexpr bool kPlusIsBlank = true;
  std::string key;
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);

    const std::size_t equals = pair.find('=');
    key.clear();
    append_decoded(key, pair.substr(0, equals), kPlusIsBlank);
    if (pair.empty() || key != name) continue;
    std::string value;
    if (equals != std::string_view::npos) append_decoded(value, pair.substr(equals + 1), kPlusIsBlank);
    act(std::move(value));
  }
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (equal_ignoring_case(key, name)) return value;
  }
  return {};
}

bool Request::has_header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (equal_ignoring_case(key, name)) return true;
  }
  return false;
}

bool Request::has_header_twice(std::string_view name) const {
  return std::ranges::count_if(headers, [&](const auto& header) { return equal_ignoring_case(header.first, name); }) >
         1;
}

std::vector<std::string> query_values(std::string_view query, std::string_view name) {
  std::vector<std::string> values;
  for_each_value(query, name, [&](std::string value) { values.push_back(std::move(value)); });
  return values;
}

QueryValue query_value(std::string_view query, std::string_view name) {
  QueryValue found;
  for_each_value(query, name, [&](std::string value) { found = {.present = true, .value = std::move(value)}; });
  return found;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    default:
      return "Unknown";
  }
}

}  // namespace cardfile::http
