#include "prove/slow_peers.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "prove/lines.h"
#include "prove/peer.h"
#include "prove/served.h"
#include "prove/server_process.h"
#include "support/http_client.h"
#include "support/process.h"

namespace cardfile::prove {

namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using test::HttpClient;

// Of the server, for files that it opens and closes again. Once there are no more, its sockets are counted one by one.
constexpr std::int64_t kDescriptorsBeside = 20;
// An honest answer that takes longer than this says that the machine stands still, or the server does; the p99 tells.
constexpr milliseconds kStandstill{500};
constexpr milliseconds kBetweenLooks{5};        // At the server's memory and descriptors.
constexpr milliseconds kBetweenNewcomers{100};  // Honest ones.

enum class Slow { headers, body, half_a_body, many_answers, large_answers, sips };
constexpr std::size_t kKinds = 5;  // But for those who sip: a few say as much, and each is work for the server.
constexpr std::size_t kOneInSips = 30;
Slow kind_of(std::size_t peer) { return peer % kOneInSips == 0 ? Slow::sips : static_cast<Slow>(peer % kKinds); }
bool drips(Slow kind) { return kind == Slow::headers || kind == Slow::body; }
bool sips(Slow kind) { return kind == Slow::sips; }
bool has_an_answer(Slow kind) { return kind == Slow::many_answers || kind == Slow::large_answers || sips(kind); }

Peer slow_peer(std::uint16_t port, Slow kind) {
  constexpr int kLittleRoom = 4096;
  // In pieces so small the kernel sends on for little that is taken, and tells the server each time: otherwise it holds
  // megabytes of an answer, and a server would not see who takes some of them.
  constexpr int kSmallPieces = 536;
  return Peer(port, has_an_answer(kind) ? kLittleRoom : 0, sips(kind) ? kSmallPieces : 0);
}

/// What some of the peers do again and again, each in its turn and evenly: as a crowd does whose members do not know of
/// one another.
class InTurn {
 public:
  /// Each of those of the kinds does it once in `every`.
  InTurn(const std::vector<Peer>& peers, bool (*is_of_the_kinds)(Slow), milliseconds every, bool (*act)(const Peer&))
      : every_(every), act_(act) {
    for (std::size_t i = 0; i < peers.size(); ++i) {
      if (is_of_the_kinds(kind_of(i))) peers_.push_back(&peers[i]);
    }
  }

  /// Those that are due; who is gone can do nothing.
  void go_on() {
    const auto passed = duration_cast<microseconds>(steady_clock::now() - begin_);
    const auto due =
        static_cast<std::int64_t>(peers_.size()) * passed.count() / duration_cast<microseconds>(every_).count();
    for (; turns_ < due; ++turns_) done_ += act_(*peers_[static_cast<std::size_t>(turns_) % peers_.size()]) ? 1 : 0;
  }

  std::int64_t done() const { return done_; }

