#include "prove/slow_peers.h"

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "prove/peer.h"
#include "prove/server_process.h"
#include "support/http_client.h"
#include "support/program.h"

namespace cardfile::prove {

namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using test::HttpClient;
using test::RunningServer;
using test::TempFolder;

constexpr std::int64_t kDescriptorsBeside = 20;  // Of the server, for files that it opens and closes again.
// An honest answer that takes longer than this says that the machine stands still, or the server does; the p99 tells.
constexpr milliseconds kStandstill{500};
constexpr milliseconds kBetweenLooks{5};  // At the server's memory and descriptors.

enum class Slow { headers, body, half_a_body, many_answers, large_answers };
constexpr std::size_t kKinds = 5;
Slow kind_of(std::size_t peer) { return static_cast<Slow>(peer % kKinds); }
bool takes_no_answer(Slow kind) { return kind == Slow::many_answers || kind == Slow::large_answers; }
bool drips(Slow kind) { return kind == Slow::headers || kind == Slow::body; }

microseconds percentile(std::vector<microseconds> times, std::size_t percent) {
  const auto place = times.begin() + static_cast<std::ptrdiff_t>((times.size() - 1) * percent / 100);
  std::ranges::nth_element(times, place);
  return *place;
}

/// Bytes of those who send one at a time, each in its turn and evenly: as a crowd does whose members do not know of one
/// another.
class Drops {
 public:
  /// Each peer sends one in `every`.
  Drops(const std::vector<Peer>& peers, milliseconds every) : every_(every) {
    for (std::size_t i = 0; i < peers.size(); ++i) {
      if (drips(kind_of(i))) dripping_.push_back(&peers[i]);
    }
  }

  /// Those that are due.
  void let_fall() {
    const auto passed = duration_cast<microseconds>(steady_clock::now() - begin_);
    const auto due =
        static_cast<std::int64_t>(dripping_.size()) * passed.count() / duration_cast<microseconds>(every_).count();
    for (; count_ < due; ++count_) dripping_[static_cast<std::size_t>(count_) % dripping_.size()]->send("x");
  }

  std::int64_t count() const { return count_; }

 private:
  const steady_clock::time_point begin_ = steady_clock::now();
  const milliseconds every_;
  std::vector<const Peer*> dripping_;
  std::int64_t count_ = 0;
};

class Unit {
 public:
  Unit(Campaign& campaign, const SlowOptions& options)
      : campaign_(campaign),
        options_(options),
        key_(test::make_team_and_key(folder_)),
        server_(folder_, options.settings),
        honest_(server_.port(), {{"Authorization", "Bearer " + key_}}) {
    make_contacts();
  }

  void run() {
    for (int round = 0; round < options_.rounds && campaign_.findings().empty(); ++round) this->round();
    const auto alone = percentile(alone_, 50);
    const auto beside = percentile(beside_, 50);
    campaign_.raise("us for 99 of 100 honest answers alone at most", alone.count());
    campaign_.raise("us for them beside slow peers at most", beside.count());
    if (100 * beside > options_.slower_percent_max * alone) {
      campaign_.find("99 of 100 honest answers take " + std::to_string(beside.count()) + " us beside slow peers, " +
                     std::to_string(alone.count()) + " alone");
    }
  }

