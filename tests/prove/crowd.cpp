#include "prove/crowd.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <random>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "prove/peer.h"
#include "prove/server_process.h"
#include "support/http_client.h"
#include "support/program.h"

namespace cardfile::prove {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using test::HttpClient;
using test::RunningServer;
using test::TempFolder;

constexpr std::int64_t kIdleBytesMax = 20 * 1024;
constexpr std::int64_t kDescriptorsBeside = 20;  // Of the server, for files that it opens and closes again.

constexpr std::string_view kHealth = "GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n";

/// A client of a server, whose requests are measured.
class BusyConnection {
 public:
  /// Of each hundred requests so many more are made as are not counted.
  BusyConnection(RunningServer& server, int more_percent)
      : process_(server.process().id()), more_percent_(more_percent), client_(server.port(), {}) {
    client_.send("GET", "/healthz");
  }

  /// Processor time of the server for each of so many requests.
  std::int64_t nanoseconds_a_request(int requests) {
    const auto before = running_time(process_);
    for (int i = 0; i < requests + requests * more_percent_ / 100; ++i) client_.send("GET", "/healthz");
    return (running_time(process_) - before).count() / requests;
  }

 private:
  const pid_t process_;
  const int more_percent_;
  HttpClient client_;
};

std::int64_t median(std::vector<std::int64_t> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

struct Compared {
  std::int64_t alone = 0;
  std::int64_t beside = 0;
};

/// What a request costs either server, measured in turn, so that what else the machine does is in both.
Compared nanoseconds_a_request(RunningServer& alone, RunningServer& crowded, const IdleOptions& options) {
  const OneProcessor one_processor({alone.process().id(), crowded.process().id()});
  BusyConnection of_alone(alone, 0);
  BusyConnection of_crowded(crowded, options.more_percent);
  std::vector<std::int64_t> times_alone;
  std::vector<std::int64_t> times_beside;
  for (int i = 0; i < options.measurements; ++i) {
    times_alone.push_back(of_alone.nanoseconds_a_request(options.requests));
    times_beside.push_back(of_crowded.nanoseconds_a_request(options.requests));
  }
  return {.alone = median(std::move(times_alone)), .beside = median(std::move(times_beside))};
}

/// Thousandths of a processor that it takes, whatever is asked of it.
std::int64_t permille_of_a_processor(pid_t process, milliseconds time) {
  const auto began = steady_clock::now();
  const auto before = running_time(process);
  std::this_thread::sleep_for(time);
  const auto ran = running_time(process) - before;
  return 1'000 * ran / (steady_clock::now() - began);
}

/// Asks on the peers' connections, one after the other, for as long as it lives.
class Asking {
 public:
  explicit Asking(const std::vector<Peer>& peers)
      : thread_([&peers](const std::stop_token& stop) { ask(peers, stop); }) {}

 private:
  static void ask(const std::vector<Peer>& peers, const std::stop_token& stop) {
    std::string requests;
    for (int i = 0; i < kRequestsAtOnce; ++i) requests += kHealth;
    while (!stop.stop_requested()) {
      for (const auto& peer : peers) peer.send(requests);
      for (const auto& peer : peers) peer.hears_something();
    }
  }

  static constexpr int kRequestsAtOnce = 10;  // Their answers are heard at once.

  std::jthread thread_;
};

}  // namespace

void idle_connections(Campaign& campaign, const IdleOptions& options) {
  allow_descriptors(static_cast<std::size_t>(options.connections) + 100);
  while (campaign.begins_unit()) {
    const TempFolder folder;
    const TempFolder folder_of_alone;
    RunningServer server(folder);
    RunningServer alone(folder_of_alone);
    const std::uint16_t port = server.port();
    const pid_t process = server.process().id();
    for (int i = 0; i < 200; ++i) {
      const Peer peer(port);
      peer.send(kHealth);
      peer.hears_something();
    }
    const std::int64_t before = own_memory(process);
    std::vector<Peer> peers;
    for (int i = 0; i < options.connections; ++i) {
      peers.emplace_back(port);
      peers.back().send(kHealth);
      if (!peers.back().hears_something()) campaign.find("a connection of the crowd is not answered");
      if (options.hold_half_a_body) {
        peers.back().send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 30000\r\n\r\n" + std::string(25'000, 'x'));
      }
    }
    std::optional<Asking> asking;
    if (options.keep_asking) asking.emplace(peers);
    const std::int64_t at_rest = permille_of_a_processor(process, options.rest);
    const Compared times = nanoseconds_a_request(alone, server, options);
    asking.reset();
    const std::int64_t each = (own_memory(process) - before) / options.connections;
    const std::int64_t percent = 100 * times.beside / std::max<std::int64_t>(times.alone, 1);
    campaign.count("connections", options.connections);
    campaign.raise("bytes a connection at most", each);
    campaign.raise("thousandths of a processor for them at most", at_rest);
    campaign.raise("% of a request's time beside them at most", percent);
    if (each > kIdleBytesMax) campaign.find("an idle connection takes " + std::to_string(each) + " bytes");
    if (at_rest > options.rest_permille_max) {
      campaign.find("idle connections take " + std::to_string(at_rest) + " thousandths of a processor");
    }
    if (percent > options.beside_percent_max) {
      campaign.find("a request takes " + std::to_string(times.beside) + " ns beside idle connections, " +
                    std::to_string(times.alone) + " alone");
    }
  }
}

void idle_connections(Campaign& campaign) { idle_connections(campaign, IdleOptions{}); }

namespace {

/// One client's requests, one after the other, until the time is over.
class SoakingClient {
 public:
  SoakingClient(Campaign& campaign, std::uint16_t port, const std::string& key, int number, std::uint64_t seed)
      : campaign_(campaign), client_(port, {{"Authorization", "Bearer " + key}}), number_(number), random_(seed) {}

