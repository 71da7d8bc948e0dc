#pragma once
// Settings: everything that can be chosen about a running server, by flag, environment or file.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/config.h"
#include "base/log.h"
#include "http/server.h"
#include "wire/dialect.h"

namespace cardfile::cli {

/// What was given as flags: a setting's name and its text.
using Flags = std::map<std::string, std::string>;

/// A Config that knows every setting, empty.
base::Config all_settings();

/// Every setting out of `flags`, the environment, and the file that these two name. Throws base::ConfigError.
base::Config read_settings(const Flags& flags);

/// An address to listen at.
struct Listen {
  std::string address;  // An IPv4 or IPv6 address, without brackets.
  std::uint16_t port = 0;

  bool is_loopback() const;
  /// "127.0.0.1:8080", "[::1]:8080": with `real_port`, as a URL has it.
  std::string host_and_port(std::uint16_t real_port) const;
};

/// Reads "HOST:PORT"; an IPv6 address stands in brackets, "localhost" is 127.0.0.1. Throws base::ConfigError.
Listen parse_listen(std::string_view text);

/// None when the text is anything else than a number from 0 to 65535.
std::optional<std::uint16_t> parse_port(std::string_view text);

/// What `cardfile serve` goes by.
struct ServeSettings {
  Listen listen;
  std::string data;
  unsigned threads = 1;
  http::Tls tls;
  http::Limits limits;
  std::int64_t rate_limit = 0;  // Requests a minute for each team; 0: no limit.
  std::size_t waiting_writes_max = 0;
  std::chrono::milliseconds stop_delay{};  // In which /readyz says so and all else goes on.
  std::chrono::milliseconds drain_timeout{};
  base::LogLevel log_level = base::LogLevel::info;
  std::string log_file;
  std::string port_file;
  bool access_log = false;
  bool demo = false;
  bool private_triggers = false;  // Whether n8n triggers may send to addresses that are not public.
  wire::Dialect dialect;
};

/// Throws base::ConfigError when settings contradict one another.
ServeSettings serve_settings(const base::Config& config);

}  // namespace cardfile::cli