 private:
  const steady_clock::time_point begin_ = steady_clock::now();
  const milliseconds every_;
  bool (*const act_)(const Peer&);
  std::vector<const Peer*> peers_;
  std::int64_t turns_ = 0;
  std::int64_t done_ = 0;
};

bool drip(const Peer& peer) { return peer.send("x"); }

bool sip(const Peer& peer) {
  std::array<char, 1'000> room;
  const auto taken = peer.receive(room);
  return taken && !taken->empty();
}

class Unit {
 public:
  Unit(Campaign& campaign, const SlowOptions& options)
      : campaign_(campaign),
        options_(options),
        served_(options.serve ? options.serve() : serve_program(options.settings)),
        honest_(served_->port(), served_->headers()) {
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
    const auto newcomers = percentile(newcomers_, 50);
    campaign_.raise("us in the middle for honest newcomers at most", newcomers.count());
    if (newcomers > options_.newcomers_within) {
      campaign_.find("honest newcomers take " + std::to_string(newcomers.count()) + " us beside slow peers");
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
    descriptors_before_ = descriptors(process());
    sockets_before_ = sockets(process());
    memory_before_ = own_memory(process());
    const auto peers = crowd();
    const auto busy = busy_peers();
    InTurn drops(peers, drips, options_.drip, drip);
    InTurn sipping(peers, sips, options_.sip, sip);
    wait_for_answers(peers, drops, sipping);
    const auto all_there = steady_clock::now();
    milliseconds patience = options_.patience;
    std::vector<microseconds> times;
    auto next_look = all_there;
    auto next_newcomer = all_there;
    std::int64_t newcomers = 0;
    for (bool is_over = false; !is_over && campaign_.findings().empty();) {
      drops.go_on();
      sipping.go_on();
      times.push_back(ask(honest_));
      if (times.back() > kStandstill) patience += duration_cast<milliseconds>(times.back());
      const auto now = steady_clock::now();
      if (now >= next_look) {
        next_look = now + kBetweenLooks;
        note_memory();
        is_over = slow_ones_left() <= 0 || now > all_there + patience;
      }
      if (!is_over && now >= next_newcomer) {
        next_newcomer = now + kBetweenNewcomers;
        ++newcomers;
        patience += ask_anew();
      }
    }
    campaign_.count("honest requests beside them", static_cast<std::int64_t>(times.size()));
    campaign_.count("honest newcomers meanwhile", newcomers);
    campaign_.count("bytes that came one at a time meanwhile", drops.done());
    campaign_.count("sips that were taken meanwhile", sipping.done());
    if (times.size() < static_cast<std::size_t>(options_.requests_beside_min) || newcomers == 0 || drops.done() == 0 ||
        sipping.done() == 0) {
      campaign_.find("only " + std::to_string(times.size()) + " honest requests, " + std::to_string(newcomers) +
                     " newcomers, " + std::to_string(drops.done()) + " slow bytes and " +
                     std::to_string(sipping.done()) + " sips came beside the crowd: this shows nothing");
    }
    beside_.push_back(percentile(std::move(times), 99));
    const auto gone_after = duration_cast<milliseconds>(steady_clock::now() - all_there);
    const auto left = slow_ones_left();
    campaign_.count("slow connections", options_.connections);
    campaign_.raise("ms until the last was gone at most", gone_after.count());
    campaign_.raise("KiB for all of them at most", memory_ / 1024);
    if (left > 0) {
      campaign_.find(std::to_string(left) + " slow peers are still connected after " +
                     std::to_string(gone_after.count()) + " ms");
    }
    if (memory_ > options_.bytes_max) {
      campaign_.find("slow peers take " + std::to_string(memory_) + " bytes of memory");
    }
  }

  std::vector<Peer> crowd() {
    const std::string headers = " HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer " + served_->key() + "\r\n";
    const std::string post = "POST /v1/batch/contacts" + headers + "Content-Length: 1000000\r\n\r\n";
    std::string many;
    for (int i = 0; i < 200; ++i) many += "GET /openapi.json" + headers + "\r\n";
    const std::string large = "POST /v1/contacts" + headers + "Content-Length: " + std::to_string(kLargePage.size()) +
                              "\r\n\r\n" + std::string(kLargePage);
    std::vector<Peer> peers;
    for (int i = 0; i < options_.connections; ++i) {
      const Slow kind = kind_of(static_cast<std::size_t>(i));
      const Peer& peer = peers.emplace_back(slow_peer(served_->port(), kind));
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
        case Slow::sips:
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
      threads.emplace_back([this](const std::stop_token& stop) {
        HttpClient client(served_->port(), served_->headers());
        while (!stop.stop_requested()) client.send("POST", "/v1/contacts", kLargePage);
      });
    }
    return threads;
  }

  /// Large answers take their time to be made, which is not what is asked here.
  void wait_for_answers(const std::vector<Peer>& peers, InTurn& drops, InTurn& sipping) {
    std::size_t begun = 0;
    const auto all_have_begun = [&] {
      drops.go_on();
      sipping.go_on();
      note_memory();
      while (begun < peers.size() && (!has_an_answer(kind_of(begun)) || peers[begun].has_something_to_hear())) ++begun;
      return begun == peers.size();
    };
    if (!test::becomes_true(all_have_begun, options_.answers_within)) campaign_.find("requests are not answered");
  }

  microseconds p99() {
    std::vector<microseconds> times;
    for (int i = 0; i < options_.requests; ++i) times.push_back(ask(honest_));
    return percentile(std::move(times), 99);
  }

  microseconds ask(HttpClient& client) {
    const auto asked = steady_clock::now();
    const auto reply = client.send("GET", "/v1/contact/1");
    if (!reply || reply->status != 200) campaign_.find("an honest client is not answered beside slow ones");
    return duration_cast<microseconds>(steady_clock::now() - asked);
  }

  /// On a new connection. Gives what stood still meanwhile.
  milliseconds ask_anew() {
    HttpClient newcomer(served_->port(), served_->headers(), options_.newcomers_patience);
    newcomers_.push_back(ask(newcomer));
    return newcomers_.back() > kStandstill ? duration_cast<milliseconds>(newcomers_.back()) : milliseconds(0);
  }

  std::int64_t slow_ones_left() const {
    const std::int64_t more = descriptors(process()) - descriptors_before_;
    return more > kDescriptorsBeside ? more : sockets(process()) - sockets_before_;
  }

  void note_memory() { memory_ = std::max(memory_, own_memory(process()) - memory_before_); }

  pid_t process() const { return served_->process(); }

  static constexpr std::string_view kLargePage = R"({"limit":1000})";

  Campaign& campaign_;
  const SlowOptions& options_;
  const std::unique_ptr<Served> served_;
  HttpClient honest_;
  std::int64_t descriptors_before_ = 0;
  std::int64_t sockets_before_ = 0;
  std::int64_t memory_before_ = 0;
  std::int64_t memory_ = 0;
  std::vector<microseconds> alone_;  // A round each.
  std::vector<microseconds> beside_;
  std::vector<microseconds> newcomers_;
};

}  // namespace

void slow_peers(Campaign& campaign, const SlowOptions& options) {
  allow_descriptors(static_cast<std::size_t>(options.connections) + 100);
  while (campaign.begins_unit()) Unit(campaign, options).run();
}

void slow_peers(Campaign& campaign) { slow_peers(campaign, SlowOptions{}); }

}  // namespace cardfile::prove
