// cardfile-load: keeps a server busy with one kind of request over keep-alive connections, each with one request at a
// time, and tells how it answered. --help has the options.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "bench/closed_loop.h"
#include "bench/meter.h"
#include "bench/population.h"
#include "bench/workload.h"

namespace {

using namespace cardfile::bench;

enum class Mode { update, update_v2, get, get_v2, create, plain, plain_put, post };

const std::map<std::string, Mode> kModes = {
    {"update", Mode::update},       {"update-v2", Mode::update_v2}, {"get", Mode::get},
    {"get-v2", Mode::get_v2},       {"create", Mode::create},       {"plain", Mode::plain},
    {"plain-put", Mode::plain_put}, {"post", Mode::post},
};

const std::map<std::string, Ids::Order> kOrders = {
    {"uniform", Ids::Order::uniform},
    {"sequential", Ids::Order::sequential},
};

constexpr double kForever = 1e6;  // Seconds.

struct Settings {
  std::string mode = "update";
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;
  std::string url;
  std::string target = "/";
  std::string body;
  std::string key = std::string(kKey);
  std::size_t connections = 64;
  double seconds = 5;
  double warmup = 1;
  std::uint64_t contacts = 10'000;
  std::uint64_t contacts_per_call = 1'000;
  std::size_t custom_size = UpdateBody::kCustomSize;
  std::string ids = "uniform";
  std::uint64_t seed = 1;
  std::vector<pid_t> processes;
  bool verify = false;
  bool fresh = false;
  bool json = false;
};

CLI::Validator one_of(const auto& names) {
  std::vector<std::string> words;
  for (const auto& [name, value] : names) words.push_back(name);
  return CLI::IsMember(words);
}

void describe(CLI::App& app, Settings& settings) {
  app.add_option("mode", settings.mode,
                 "update, update-v2: PUT of a contact; get, get-v2: GET of one; create: POST of --contacts new ones, "
                 "however long that takes; plain, plain-put: GET, or PUT of the same body, of one target; post: POST "
                 "of --body to it")
      ->required()
      ->check(one_of(kModes));
  app.add_option("--host", settings.host, "Name or address of the server")->capture_default_str();
  app.add_option("--port", settings.port, "Its port")->capture_default_str();
  app.add_option("--url", settings.url, "http://host:port/target, in place of --host, --port and --target");
  app.add_option("--target", settings.target, "Path of plain, plain-put and post")->capture_default_str();
  app.add_option("--body", settings.body, "Body of post, JSON");
  app.add_option("--key", settings.key, "API key")->capture_default_str();
  app.add_option("--connections", settings.connections, "Connections")
      ->capture_default_str()
      ->check(CLI::Range(1, 60'000));
  app.add_option("--seconds", settings.seconds, "Seconds that are measured")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--warmup", settings.warmup, "Seconds before them")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  app.add_option("--contacts", settings.contacts, "The folder was filled with this many")
      ->capture_default_str()
      ->check(CLI::Range(std::uint64_t{1}, kContactsMax));
  app.add_option("--contacts-per-call", settings.contacts_per_call, "In a call of create")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000));
  app.add_option("--custom-size", settings.custom_size, "Characters of the custom values in an update")
      ->capture_default_str()
      ->check(CLI::Range(UpdateBody::kCustomSize, UpdateBody::kCustomSizeMax));
  app.add_option("--ids", settings.ids, "uniform: at random; sequential: 1, 2, …")
      ->capture_default_str()
      ->check(one_of(kOrders));
  app.add_option("--seed", settings.seed, "Another seed writes other values to other contacts")
      ->capture_default_str()
      ->check(CLI::Range(0, 9'999));
  app.add_option("--pid", settings.processes, "The server's process (its children count too), for its CPU time");
  app.add_flag("--verify", settings.verify,
               "After the updates, read every contact written to: revisions must add up and the last write be there");
  app.add_flag("--fresh", settings.fresh, "Verify too that every contact had revision 1 before");
  app.add_flag("--json", settings.json, "Print one JSON object");
}

/// Takes http://host:port/target apart.
void read_url(Settings& settings) {
  constexpr std::string_view kScheme = "http://";
  const std::string& url = settings.url;
  if (url.empty()) return;
  if (!url.starts_with(kScheme)) throw CLI::ValidationError("--url", "must begin with http://");
  const std::size_t slash = url.find('/', kScheme.size());
  const std::string authority = url.substr(kScheme.size(), slash - kScheme.size());
  settings.target = slash == std::string::npos ? "/" : url.substr(slash);
  const std::size_t colon = authority.rfind(':');
  settings.host = authority.substr(0, colon);
  const std::string port = colon == std::string::npos ? "80" : authority.substr(colon + 1);
  if (!CLI::detail::lexical_cast(port, settings.port)) throw CLI::ValidationError("--url", "has no such port");
}

std::string headers_of(const Settings& settings) {
  return "Host: " + settings.host + ":" + std::to_string(settings.port) + "\r\nAuthorization: Bearer " + settings.key +
         "\r\nAccept: application/json\r\n";
}

double in_us(std::uint64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1'000; }

using Verified = std::optional<Verification::Result>;

void print_json(const Settings& settings, const Meter& meter, const Verified& verified) {
  const Histogram& latency = meter.latency();
  std::printf(R"({"mode":"%s","connections":%zu,"contacts":%llu,"seconds":%.3f,"requests":%llu,)",
              settings.mode.c_str(), settings.connections, static_cast<unsigned long long>(settings.contacts),
              meter.seconds(), static_cast<unsigned long long>(latency.total()));
  std::printf(R"("requests_per_second":%.1f,"p50_us":%.1f,"p90_us":%.1f,"p99_us":%.1f,"p999_us":%.1f,)",
              meter.requests_per_second(), in_us(latency.quantile(0.5)), in_us(latency.quantile(0.9)),
              in_us(latency.quantile(0.99)), in_us(latency.quantile(0.999)));
  std::printf(R"("max_us":%.1f,"load_cpu_us":%.2f,)", in_us(latency.max()), meter.own_cpu_us());
  if (meter.knows_server_cpu()) std::printf(R"("server_cpu_us":%.2f,)", meter.server_cpu_us());
  if (verified) {
    std::printf(R"("verified_contacts":%llu,"verified_writes":%llu,"findings":%llu,)",
                static_cast<unsigned long long>(verified->contacts), static_cast<unsigned long long>(verified->writes),
                static_cast<unsigned long long>(verified->findings));
  }
  std::printf(R"("errors":%llu,"errors_by_status":{)", static_cast<unsigned long long>(meter.error_count()));
  const char* comma = "";
  for (const auto& [status, count] : meter.errors()) {
    std::printf(R"(%s"%d":%llu)", comma, status, static_cast<unsigned long long>(count));
    comma = ",";
  }
  std::printf("}}\n");
}

void print_text(const Settings& settings, const Meter& meter, const Verified& verified) {
  const Histogram& latency = meter.latency();
  std::printf("%s, %zu connections, %.1f s\n", settings.mode.c_str(), settings.connections, meter.seconds());
  std::printf("  requests/s      %10.0f\n", meter.requests_per_second());
  constexpr std::pair<const char*, double> kQuantiles[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}};
  for (const auto& [name, share] : kQuantiles)
    std::printf("  %-5s        %10.0f us\n", name, in_us(latency.quantile(share)));
  std::printf("  max          %10.0f us\n", in_us(latency.max()));
  if (meter.knows_server_cpu()) std::printf("  server CPU   %10.2f us/request\n", meter.server_cpu_us());
  std::printf("  load CPU     %10.2f us/request\n", meter.own_cpu_us());
  if (verified) {
    std::printf("  verified     %10llu writes to %llu contacts: %llu findings\n",
                static_cast<unsigned long long>(verified->writes), static_cast<unsigned long long>(verified->contacts),
                static_cast<unsigned long long>(verified->findings));
  }
  for (const auto& [status, count] : meter.errors()) {
    std::printf("  status %d: %llu errors\n", status, static_cast<unsigned long long>(count));
  }
}

/// False when an answer was not 2xx or a write was lost.
bool report(const Settings& settings, const Meter& meter, const Verified& verified) {
  settings.json ? print_json(settings, meter, verified) : print_text(settings, meter, verified);
  if (meter.error_count() > 0) std::cerr << "cardfile-load: the first error: " << meter.first_error() << "\n";
  if (verified) {
    for (const std::string& example : verified->examples) std::cerr << "cardfile-load: " << example << "\n";
  }
  return meter.error_count() == 0 && (!verified || verified->findings == 0);
}

bool run(const Settings& settings) {
  const Mode mode = kModes.at(settings.mode);
  const std::string headers = headers_of(settings);
  const Ids ids(kOrders.at(settings.ids), settings.contacts, settings.seed);
  const Api api = mode == Mode::update_v2 || mode == Mode::get_v2 ? Api::v2 : Api::v1;
  ClosedLoop loop(settings.host, settings.port, settings.connections);
  const bool ends_by_itself = mode == Mode::create;
  Meter meter({.warmup = std::chrono::duration<double>(ends_by_itself ? 0 : settings.warmup),
               .measured = std::chrono::duration<double>(ends_by_itself ? kForever : settings.seconds),
               .processes = settings.processes});
  Verified verified;
  bool all_created = true;
  switch (mode) {
    case Mode::update:
    case Mode::update_v2: {
      Updates updates(meter, api, ids, settings.contacts, settings.connections, settings.seed, headers,
                      UpdateBody::of_size(settings.custom_size));
      loop.run(updates);
      if (!settings.verify) break;
      Verification verification(updates.acknowledged(), settings.fresh, settings.connections, headers);
      loop.run(verification);
      verified = verification.result();
      break;
    }
    case Mode::get:
    case Mode::get_v2: {
      Gets gets(meter, api, ids, settings.connections, headers);
      loop.run(gets);
      break;
    }
    case Mode::create: {
      Creations creations(meter, settings.contacts, settings.contacts_per_call, settings.connections, headers);
      loop.run(creations);
      meter.end(Clock::now());
      all_created = creations.calls_with_refusals() == 0;
      if (!all_created) {
        std::cerr << "cardfile-load: " << creations.calls_with_refusals() << " calls had contacts refused\n";
      }
      break;
    }
    case Mode::plain: {
      Plain plain(meter, "GET " + settings.target, headers, {});
      loop.run(plain);
      break;
    }
    case Mode::plain_put: {
      Plain plain(meter, "PUT " + settings.target, headers, UpdateBody::kTemplate);
      loop.run(plain);
      break;
    }
    case Mode::post: {
      Plain plain(meter, "POST " + settings.target, headers, settings.body);
      loop.run(plain);
      break;
    }
  }
  return report(settings, meter, verified) && all_created;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Keeps a server busy and tells how it answered.", "cardfile-load");
  Settings settings;
  describe(app, settings);
  try {
    app.parse(argc, argv);
    read_url(settings);
    return run(settings) ? 0 : 1;
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  } catch (const std::exception& error) {
    std::cerr << "cardfile-load: " << error.what() << "\n";
    return 1;
  }
}
