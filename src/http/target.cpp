#include "http/target.h"

#include <algorithm>
#include <cstddef>

#include "http/ascii.h"

namespace cardfile::http {

namespace {

bool cut_prefix(std::string_view& text, std::string_view prefix) {
  if (!equal_ignoring_case(text.substr(0, prefix.size()), prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// Names, addresses and ports as RFC 3986 writes them; no '@', for a user name has no place here.
bool is_host_char(char c) {
  constexpr std::string_view kPunctuation = "-._~%!$&'()*+,;=:[]";
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
         kPunctuation.find(c) != std::string_view::npos;
}

}  // namespace

bool is_host(std::string_view text) { return std::all_of(text.begin(), text.end(), is_host_char); }

bool split_target(Request& request) {
  std::string_view rest = request.target;
  // A fragment stays with the client, and nothing is tunnelled: what others read into these, nobody has to know.
  if (rest.find('#') != std::string_view::npos || request.method == "CONNECT") return false;
  if (rest == "*") {
    request.path = rest;
    request.query = {};
    return request.method == "OPTIONS";
  }
  if (!rest.starts_with('/')) {
    if (!cut_prefix(rest, "http://") && !cut_prefix(rest, "https://")) return false;
    const std::size_t authority = std::min(rest.find_first_of("/?"), rest.size());
    if (authority == 0 || !is_host(rest.substr(0, authority))) return false;
    rest.remove_prefix(authority);
  }
  const std::size_t mark = rest.find('?');
  request.path = rest.substr(0, mark);
  request.query = mark == std::string_view::npos ? std::string_view{} : rest.substr(mark + 1);
  if (request.path.empty()) request.path = "/";
  return true;
}

}  // namespace cardfile::http