 private:
  void make_contacts() {
    std::string name;
    for (int i = 0; i < 255; ++i) name += "\U0001F415";
    std::string body;
    for (int id = 1; id <= options_.contacts; ++id) {
      body += (id == 1 ? "[" : ",") + (R"({"phone":"1312)" + std::to_string(1'000'000 + id) + R"(","first":")") + name +
              R"(","last":")" + name + R"(","avatar":"https://example.org/)" + std::string(2'000, 'a') + R"("})";
    }
    const auto reply = honest_.send("POST", "/v1/batch/contacts", body + "]");
    if (!reply || reply->status != 200) throw std::runtime_error("the contacts could not be made");
  }

  void round() {
    alone_.push_back(p99());
    const std::int64_t descriptors_before = descriptors(process());
    memory_before_ = own_memory(process());
    const auto peers = crowd();
    const auto busy = busy_peers();
    Drops drops(peers, options_.drip);
    wait_for_answers(peers, drops);
    const auto all_there = steady_clock::now();
    milliseconds patience = options_.patience;
    std::vector<microseconds> times;
    auto next_look = all_there;
    for (bool is_over = false; !is_over && campaign_.findings().empty();) {
      drops.let_fall();
      times.push_back(ask());
      if (times.back() > kStandstill) patience += duration_cast<milliseconds>(times.back());
      const auto now = steady_clock::now();
      if (now < next_look) continue;
      next_look = now + kBetweenLooks;
      note_memory();
      is_over = descriptors(process()) <= descriptors_before + kDescriptorsBeside || now > all_there + patience;
    }
    campaign_.count("honest requests beside them", static_cast<std::int64_t>(times.size()));
    campaign_.count("bytes that came one at a time meanwhile", drops.count());
    if (times.size() < static_cast<std::size_t>(options_.requests_beside_min) || drops.count() == 0) {
      campaign_.find("only " + std::to_string(times.size()) + " honest requests and " + std::to_string(drops.count()) +
                     " slow bytes came beside the crowd: this shows nothing");
    }
    beside_.push_back(percentile(std::move(times), 99));
    const auto gone_after = duration_cast<milliseconds>(steady_clock::now() - all_there);
    const auto left = descriptors(process()) - descriptors_before;
    campaign_.count("slow connections", options_.connections);
    campaign_.raise("ms until the last was gone at most", gone_after.count());
    campaign_.raise("KiB for all of them at most", memory_ / 1024);
    if (left > kDescriptorsBeside) {
      campaign_.find(std::to_string(left) + " slow peers are still connected after " +
                     std::to_string(gone_after.count()) + " ms");
    }
    if (memory_ > options_.bytes_max) {
      campaign_.find("slow peers take " + std::to_string(memory_) + " bytes of memory");
    }
  }

  std::vector<Peer> crowd() {
    const std::string headers = " HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer " + key_ + "\r\n";
    const std::string post = "POST /v1/batch/contacts" + headers + "Content-Length: 1000000\r\n\r\n";
    std::string many;
    for (int i = 0; i < 200; ++i) many += "GET /openapi.json" + headers + "\r\n";
    const std::string large = "POST /v1/contacts" + headers + "Content-Length: " + std::to_string(kLargePage.size()) +
                              "\r\n\r\n" + std::string(kLargePage);
    std::vector<Peer> peers;
    for (int i = 0; i < options_.connections; ++i) {
      const Slow kind = kind_of(static_cast<std::size_t>(i));
      const Peer& peer = peers.emplace_back(server_.port(), takes_no_answer(kind) ? 4096 : 0);
      switch (kind) {
        case Slow::headers:
          peer.send("GET / HTTP/1.1\r\nX-Slow: ");
          break;
        case Slow::body:
          peer.send(post);
          break;
        case Slow::half_a_body:
          peer.send(post + std::string(100'000, 'x'));
          break;
        case Slow::many_answers:
          peer.send(many);
          break;
        case Slow::large_answers:
          peer.send(large);
          break;
      }
      if (i % 50 == 0) note_memory();
    }
    return peers;
  }

  std::vector<std::jthread> busy_peers() {
    std::vector<std::jthread> threads;
    for (int i = 0; i < options_.busy_peers; ++i) {
      threads.emplace_back([port = server_.port(), &key = key_](const std::stop_token& stop) {
        HttpClient client(port, {{"Authorization", "Bearer " + key}});
        while (!stop.stop_requested()) client.send("POST", "/v1/contacts", kLargePage);
      });
    }
    return threads;
  }

  /// Large answers take their time to be made, which is not what is asked here.
  void wait_for_answers(const std::vector<Peer>& peers, Drops& drops) {
    std::size_t begun = 0;
    const auto all_have_begun = [&] {
      drops.let_fall();
      note_memory();
      while (begun < peers.size() && (!takes_no_answer(kind_of(begun)) || peers[begun].has_something_to_hear()))
        ++begun;
      return begun == peers.size();
    };
    if (!test::becomes_true(all_have_begun, options_.answers_within)) campaign_.find("requests are not answered");
  }

  microseconds p99() {
    std::vector<microseconds> times;
    for (int i = 0; i < options_.requests; ++i) times.push_back(ask());
    return percentile(std::move(times), 99);
  }

  microseconds ask() {
    const auto asked = steady_clock::now();
    const auto reply = honest_.send("GET", "/v1/contact/1");
    if (!reply || reply->status != 200) campaign_.find("an honest client is not answered beside slow ones");
    return duration_cast<microseconds>(steady_clock::now() - asked);
  }

  void note_memory() { memory_ = std::max(memory_, own_memory(process()) - memory_before_); }

  pid_t process() { return server_.process().id(); }

  static constexpr std::string_view kLargePage = R"({"limit":1000})";

  Campaign& campaign_;
  const SlowOptions& options_;
  const TempFolder folder_;
  const std::string key_;
  RunningServer server_;
  HttpClient honest_;
  std::int64_t memory_before_ = 0;
  std::int64_t memory_ = 0;
  std::vector<microseconds> alone_;  // A round each.
  std::vector<microseconds> beside_;
};

}  // namespace

void slow_peers(Campaign& campaign, const SlowOptions& options) {
  allow_descriptors(static_cast<std::size_t>(options.connections) + 100);
  while (campaign.begins_unit()) Unit(campaign, options).run();
}

void slow_peers(Campaign& campaign) { slow_peers(campaign, SlowOptions{}); }

}  // namespace cardfile::prove
