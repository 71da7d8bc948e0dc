#include "prove/crowd.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "prove/lines.h"
#include "prove/peer.h"
#include "prove/server_process.h"
#include "support/http_client.h"
#include "support/program.h"

namespace cardfile::prove {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using test::HttpClient;

constexpr std::int64_t kIdleBytesMax = 20 * 1024;
constexpr std::int64_t kWaitTimesMax = 2;        // What a request takes alone, by the clock,
constexpr milliseconds kWaitMore{5};             // and this, for a busy machine.
constexpr std::int64_t kDescriptorsBeside = 20;  // Of the server, for files that it opens and closes again.

constexpr std::string_view kHealth = "GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n";

std::int64_t median(std::vector<std::int64_t> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

/// What a request takes, in the middle.
struct Cost {
  std::int64_t processor_ns = 0;  // Of the server's.
  std::int64_t wait_ns = 0;       // Of the client's time.
};

/// A client of a server, whose requests are measured.
class BusyConnection {
 public:
  /// Of each hundred requests so many more are made as are not counted, and each takes so much longer.
  BusyConnection(const Served& server, int more_percent, milliseconds wait_more)
      : process_(server.process()), more_percent_(more_percent), wait_more_(wait_more), client_(server.port(), {}) {
    client_.send("GET", "/healthz");
  }

  /// So many requests.
  void measure(int requests) {
    const auto before = running_time(process_);
    for (int i = 0; i < requests + requests * more_percent_ / 100; ++i) waits_ns_.push_back(ask().count());
    processor_ns_.push_back((running_time(process_) - before).count() / requests);
  }

  Cost cost() const { return {.processor_ns = median(processor_ns_), .wait_ns = median(waits_ns_)}; }

 private:
  std::chrono::nanoseconds ask() {
    const auto asked = steady_clock::now();
    client_.send("GET", "/healthz");
    if (wait_more_ > milliseconds(0)) std::this_thread::sleep_for(wait_more_);
    return steady_clock::now() - asked;
  }

  const pid_t process_;
  const int more_percent_;
  const milliseconds wait_more_;
  HttpClient client_;
  std::vector<std::int64_t> processor_ns_;  // A measurement each.
  std::vector<std::int64_t> waits_ns_;      // A request each.
};

struct Compared {
  Cost alone;
  Cost beside;
};

/// What a request costs either server, measured in turn, so that what else the machine does is in both.
Compared cost_of_a_request(const Served& alone, const Served& crowded, const IdleOptions& options) {
  const OneProcessor one_processor({alone.process(), crowded.process()});
  BusyConnection of_alone(alone, 0, milliseconds(0));
  BusyConnection of_crowded(crowded, options.more_percent, options.wait_more);
  for (int i = 0; i < options.measurements; ++i) {
    of_alone.measure(options.requests);
    of_crowded.measure(options.requests);
  }
  return {.alone = of_alone.cost(), .beside = of_crowded.cost()};
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

/// What a connection does before it is idle.
enum class Past { little, large_body, large_answer };
constexpr int kPasts = 3;
Past past_of(int connection) { return static_cast<Past>(connection % kPasts); }

/// Hears all of the answer.
bool hears_answer_to(const Peer& peer, std::string_view request) {
  std::string answer;
  std::array<char, 64 * 1024> room;
  if (!peer.send_all(request)) return false;
  while (!is_complete(answer)) {
    const auto heard = peer.wait_to_hear(room);
    if (heard.empty()) return false;
    answer += heard;
  }
  return Heard(answer).status() == 200;
}

/// False when it is not answered.
bool lives_through(const Peer& peer, Past past, const Served& served) {
  switch (past) {
    case Past::little:
      peer.send(kHealth);
      return peer.hears_something();
    case Past::large_body:
      return hears_answer_to(
          peer, request(served, "POST /v1/contacts/count", R"({"x":")" + std::string(200'000, 'x') + R"("})"));
    case Past::large_answer:
      return hears_answer_to(peer, request(served, "GET /openapi.json", ""));
  }
  return false;
}

}  // namespace

void idle_connections(Campaign& campaign, const IdleOptions& options) {
  allow_descriptors(static_cast<std::size_t>(options.connections) + 100);
  while (campaign.begins_unit()) {
    const auto server = serve();
    const auto alone = serve();
    const std::uint16_t port = server->port();
    const pid_t process = server->process();
    for (int i = 0; i < 200; ++i) lives_through(Peer(port), past_of(i), *server);
    const std::int64_t before = own_memory(process);
    std::vector<Peer> peers;
    for (int i = 0; i < options.connections; ++i) {
      peers.emplace_back(port);
      if (!lives_through(peers.back(), past_of(i), *server)) {
        campaign.find("a connection of the crowd is not answered");
        break;
      }
      if (options.hold_half_a_body) {
        peers.back().send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 30000\r\n\r\n" + std::string(25'000, 'x'));
      }
    }
    std::optional<Asking> asking;
    if (options.keep_asking) asking.emplace(peers);
    const std::int64_t at_rest = permille_of_a_processor(process, options.rest);
    const auto [cost_alone, cost_beside] = cost_of_a_request(*alone, *server, options);
    asking.reset();
    const std::int64_t each = (own_memory(process) - before) / options.connections;
    const std::int64_t percent = 100 * cost_beside.processor_ns / std::max<std::int64_t>(cost_alone.processor_ns, 1);
    campaign.count("connections", options.connections);
    campaign.raise("bytes a connection at most", each);
    campaign.raise("thousandths of a processor for them at most", at_rest);
    campaign.raise("% of a request's time beside them at most", percent);
    campaign.raise("us for a request alone at most", cost_alone.wait_ns / 1'000);
    campaign.raise("us for it beside them at most", cost_beside.wait_ns / 1'000);
    if (each > kIdleBytesMax) campaign.find("an idle connection takes " + std::to_string(each) + " bytes");
    if (at_rest > options.rest_permille_max) {
      campaign.find("idle connections take " + std::to_string(at_rest) + " thousandths of a processor");
    }
    if (percent > options.beside_percent_max) {
      campaign.find("a request takes " + std::to_string(cost_beside.processor_ns) + " ns beside idle connections, " +
                    std::to_string(cost_alone.processor_ns) + " alone");
    }
    if (cost_beside.wait_ns > kWaitTimesMax * cost_alone.wait_ns + std::chrono::nanoseconds(kWaitMore).count()) {
      campaign.find("a request waits " + std::to_string(cost_beside.wait_ns) + " ns beside idle connections, " +
                    std::to_string(cost_alone.wait_ns) + " alone");
    }
  }
}

void idle_connections(Campaign& campaign) { idle_connections(campaign, IdleOptions{}); }

namespace {

/// A contact that a client was told of.
struct Known {
  std::string phone;
  std::string id;
  std::string uuid;
};

/// How a request of the mix has to be answered.
struct Expected {
  int status = 200;
  std::string says;  // Somewhere in the body.
};

/// One client's requests, one after the other, until there are enough, the time is over, or one is not answered as it
/// has to be. Its phones are its own, and by id it asks for contacts that have them and that nobody else deletes: so it
/// is known of each request how it is answered.
class SoakingClient {
 public:
  SoakingClient(Campaign& campaign, const Served& served, int number, std::uint64_t seed)
      : campaign_(campaign),
        client_(served.port(), served.headers()),
        without_key_(served.port(), {}),
        number_(number),
        random_(seed) {}

  /// Gives how many they were.
  std::int64_t run(std::int64_t requests_max, steady_clock::time_point end) {
    while (!has_failed_ && requests_ < requests_max && steady_clock::now() < end) step();
    return requests_;
  }

 private:
  void step() {
    const std::string phone = "1312" + std::to_string(1'000'000 + number_ * 1'000 + below(100));
    const std::string contact = contact_with(phone);
    const std::string tagged = R"({"phone":")" + phone + R"(","tags":[{"tag_id":1}]})";
    switch (below(16)) {
      case 0:
        return ask("POST", "/v1/contacts", R"({"limit":20,"filter":"n1"})", {.says = "["});
      case 1:
        return create("/v1/contact", phone, tagged);
      case 2:
        return create("/v2/contact", phone, contact);
      case 3:
        return ask("POST", "/v1/batch/contacts?overwrite=true", "[" + contact + "]", {.says = R"("ok")"});
      case 4:
        return ask("POST", "/v2/contacts", R"({"contacts":[)" + tagged + "," + contact + "]}", {.says = phone});
      case 5:
        return ask("PUT", "/v1/tag/1", R"({"tag":"t)" + std::to_string(below(1'000)) + R"("})", {.says = R"("rev":)"});
      case 6:
        return ask("POST", "/v1/tags", "{}", {.says = R"("tag":"t)"});
      case 7:
        return ask_without_key("GET", "/v2/contact/" + std::string(kNobody), {.status = 401, .says = "unauthorized"});
      default:
        return known_ ? step_of_a_known_one(*known_) : create("/v1/contact", phone, contact);
    }
  }

  void step_of_a_known_one(const Known& known) {
    const std::string email = known.phone + "@example.org";
    switch (below(8)) {
      case 0:
        return ask("POST", "/v1/contact/get", R"({"phone":")" + known.phone + R"("})", {.says = known.uuid});
      case 1:
        return ask("PUT", "/v1/contact/" + known.id, contact_with(known.phone), {.says = known.uuid});
      case 2:
        return ask("PUT", "/v1/contact/" + known.id, R"({"phone":"1"})", {.status = 400, .says = R"("phone")"});
      case 3:
        return ask("POST", "/v2/contacts/search",
                   R"({"contact_channels":[{"channel_type":"phone","channel_ids":[")" + known.phone + R"("]}]})",
                   {.says = known.uuid});
      case 4:
        return ask("POST", "/v2/contact/" + known.uuid + "/channel",
                   R"({"channel_type":"email","channel_id":")" + email + R"("})", {.says = email});
      case 5:
        return ask("GET", "/v2/contact/" + known.uuid + "/channels", "", {.says = known.uuid});
      case 6:
        return remove("/v1/contact/" + known.id);
      default:
        return remove("/v2/contact/" + known.uuid);
    }
  }

  std::string contact_with(const std::string& phone) {
    return R"({"phone":")" + phone + R"(","first":"n)" + std::to_string(below(1'000)) + R"("})";
  }

  /// Or updates the one that has the phone.
  void create(const std::string& target, const std::string& phone, const std::string& body) {
    const std::string answer = answer_to(client_, "POST", target, body, {.says = R"("uuid":")"});
    if (has_failed_) return;
    known_ = {.phone = phone, .id = test::json_member(answer, "id"), .uuid = test::json_member(answer, "uuid")};
  }

  void remove(const std::string& target) {
    known_.reset();
    ask("DELETE", target, "", {.says = R"("ok")"});
    ask("DELETE", target, "", {.status = 404, .says = "not_found"});
  }

  void ask(std::string_view method, const std::string& target, const std::string& body, const Expected& expected) {
    answer_to(client_, method, target, body, expected);
  }

  void ask_without_key(std::string_view method, const std::string& target, const Expected& expected) {
    answer_to(without_key_, method, target, "", expected);
  }

  std::string answer_to(HttpClient& client, std::string_view method, const std::string& target, const std::string& body,
                        const Expected& expected) {
    ++requests_;
    const auto reply = client.send(method, target, body);
    if (reply && reply->status == expected.status && reply->body.find(expected.says) != std::string::npos) {
      return reply->body;
    }
    has_failed_ = true;
    const std::string answer = reply ? std::to_string(reply->status) + " " + reply->body.substr(0, 300) : "no answer";
    campaign_.find(std::string(method) + " " + target + " is answered with " + answer + ", not with " +
                   std::to_string(expected.status) + " that says " + expected.says);
    return {};
  }

  int below(int limit) { return static_cast<int>(random_() % static_cast<std::uint64_t>(limit)); }

  static constexpr std::string_view kNobody = "5f0c1a52-9d0e-4a63-8c57-0f9f2c6f3a99";

  Campaign& campaign_;
  HttpClient client_;
  HttpClient without_key_;
  const int number_;
  std::mt19937_64 random_;
  std::optional<Known> known_;
  std::int64_t requests_ = 0;
  bool has_failed_ = false;
};

/// A tag, and so many contacts as fill the page caches: from then on they do not grow.
void fill(const Served& served, int contacts) {
  HttpClient client(served.port(), served.headers());
  const auto send = [&client](std::string_view target, const std::string& body) {
    const auto reply = client.send("POST", target, body);
    if (!reply || reply->status != 200) throw std::runtime_error("the contacts could not be made");
  };
  send("/v1/tag", R"({"tag":"t"})");
  constexpr int kAtOnce = 500;
  for (int i = 0; i < contacts; i += kAtOnce) {
    std::string body;
    for (int id = i; id < i + kAtOnce; ++id) {
      body += (body.empty() ? "[" : ",") + (R"({"phone":"1415)" + std::to_string(1'000'000 + id)) +
              R"(","avatar":"https://example.org/)" + std::string(2'000, 'a') + R"("})";
    }
    send("/v1/batch/contacts", body + "]");
  }
}

/// What the server took when a unit was over and nobody asked.
struct AtRest {
  std::int64_t memory = 0;
  std::int64_t requests = 0;  // So far.
};

class Soak {
 public:
  Soak(Campaign& campaign, const SoakOptions& options)
      : campaign_(campaign), options_(options), served_(options.serve()) {
    fill(*served_, options.contacts_before);
  }

  void run() {
    const milliseconds unit = length_of_a_unit();
    while (campaign_.begins_unit(kUnits)) {
      ask_for(unit);
      look();
    }
    if (campaign_.findings().empty()) judge_trend();
  }

 private:
  static constexpr std::size_t kWarmUnits = 3;
  static constexpr std::int64_t kUnits = 4 * kWarmUnits;  // Which a trend needs: warm ones, and three times as many.
  // Measured: from then on the page caches, a mebibyte or two for each reader, and the allocator's are what they stay.
  static constexpr std::int64_t kRequestsUntilWarm = 1'000'000;

  /// Such that the units that are needed have room in the time there is, if it is not too short for that.
  milliseconds length_of_a_unit() const {
    const auto time = campaign_.deadline() - steady_clock::now();
    return std::clamp(std::chrono::duration_cast<milliseconds>(time) / kUnits, options_.unit_min, options_.unit_max);
  }

  void ask_for(milliseconds time) {
    std::atomic<std::int64_t> requests = 0;
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < options_.clients; ++i) {
        threads.emplace_back([this, &requests, i, end = steady_clock::now() + time, seed = campaign_.random()()] {
          requests += SoakingClient(campaign_, *served_, i, seed).run(options_.requests_max, end);
        });
      }
    }
    requests_ += requests;
    campaign_.count("requests", requests);
    if (options_.forgets_connections) {
      for (int i = 0; i < 50; ++i) forgotten_.emplace_back(served_->port());
    }
  }

  void look() {
    const bool is_warm = at_rest_.size() >= kWarmUnits;
    // A client's end may be seen a moment later.
    std::int64_t open = 0;
    const auto is_quiet = [&] {
      open = descriptors(served_->process());
      return is_warm && open <= warm_descriptors_ + kDescriptorsBeside;
    };
    test::becomes_true(is_quiet, milliseconds(is_warm ? 2'000 : 200));
    const std::int64_t memory = own_memory(served_->process());
    at_rest_.push_back({.memory = memory, .requests = requests_});
    campaign_.raise("KiB of memory at most", memory / 1024);
    campaign_.raise("descriptors at most", open);
    if (!is_warm) {
      warm_memory_ = std::max(warm_memory_, memory);
      warm_descriptors_ = std::max(warm_descriptors_, open);
      return;
    }
    if (memory > warm_memory_ * 3 / 2 + (std::int64_t{32} << 20)) {
      campaign_.find("memory has grown from " + std::to_string(warm_memory_) + " to " + std::to_string(memory) +
                     " bytes");
    }
    if (open > warm_descriptors_ + kDescriptorsBeside) {
      campaign_.find("descriptors have grown from " + std::to_string(warm_descriptors_) + " to " +
                     std::to_string(open));
    }
  }

  /// The first quarter of the units is left out, and of the rest the first third is held against the last.
  void judge_trend() {
    const std::size_t units = at_rest_.size();
    if (units < static_cast<std::size_t>(kUnits)) {
      return campaign_.find("this shows nothing: " + std::to_string(units) + " units are no trend, " +
                            std::to_string(kUnits) + " would be");
    }
    const std::size_t third = units / 4;
    const AtRest before = middle_of(units - 3 * third, third);
    const AtRest after = middle_of(units - third, third);
    const std::int64_t growth = after.memory - before.memory;
    const std::int64_t requests = std::max<std::int64_t>(after.requests - before.requests, 1);
    const std::int64_t growth_max = before.memory * options_.growth_percent_max / 100 +
                                    (before.requests < kRequestsUntilWarm ? options_.caches_bytes : 0);
    campaign_.raise("KiB of memory more in the last third than in the first", growth / 1024);
    campaign_.raise("thousandths of a byte a request that would not be seen", growth_max * 1'000 / requests);
    if (growth > growth_max) {
      campaign_.find("memory grows: by " + std::to_string(growth) + " bytes in " + std::to_string(requests) +
                     " requests, from " + std::to_string(before.memory));
    }
  }

  /// Medians, so that one unit says nothing.
  AtRest middle_of(std::size_t first, std::size_t count) const {
    std::vector<std::int64_t> memory;
    std::vector<std::int64_t> requests;
    for (std::size_t i = first; i < first + count; ++i) {
      memory.push_back(at_rest_[i].memory);
      requests.push_back(at_rest_[i].requests);
    }
    return {.memory = median(std::move(memory)), .requests = median(std::move(requests))};
  }

  Campaign& campaign_;
  const SoakOptions& options_;
  const std::unique_ptr<Served> served_;
  std::vector<Peer> forgotten_;
  std::int64_t requests_ = 0;
  std::vector<AtRest> at_rest_;  // After each unit.
  std::int64_t warm_memory_ = 0;
  std::int64_t warm_descriptors_ = 0;
};

}  // namespace

void soak(Campaign& campaign, const SoakOptions& options) { Soak(campaign, options).run(); }

void soak(Campaign& campaign) { soak(campaign, SoakOptions{}); }

}  // namespace cardfile::prove
