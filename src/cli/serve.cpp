// serve: wires store, api and server together, and takes them apart again when the process is asked to end.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>
#include <CLI/App.hpp>

#include "api/api.h"
#include "base/log.h"
#include "base/worker.h"
#include "cli/admin_socket.h"
#include "cli/administration.h"
#include "cli/command_line.h"
#include "cli/demo.h"
#include "cli/settings.h"
#include "cli/vault.h"
#include "http/server.h"
#include "store/open.h"
#include "webhooks/doorbell.h"
#include "webhooks/outbox.h"

namespace cardfile::cli {
namespace {

constexpr int kEndedBySecondSignal = 130;
// The store's own, and then for each thread its reader of the contacts and of the search index, and an event loop.
constexpr rlim_t kFilesBesideConnections = 256;
constexpr rlim_t kFilesOfAThread = 10;

bool is_ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

/// Under nohup the end of the terminal is none of the server's.
sigset_t ending_signals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGTERM);
  ::sigaddset(&signals, SIGINT);
  if (!is_ignored(SIGHUP)) ::sigaddset(&signals, SIGHUP);
  return signals;
}

/// To be called before any thread is started, because threads inherit it: from here on the signals wait for
/// wait_for_ending_signal(). A peer that hangs up, and a file that has reached its limit, is an error code, not a
/// signal.
void hold_signals() {
  const sigset_t signals = ending_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);
}

/// Returns the signal's name. From here on another one ends the process at once, but SIGHUP, which comes twice when a
/// terminal is closed: from the kernel and from the shell.
std::string wait_for_ending_signal() {
  sigset_t signals = ending_signals();
  int signal = 0;
  ::sigwait(&signals, &signal);
  struct sigaction at_once {};
  at_once.sa_handler = [](int) { ::_exit(kEndedBySecondSignal); };
  ::sigaction(SIGTERM, &at_once, nullptr);
  ::sigaction(SIGINT, &at_once, nullptr);
  ::sigdelset(&signals, SIGHUP);
  ::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  return signal == SIGINT ? "SIGINT" : signal == SIGHUP ? "SIGHUP" : "SIGTERM";
}

/// Allows as many open files as this process may have, and gives back how many connections that leaves room for.
std::size_t connections_possible(std::size_t wanted, unsigned threads, base::Log& log) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max == RLIM_INFINITY) return wanted;
  const rlim_t left = limit.rlim_max - std::min(limit.rlim_max, kFilesBesideConnections + kFilesOfAThread * threads);
  const std::size_t possible = std::max(left, limit.rlim_max / 2);  // Where there are few, both get along with less.
  if (possible >= wanted) return wanted;
  log.write(base::LogLevel::info, "connections_limited",
            {{"max_connections", static_cast<std::int64_t>(possible)},
             {"wanted", static_cast<std::int64_t>(wanted)},
             {"open_files", static_cast<std::int64_t>(limit.rlim_max)}});
  return possible;
}

/// A demo key in a folder that others can reach would be a key that everybody has.
void refuse_demo_keys_for_others(const store::Store& store, const ServeSettings& settings) {
  if (settings.demo || settings.listen.is_loopback() || !takes_demo_key(store)) return;
  throw std::runtime_error(fmt::format(
      "{} takes a key of the demo's, which everybody knows, so it is not served on {}. Use another folder, or "
      "revoke all of its keys: cardfile key list --team 1 --data {}",
      settings.data, settings.listen.address, settings.data));
}

/// Whether nothing is lost with what is there: a port and nothing else.
bool may_be_replaced(const std::filesystem::path& port_file) {
  std::error_code error;
  const auto kind = std::filesystem::status(port_file, error).type();
  // What may not be looked at is for whoever writes it to complain of.
  if (kind == std::filesystem::file_type::not_found || kind == std::filesystem::file_type::none) return true;
  if (kind != std::filesystem::file_type::regular) return false;
  if (std::filesystem::file_size(port_file, error) == 0) return true;
  std::ifstream file(port_file);
  std::string port;
  std::string more;
  return std::getline(file, port) && parse_port(port) && !std::getline(file, more);
}

