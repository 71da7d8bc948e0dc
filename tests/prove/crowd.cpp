#include "prove/crowd.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

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
// What a busy connection may take more beside a crowd. The promise is 120; a shared machine is not that exact.
constexpr std::int64_t kBesidePercentMax = 150;
constexpr std::int64_t kBudgetBytes = std::int64_t{256} << 20;
constexpr std::int64_t kSlowBytesMax = 40 * 1024;
constexpr std::int64_t kDescriptorsBeside = 20;  // Of the server, for files that it opens and closes again.

constexpr std::string_view kHealth = "GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n";

/// A socket that is left alone.
class Peer {
 public:
  explicit Peer(std::uint16_t port, int room = 0) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (room > 0) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("a connection was not taken");
    }
  }
  Peer(Peer&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer() {
    if (socket_ >= 0) ::close(socket_);
  }

  void send(std::string_view bytes) const {
    static_cast<void>(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
  }
  bool hears_something() const {
    std::array<char, 4096> room;
    return ::recv(socket_, room.data(), room.size(), 0) > 0;
  }

 private:
  int socket_;
};

/// Processor time of the server for each of so many requests.
std::int64_t nanoseconds_a_request(RunningServer& server, int requests) {
  HttpClient client(server.port(), {});
  client.send("GET", "/healthz");
  const auto before = running_time(server.process().id());
  for (int i = 0; i < requests; ++i) client.send("GET", "/healthz");
  return (running_time(server.process().id()) - before).count() / requests;
}

std::string milliseconds_text(milliseconds time) { return std::to_string(time.count()); }

}  // namespace

void idle_connections(Campaign& campaign, const IdleOptions& options) {
  const std::size_t may_have = allow_descriptors(static_cast<std::size_t>(options.connections) + 100);
  const int count = std::min(options.connections, static_cast<int>(may_have) - 100);
  while (campaign.begins_unit()) {
    const TempFolder folder;
    RunningServer server(folder);
    const std::uint16_t port = server.port();
    const pid_t process = server.process().id();
    for (int i = 0; i < 200; ++i) {
      const Peer peer(port);
      peer.send(kHealth);
      peer.hears_something();
    }
    const std::int64_t alone = nanoseconds_a_request(server, options.requests);
    const std::int64_t before = own_memory(process);
    std::vector<Peer> peers;
    for (int i = 0; i < count; ++i) {
      peers.emplace_back(port);
      peers.back().send(kHealth);
      if (!peers.back().hears_something()) campaign.find("a connection of the crowd is not answered");
      if (options.hold_half_a_body) {
        peers.back().send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 100000\r\n\r\n" + std::string(60'000, 'x'));
      }
    }
    const std::int64_t beside = nanoseconds_a_request(server, options.requests);
    const std::int64_t each = (own_memory(process) - before) / count;
    campaign.count("connections", count);
    campaign.raise("bytes a connection at most", each);
    campaign.raise("% of a request's time beside them at most", 100 * beside / std::max<std::int64_t>(alone, 1));
    if (each > kIdleBytesMax) campaign.find("an idle connection takes " + std::to_string(each) + " bytes");
    if (100 * beside > kBesidePercentMax * alone) {
      campaign.find("a request takes " + std::to_string(beside) + " ns beside idle connections, " +
                    std::to_string(alone) + " alone");
    }
  }
}

void idle_connections(Campaign& campaign) { idle_connections(campaign, IdleOptions{}); }

void slow_peers(Campaign& campaign, const SlowOptions& options) {
  const std::size_t may_have = allow_descriptors(static_cast<std::size_t>(options.connections) + 100);
  const int count = std::min(options.connections, static_cast<int>(may_have) - 100);
  while (campaign.begins_unit()) {
    const TempFolder folder;
    const std::string timeout = milliseconds_text(options.patient_server ? 100 * options.patience : options.timeout);
    RunningServer server(folder, {"--header-timeout-ms", timeout, "--body-timeout-ms", timeout, "--write-timeout-ms",
                                  timeout, "--idle-timeout-ms", "1000000"});
    const std::uint16_t port = server.port();
    const pid_t process = server.process().id();
    HttpClient honest(port, {});
    honest.send("GET", "/healthz");
    const std::int64_t descriptors_before = descriptors(process);
    const std::int64_t memory_before = own_memory(process);

    std::string many;
    for (int i = 0; i < 200; ++i) many += "GET /openapi.json HTTP/1.1\r\nHost: t\r\n\r\n";
    std::vector<Peer> peers;
    for (int i = 0; i < count; ++i) {
      peers.emplace_back(port, i % 3 == 2 ? 4096 : 0);
      if (i % 3 == 0) peers.back().send("GET / HTTP/1.1\r\nX-Slow: ");
      if (i % 3 == 1) peers.back().send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1000000\r\n\r\n");
      if (i % 3 == 2) peers.back().send(many);
    }
    const auto all_there = steady_clock::now();
    auto gone_after = options.patience;
    milliseconds slowest{0};
    std::int64_t memory = 0;
    auto next_drip = steady_clock::now();
    const auto all_gone = [&] {
      if (steady_clock::now() >= next_drip) {
        next_drip = steady_clock::now() + options.timeout / 10;
        for (int i = 0; i < count; ++i) {
          if (i % 3 != 2) peers[static_cast<std::size_t>(i)].send("x");
        }
      }
      const auto asked = steady_clock::now();
      const auto reply = honest.send("GET", "/healthz");
      if (!reply || reply->status != 200) campaign.find("an honest client is not answered beside slow ones");
      slowest = std::max(slowest, std::chrono::duration_cast<milliseconds>(steady_clock::now() - asked));
      memory = std::max(memory, own_memory(process) - memory_before);
      return descriptors(process) <= descriptors_before + kDescriptorsBeside;
    };
    const bool in_time = test::becomes_true(all_gone, options.patience);
    gone_after = std::chrono::duration_cast<milliseconds>(steady_clock::now() - all_there);
    campaign.count("slow connections", count);
    campaign.raise("ms until the last was gone at most", gone_after.count());
    campaign.raise("ms for the slowest honest answer", slowest.count());
    campaign.raise("bytes for all of them at most", memory);
    if (!in_time) {
      campaign.find(std::to_string(descriptors(process) - descriptors_before) +
                    " slow peers are still connected after " + milliseconds_text(gone_after) + " ms");
    }
    if (memory > kBudgetBytes + count * kSlowBytesMax) {
      campaign.find("slow peers take " + std::to_string(memory) + " bytes of memory");
    }
  }
}

void slow_peers(Campaign& campaign) { slow_peers(campaign, SlowOptions{}); }

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
