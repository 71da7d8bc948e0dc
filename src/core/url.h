#pragma once
// Url: an absolute http or https URL in its parts (RFC 3986).

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cardfile::core {

inline constexpr std::size_t kUrlMax = 2048;
inline constexpr std::string_view kUrlRule =
    "must be an absolute http or https URL of at most 2048 characters, without user name and fragment";

struct Url {
  bool tls = false;    // https
  std::string host;    // In lower case; an IPv6 address without its brackets.
  std::uint16_t port;  // The scheme's own when none is given.
  std::string target;  // Path and query as they were written; at least "/".

  friend bool operator==(const Url&, const Url&) = default;
};

/// None for everything else: another scheme, a user name or a fragment, blanks and characters outside of ASCII (they
/// are to be percent-encoded), a host that is no name or address, a port that is none.
std::optional<Url> parse_url(std::string_view text);

}  // namespace cardfile::core