/// Whoever waits for the file reads a complete port. That of an earlier run goes when this is made, which is to be when
/// the data folder is this process's: until then the file may be that of the server that has it.
class PortFile {
 public:
  /// Throws base::ConfigError when something else has this path, which stays as it is.
  PortFile(std::filesystem::path path, const std::filesystem::path& data) : path_(std::move(path)) {
    if (path_.empty()) return;
    std::error_code absent;
    // The number of a process may be one of a port.
    if (std::filesystem::equivalent(path_, data / "lock", absent)) refuse_to_replace();
    if (!may_be_replaced(path_)) refuse_to_replace();
    std::filesystem::remove(path_, absent);
  }

  void write(std::uint16_t port) const {
    if (path_.empty()) return;
    if (!may_be_replaced(path_)) refuse_to_replace();
    const std::filesystem::path draft = path_.native() + fmt::format(".{}", ::getpid());
    std::error_code error;
    const bool is_written = static_cast<bool>((std::ofstream(draft) << port << '\n').flush());
    if (is_written) std::filesystem::rename(draft, path_, error);
    if (is_written && !error) return;
    std::filesystem::remove(draft, error);
    throw std::runtime_error(fmt::format(
        "The port file {} cannot be written. Check that its folder exists and may be written to.", path_.native()));
  }

 private:
  [[noreturn]] void refuse_to_replace() const {
    throw base::ConfigError(
        fmt::format("{} holds something else than a port, and the port file would take its place. Name another file "
                    "with --port-file, or move that one away.",
                    path_.native()));
  }

  std::filesystem::path path_;
};

std::unique_ptr<http::Server> open_server(const ServeSettings& settings, api::Api& api) {
  return std::make_unique<http::Server>(
      http::ServerOptions{.address = settings.listen.address,
                          .port = settings.listen.port,
                          .threads = settings.threads,
                          .limits = settings.limits,
                          .tls = settings.tls},
      [&api](const http::Request& request, base::Executor& executor) { return api.handle(request, executor); },
      [&api](const http::ProtocolError& error) { return api.protocol_error(error); },
      [&api](const http::Request& request) { return api.refusal_before_body(request); });
}

/// Without it the server serves as well, and the operator's commands wait until it ends.
std::unique_ptr<AdminSocket> open_admin_socket(const ServeSettings& settings, const Administration& administration,
                                               base::Log& log) {
  try {
    return std::make_unique<AdminSocket>(settings.data, [administration, &log](const std::vector<std::string>& words) {
      return administer_for_caller(words, administration, log);
    });
  } catch (const std::system_error& error) {
    log.write(base::LogLevel::warning, "no_admin_socket", {{"cause", error.what()}});
    return nullptr;
  }
}

void log_listening(base::Log& log, const ServeSettings& settings, std::uint16_t port) {
  log.write(base::LogLevel::info, "listening",
            {{"address", settings.listen.address},
             {"port", std::int64_t{port}},
             {"tls", settings.tls.certificate_file.empty() ? "no" : "yes"},
             {"threads", std::int64_t{settings.threads}},
             {"data", settings.data},
             {"version", CARDFILE_VERSION}});
}

/// Of another database, which may have been taken away by mistake.
void warn_of_files_left_alone(base::Log& log, const std::filesystem::path& folder) {
  if (has_database(folder)) return;
  for (const char* file : {"secrets.key", "search.db"}) {
    std::error_code hidden;
    if (!std::filesystem::exists(folder / file, hidden)) continue;
    log.write(base::LogLevel::warning, "database_missing", {{"data", folder.native()}, {"beside", file}});
  }
}

std::string base_url(const ServeSettings& settings, std::uint16_t port) {
  const std::string_view scheme = settings.tls.certificate_file.empty() ? "http" : "https";
  return fmt::format("{}://{}", scheme, settings.listen.host_and_port(port));
}