  void run(steady_clock::time_point end) {
    std::int64_t requests = 0;
    while (steady_clock::now() < end) {
      step();
      ++requests;
    }
    campaign_.count("requests", requests);
  }

 private:
  void step() {
    const std::string phone = "1312" + std::to_string(1'000'000 + number_ * 1'000 + below(100));
    const std::string body = R"({"phone":")" + phone + R"(","first":"n)" + std::to_string(below(1'000)) + R"("})";
    switch (below(6)) {
      case 0:
        return ask("POST", "/v1/contacts", R"({"limit":20,"filter":"n1"})");
      case 1:
        return ask("POST", "/v1/contact/get", R"({"phone":")" + phone + R"("})");
      case 2:
        return ask("DELETE", "/v1/contact/" + std::to_string(1 + below(1'000)), "");
      case 3:
        return ask("POST", "/v1/batch/contacts?overwrite=true", "[" + body + "]");
      case 4:
        return ask("PUT", "/v1/contact/" + std::to_string(1 + below(1'000)), body);
      default:
        return ask("POST", "/v1/contact", body);
    }
  }

  void ask(std::string_view method, const std::string& target, const std::string& body) {
    const auto reply = client_.send(method, target, body);
    if (reply && reply->status < 500) return;
    const std::string status = reply ? std::to_string(reply->status) + " " + reply->body : "no answer";
    campaign_.find(std::string(method) + " " + target + " is answered with " + status);
  }

  int below(int limit) { return static_cast<int>(random_() % static_cast<std::uint64_t>(limit)); }

  Campaign& campaign_;
  HttpClient client_;
  const int number_;
  std::mt19937_64 random_;
};

}  // namespace

void soak(Campaign& campaign, const SoakOptions& options) {
  constexpr std::int64_t kWarmUnits = 3;
  const TempFolder folder;
  const std::string key = test::make_team_and_key(folder);
  RunningServer server(folder);
  const std::uint16_t port = server.port();
  const pid_t process = server.process().id();
  std::vector<Peer> forgotten;
  std::int64_t warm_memory = 0;
  std::int64_t warm_descriptors = 0;
  std::int64_t units = 0;
  while (campaign.begins_unit()) {
    const auto end = std::min(steady_clock::now() + options.unit, campaign.deadline());
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < options.clients; ++i) {
        threads.emplace_back([&campaign, port, &key, i, end, seed = campaign.random()()] {
          SoakingClient(campaign, port, key, i, seed).run(end);
        });
      }
    }
    if (options.forgets_connections) {
      for (int i = 0; i < 50; ++i) forgotten.emplace_back(port);
    }
    const std::int64_t memory = own_memory(process);
    // A client's end may be seen a moment later.
    std::int64_t open = 0;
    const auto is_quiet = [&] {
      open = descriptors(process);
      return units >= kWarmUnits && open <= warm_descriptors + kDescriptorsBeside;
    };
    test::becomes_true(is_quiet, milliseconds(units < kWarmUnits ? 200 : 2'000));
    if (units < kWarmUnits) {
      warm_memory = std::max(warm_memory, memory);
      warm_descriptors = std::max(warm_descriptors, open);
    }
    ++units;
    campaign.raise("KiB of memory at most", memory / 1024);
    campaign.raise("descriptors at most", open);
    if (units <= kWarmUnits) continue;
    campaign.raise("% of the memory after three units at most", 100 * memory / std::max<std::int64_t>(warm_memory, 1));
    if (memory > warm_memory * 3 / 2 + (std::int64_t{32} << 20)) {
      campaign.find("memory has grown from " + std::to_string(warm_memory) + " to " + std::to_string(memory) +
                    " bytes");
    }
    if (open > warm_descriptors + kDescriptorsBeside) {
      campaign.find("descriptors have grown from " + std::to_string(warm_descriptors) + " to " + std::to_string(open));
    }
  }
}

void soak(Campaign& campaign) { soak(campaign, SoakOptions{}); }

}  // namespace cardfile::prove
