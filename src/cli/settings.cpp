#include "cli/settings.h"

#include <algorithm>
#include <charconv>
#include <thread>
#include <utility>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "store/open.h"

namespace cardfile::cli {
namespace {

constexpr std::int64_t kStopDelayMsMax = 10 * 60 * 1000;
constexpr std::int64_t kDayMs = 24 * 60 * 60 * 1000;

base::ConfigKey text_key(std::string name, std::string form, std::string help, std::string fallback = {}) {
  return {.name = std::move(name), .help = std::move(help), .fallback = std::move(fallback), .form = std::move(form)};
}

/// The help is every command's, so it does not speak of what stands beside it.
base::ConfigKey config_key() {
  base::ConfigKey key =
      text_key("config", "FILE", "Settings as a TOML file: the names in cardfile serve --help with '_' for '-'");
  key.in_file = false;
  return key;
}

base::ConfigKey number_key(std::string name, std::string help, std::int64_t fallback, std::int64_t min,
                           std::int64_t max) {
  return {.name = std::move(name), .help = std::move(help), .fallback = fallback, .min = min, .max = max};
}

base::ConfigKey timeout_key(std::string name, std::string help, std::chrono::milliseconds fallback) {
  return number_key(std::move(name), std::move(help), fallback.count(), 1, kDayMs);
}

base::ConfigKey yes_no_key(std::string name, std::string help) {
  return {.name = std::move(name), .help = std::move(help), .fallback = false};
}

base::ConfigKey choice_key(std::string name, std::string help, std::string fallback, std::vector<std::string> choices) {
  return {.name = std::move(name),
          .help = std::move(help),
          .fallback = std::move(fallback),
          .choices = choices,
          .form = fmt::format("{}", fmt::join(choices, "|"))};
}

std::vector<base::ConfigKey> keys() {
  const http::Limits limits;
  return {
      text_key("listen", "HOST:PORT", "Address and port to answer at; port 0 takes a free one", "127.0.0.1:8080"),
      text_key("data", "DIR", "Data folder", "./data"),
      config_key(),
      number_key("lock_timeout_ms", "Time that a data folder in use by another process is waited for", 5'000, 0,
                 kDayMs),
      number_key("threads", "Threads that answer requests; 0 means one a processor", 0, 0, 256),
      text_key("tls_cert", "FILE", "Certificate chain (PEM) to speak HTTPS with; needs --tls-key"),
      text_key("tls_key", "FILE", "Private key (PEM) of the certificate"),
      number_key("max_body_bytes", "Largest request body; more is answered 413",
                 static_cast<std::int64_t>(limits.body_bytes_max), 1024, std::int64_t{1} << 30),
      number_key("max_header_bytes", "Longest request line and headers; more is answered 431",
                 static_cast<std::int64_t>(limits.header_bytes_max), 1024, 1 << 20),
      number_key("max_connections", "Connections at a time; the next is answered 503",
                 static_cast<std::int64_t>(limits.connections_max), 1, 1'000'000),
      number_key("max_unsent_bytes",
                 "What all answers that clients are slow to take may hold together; for more, the slowest are cut off",
                 static_cast<std::int64_t>(limits.unsent_bytes_max), 1024, std::int64_t{1} << 40),
      number_key("max_waiting_writes", "Changes that may wait for the disk; the next is answered 503",
                 static_cast<std::int64_t>(store::SqliteOptions().queue_max), 1, 1'000'000),
      number_key("rate_limit",
                 "Requests a minute for each team, more are answered 429; 0 means no limit, as with --demo", 500, 0,
                 1'000'000'000),
      timeout_key("header_timeout_ms", "Time for a request's headers to arrive", limits.header_timeout),
      timeout_key("body_timeout_ms", "Time for a request's body to arrive", limits.body_timeout),
      timeout_key("write_timeout_ms", "Time for a client to take an answer", limits.write_timeout),
      timeout_key("idle_timeout_ms", "Time that a connection may stay idle between requests", limits.idle_timeout),
      number_key(
          "stop_delay_ms",
          "Time that a server which is to stop goes on and only /readyz answers 503, for load balancers to notice", 0,
          0, kStopDelayMsMax),
      timeout_key("drain_timeout_ms", "Time that requests in flight get to finish when the server stops",
                  std::chrono::seconds(10)),
      choice_key("log_level", "How much is logged", "info", {"debug", "info", "warning", "error", "off"}),
      text_key("log_file", "FILE", "Where to log; standard error when not given"),
      text_key("port_file", "FILE", "Written with the port, once the server answers"),
      yes_no_key("access_log", "Log a line for every request"),
      yes_no_key("demo", "Serve demo data with a well-known key, on a loopback address only"),
      yes_no_key("private_triggers",
                 "Let n8n triggers send to private, loopback and link-local addresses, for an n8n on the same network"),
      // The dialect.
      choice_key("on_duplicate_phone", "A create whose address a contact has already: update that one, or refuse (409)",
                 "upsert", {"upsert", "reject"}),
      yes_no_key("list_newest_first",
                 "Lists that are asked for without ascending come newest first, names from Z to A"),
      number_key("v1_page_base", "The number of the first page of a v1 list: 0 or 1", 0, 0, 1),
      choice_key("batch_answer", "What POST /v1/batch/contacts answers: the items that failed, or every contact",
                 "failed", {"failed", "contacts"}),
      choice_key("count_answer", "What POST /v1/contacts/count answers: {\"count\": 3}, or 3", "object",
                 {"object", "number"}),
      choice_key("channel_ids", "What id and contact_id of a channel are: two integers, or a string and a UUID",
                 "integers", {"integers", "strings"}),
  };
}

[[noreturn]] void refuse_listen(std::string_view text) {
  throw base::ConfigError(
      fmt::format("The address to listen at must be HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080, with an IP "
                  "address or localhost and a port from 0 to 65535, not '{}'.",
                  text));
}

bool is_address(int family, const std::string& address) {
  std::uint8_t bytes[sizeof(in6_addr)];
  return ::inet_pton(family, address.c_str(), bytes) == 1;
}

base::LogLevel log_level(std::string_view text) {
  if (text == "debug") return base::LogLevel::debug;
  if (text == "warning") return base::LogLevel::warning;
  if (text == "error") return base::LogLevel::error;
  if (text == "off") return base::LogLevel::off;
  return base::LogLevel::info;
}

http::Limits limits(const base::Config& config) {
  const auto size = [&](std::string_view name) { return static_cast<std::size_t>(config.number(name)); };
  const auto time = [&](std::string_view name) { return std::chrono::milliseconds(config.number(name)); };
  return {
      .header_bytes_max = size("max_header_bytes"),
      .body_bytes_max = size("max_body_bytes"),
      .held_bytes_max = std::max(http::Limits().held_bytes_max, 4 * size("max_body_bytes")),
      .unsent_bytes_max = size("max_unsent_bytes"),
      .connections_max = size("max_connections"),
      .header_timeout = time("header_timeout_ms"),
      .body_timeout = time("body_timeout_ms"),
      .write_timeout = time("write_timeout_ms"),
      .idle_timeout = time("idle_timeout_ms"),
  };
}

http::Tls tls(const base::Config& config) {
  http::Tls tls{.certificate_file = config.text("tls_cert"), .key_file = config.text("tls_key")};
  if (tls.certificate_file.empty() != tls.key_file.empty()) {
    throw base::ConfigError("HTTPS needs a certificate and its key: give both --tls-cert and --tls-key, or neither.");
  }
  return tls;
}

unsigned threads(const base::Config& config) {
  const auto chosen = static_cast<unsigned>(config.number("threads"));
  return chosen != 0 ? chosen : std::max(1u, std::thread::hardware_concurrency());
}

std::string data_folder(const base::Config& config) {
  return config.yes("demo") && !config.is_given("data") ? "./data/demo" : config.text("data");
}

/// Who tries the demo should not have to wait.
std::int64_t rate_limit(const base::Config& config) {
  return config.yes("demo") && !config.is_given("rate_limit") ? 0 : config.number("rate_limit");
}

wire::Dialect dialect(const base::Config& config) {
  const auto is = [&](std::string_view name, std::string_view choice) { return config.text(name) == choice; };
  return {
      .on_duplicate_phone = is("on_duplicate_phone", "reject") ? core::OnDuplicate::reject : core::OnDuplicate::upsert,
      .list_direction = config.yes("list_newest_first") ? core::Direction::descending : core::Direction::ascending,
      .v1_page_base = config.number("v1_page_base"),
      .batch_answer = is("batch_answer", "contacts") ? wire::BatchAnswer::contacts : wire::BatchAnswer::failed,
      .count_answer = is("count_answer", "number") ? wire::CountAnswer::number : wire::CountAnswer::object,
      .channel_ids = is("channel_ids", "strings") ? wire::ChannelIds::strings : wire::ChannelIds::integers,
  };
}

}  // namespace

base::Config all_settings() { return {"CARDFILE_", keys()}; }

base::Config read_settings(const Flags& flags) {
  base::Config config = all_settings();
  for (const auto& [name, text] : flags) config.read_flag(name, text);
  config.read_environment(base::environment_variables());
  if (!config.text("config").empty()) config.read_file(config.text("config"));
  if (config.text("data").empty()) throw base::ConfigError("The data folder must have a name: --data DIR.");
  return config;
}

bool Listen::is_loopback() const {
  return address == "::1" || (address.starts_with("127.") && is_address(AF_INET, address));
}

std::string Listen::host_and_port(std::uint16_t real_port) const {
  const bool is_ipv6 = address.find(':') != std::string::npos;
  return is_ipv6 ? fmt::format("[{}]:{}", address, real_port) : fmt::format("{}:{}", address, real_port);
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

Listen parse_listen(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) refuse_listen(text);
  const auto port = parse_port(text.substr(colon + 1));
  std::string host(text.substr(0, colon));
  if (host == "localhost") host = "127.0.0.1";
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (!port || !is_address(bracketed ? AF_INET6 : AF_INET, host)) refuse_listen(text);
  return {.address = std::move(host), .port = *port};
}

ServeSettings serve_settings(const base::Config& config) {
  ServeSettings settings{
      .listen = parse_listen(config.text("listen")),
      .data = data_folder(config),
      .threads = threads(config),
      .tls = tls(config),
      .limits = limits(config),
      .rate_limit = rate_limit(config),
      .waiting_writes_max = static_cast<std::size_t>(config.number("max_waiting_writes")),
      .stop_delay = std::chrono::milliseconds(config.number("stop_delay_ms")),
      .drain_timeout = std::chrono::milliseconds(config.number("drain_timeout_ms")),
      .log_level = log_level(config.text("log_level")),
      .log_file = config.text("log_file"),
      .port_file = config.text("port_file"),
      .access_log = config.yes("access_log"),
      .demo = config.yes("demo"),
      .private_triggers = config.yes("private_triggers"),
      .dialect = dialect(config),
  };
  if (settings.demo && !settings.listen.is_loopback()) {
    throw base::ConfigError(
        fmt::format("The demo's key is known to everybody, so the demo listens on loopback addresses only, not on {}. "
                    "Leave out --listen, or serve a data folder of your own without --demo.",
                    settings.listen.address));
  }
  return settings;
}

}  // namespace cardfile::cli