int serve(const base::Config& config) {
  ServeSettings settings = serve_settings(config);
  hold_signals();
  base::Log log(settings.log_level, settings.log_file);
  settings.limits.connections_max = connections_possible(settings.limits.connections_max, settings.threads, log);

  warn_of_files_left_alone(log, settings.data);
  const auto triggers_reach = settings.private_triggers ? http::Reach::everywhere : http::Reach::public_only;
  webhooks::Doorbell doorbell;
  const store::SqliteOptions store_options{.folder = settings.data,
                                           .queue_max = settings.waiting_writes_max,
                                           .on_failure =
                                               [&log](const std::string& why) {
                                                 log.write(base::LogLevel::error, "writes_refused", {{"cause", why}});
                                               },
                                           .on_long_log =
                                               [&log](std::int64_t bytes) {
                                                 log.write(base::LogLevel::warning, "log_grows",
                                                           {{"mebibytes", std::to_string(bytes >> 20)},
                                                            {"cause",
                                                             "a backup, a check or another program reads "
                                                             "what was there before"}});
                                               },
                                           .on_commit = [&doorbell] { doorbell.ring(); },
                                           .on_indexing =
                                               [&log](const std::string& what) {
                                                 log.write(base::LogLevel::info, "indexing", {{"what", what}});
                                               }};
  auto store = once_free(config, [&] { return store::open_sqlite(store_options, now); });
  const PortFile port_file(settings.port_file, settings.data);
  if (settings.demo) seed_demo(*store, settings.data);
  refuse_demo_keys_for_others(*store, settings);
  const auto vault = open_vault(*store, settings.data);
  base::Worker worker({});
  api::Api api({.store = *store,
                .log = log,
                .worker = worker,
                .vault = *vault,
                .clock = now,
                .next_uuid = next_uuid,
                .rate_limit = settings.rate_limit,
                .dialect = settings.dialect,
                .triggers_reach = triggers_reach},
               settings.access_log);
  const auto kept_vault = [&]() -> const base::Vault& {
    keep_key_file(*vault, settings.data);
    return *vault;
  };
  webhooks::Options outbox_options;
  outbox_options.triggers_reach = triggers_reach;
  auto outbox = std::make_unique<webhooks::Outbox>(webhooks::Parts{.store = *store,
                                                                   .doorbell = doorbell,
                                                                   .log = log,
                                                                   .vault = *vault,
                                                                   .clock = now,
                                                                   .dialect = settings.dialect},
                                                   outbox_options);
  auto admin_socket = open_admin_socket(settings, {.store = *store, .vault = kept_vault}, log);
  const auto server = open_server(settings, api);
  server->start();
  const std::uint16_t port = server->port();
  log_listening(log, settings, port);
  if (store->teams().empty()) {
    log.write(base::LogLevel::info, "no_team",
              {{"make_one", "cardfile team create \"My team\" --data " + settings.data}});
  }
  if (settings.demo) print_demo_guide(base_url(settings, port), settings.data);
  port_file.write(port);

  const std::string signal = wait_for_ending_signal();
  log.write(base::LogLevel::info, "stopping", {{"signal", signal}});
  api.begin_drain();
  std::this_thread::sleep_for(settings.stop_delay);  // A load balancer that asks meanwhile sends no more.
  worker.refuse_waiting();
  const bool complete = server->drain(settings.drain_timeout);
  if (!complete) log.write(base::LogLevel::warning, "requests_cut_off");
  admin_socket.reset();
  outbox.reset();
  store.reset();  // Closing may take a while, and may fail: both are to be seen before "stopped".
  log.write(base::LogLevel::info, "stopped");
  return 0;
}

}  // namespace

void add_serve(CLI::App& app, Invocation& invocation) {
  auto* command = app.add_subcommand("serve", "Run the server");
  command->footer(
      "Every setting may also come from the environment (CARDFILE_LISTEN) or from the file of --config (listen = "
      "\"127.0.0.1:9000\"); a flag wins over the environment, the environment over the file.\n"
      "Example: cardfile serve --listen 127.0.0.1:8080 --data ./data");
  add_settings(*command, invocation);
  command->callback([&invocation] { invocation.command = serve; });
}

}  // namespace cardfile::cli
