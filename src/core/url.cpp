#include "core/url.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/text.h"

namespace cardfile::core {

namespace {

constexpr std::size_t kHostMax = 253;

bool is_visible(char c) { return c > ' ' && c < '\x7f'; }

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_name(std::string_view host) {
  const auto may_be_in_name = [](char c) { return is_letter_or_digit(c) || c == '.' || c == '-' || c == '_'; };
  return !host.empty() && host.size() <= kHostMax && host.front() != '.' && host.front() != '-' &&
         std::ranges::all_of(host, may_be_in_name);
}

bool is_ipv6(std::string_view host) {
  const auto may_be_in_address = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
  };
  return std::ranges::count(host, ':') >= 2 && std::ranges::all_of(host, may_be_in_address);
}

/// What stands before `rest` up to one of `ends`, which stays in `rest`.
std::string_view taken_until(std::string_view& rest, std::string_view ends) {
  const auto end = std::min(rest.find_first_of(ends), rest.size());
  const auto taken = rest.substr(0, end);
  rest.remove_prefix(end);
  return taken;
}

bool take(std::string_view& rest, std::string_view prefix) {
  if (lower_ascii(rest.substr(0, prefix.size())) != prefix) return false;
  rest.remove_prefix(prefix.size());
  return true;
}

std::optional<std::string> read_host(std::string_view& authority) {
  if (!authority.starts_with('[')) {
    const auto name = taken_until(authority, ":");
    return is_name(name) ? std::optional(lower_ascii(name)) : std::nullopt;
  }
  authority.remove_prefix(1);
  const auto address = taken_until(authority, "]");
  if (authority.empty() || !is_ipv6(address)) return std::nullopt;
  authority.remove_prefix(1);
  return lower_ascii(address);
}

std::optional<std::uint16_t> read_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

}  // namespace

std::optional<Url> parse_url(std::string_view text) {
  if (text.size() > kUrlMax || !std::ranges::all_of(text, is_visible)) return std::nullopt;
  if (text.find_first_of("#\\\"<>^`{|}") != std::string_view::npos) return std::nullopt;
  Url url{.tls = false, .host = {}, .port = 80, .target = {}};
  if (take(text, "https://")) {
    url.tls = true;
    url.port = 443;
  } else if (!take(text, "http://")) {
    return std::nullopt;
  }
  std::string_view authority = taken_until(text, "/?");
  auto host = read_host(authority);
  if (!host) return std::nullopt;
  url.host = std::move(*host);
  if (take(authority, ":")) {
    const auto port = read_port(authority);
    if (!port) return std::nullopt;
    url.port = *port;
  } else if (!authority.empty()) {
    return std::nullopt;
  }
  if (!text.starts_with('/')) url.target = "/";
  url.target += text;
  return url;
}

}  // namespace cardfile::core
