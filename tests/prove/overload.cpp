#include "prove/overload.h"

#include <algorithm>
#include <ctime>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <unistd.h>

#include "prove/lines.h"
#include "prove/served.h"
#include "prove/server_process.h"
#include "prove/slow_vfs.h"
#include "store/open.h"
#include "store/world.h"
#include "support/temp_folder.h"

namespace cardfile::prove {

namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

constexpr int kTimes = 5;  // What it can do.
constexpr milliseconds kPatience{30'000};
constexpr milliseconds kStandstill{200};

/// What became of requests.
struct Tally {
  std::vector<microseconds> done;
  std::vector<microseconds> refused;
  std::int64_t vague = 0;  // Refusals that do not say when to come again.
  std::int64_t lost = 0;   // Connections that ended before an answer.
  std::string wrong;       // Another answer, if there was one.
};

std::int64_t milliseconds_of(microseconds time) { return duration_cast<milliseconds>(time).count(); }

/// Each asks again when it was answered, so that as many requests may be under way as there are connections.
class Clients {
 public:
  Clients(std::uint16_t port, const std::vector<std::string>& requests, int count)
      : lines_(port, static_cast<std::size_t>(count)), requests_(requests) {
    for (std::size_t line = 0; line < static_cast<std::size_t>(count); ++line) free_.push_back(line);
  }

  std::size_t under_way() const { return lines_.under_way(); }

  /// False when every connection waits for an answer.
  bool ask() {
    if (free_.empty()) return false;
    lines_.ask(free_.back(), requests_[next_++ % requests_.size()]);
    free_.pop_back();
    return true;
  }

  void hear(Tally& tally, milliseconds patience) {
    lines_.hear(patience, [&](std::size_t line, const std::optional<Heard>& answer, microseconds time) {
      if (!answer) {
        ++tally.lost;
        return;
      }
      note(*answer, time, tally);
      free_.push_back(line);
    });
  }

 private:
  static void note(const Heard& answer, microseconds time, Tally& tally) {
    if (answer.status() == 200) {
      tally.done.push_back(time);
    } else if (answer.status() == 503 || answer.status() == 429) {
      tally.refused.push_back(time);
      const bool says_why = answer.body().find(R"("error":"unavailable")") != std::string_view::npos;
      if (!says_why || !answer.header("Retry-After")) ++tally.vague;
    } else {
      tally.wrong = answer.text();
    }
  }

  Lines lines_;
  std::vector<std::size_t> free_;
  const std::vector<std::string>& requests_;
  std::size_t next_ = 0;
};

std::vector<std::string> updates(const Served& served, int contacts) {
  std::vector<std::string> requests;
  for (int id = 1; id <= contacts; ++id) {
    requests.push_back(request(served, "PUT /v1/contact/" + std::to_string(id),
                               R"({"phone":")" + phone_of(id) + R"(","first":"n)" + std::to_string(id) + R"("})"));
  }
  return requests;
}

void hear_the_rest(Clients& clients, Tally& tally) {
  const auto end = steady_clock::now() + kPatience;
  while (clients.under_way() > 0 && steady_clock::now() < end) clients.hear(tally, milliseconds(10));
}

/// Processor time of everybody but the calling thread.
nanoseconds others_ran() {
  const auto of = [](clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
  };
  return of(CLOCK_PROCESS_CPUTIME_ID) - of(CLOCK_THREAD_CPUTIME_ID);
}

/// What was done, and in what time.
struct Work {
  std::int64_t done = 0;
  nanoseconds time{};
  nanoseconds server_ran{};

  std::int64_t a_second() const { return quotient(time); }
  std::int64_t a_processor_second() const { return quotient(server_ran); }

  Work& operator+=(const Work& other) {
    done += other.done;
    time += other.time;
    server_ran += other.server_ran;
    return *this;
  }

 private:
  std::int64_t quotient(nanoseconds of) const {
    return done * 1'000'000 / std::max<std::int64_t>(duration_cast<microseconds>(of).count(), 1);
  }
};

class Stopwatch {
 public:
  /// To be asked all the while: when it was not, the process stood still, server and clients, which is no time.
  nanoseconds time() {
    const auto now = steady_clock::now();
    if (now - last_ > kStandstill) stood_still_ += now - last_;
    last_ = now;
    return now - began_ - stood_still_;
  }
  Work work(std::size_t done) {
    return {.done = static_cast<std::int64_t>(done), .time = time(), .server_ran = others_ran() - ran_before_};
  }

 private:
  const steady_clock::time_point began_ = steady_clock::now();
  steady_clock::time_point last_ = began_;
  nanoseconds stood_still_{};
  const nanoseconds ran_before_ = others_ran();
};

class Unit {
 public:
  Unit(Campaign& campaign, const OverloadOptions& options) : campaign_(campaign), options_(options), served_(serve()) {
    make_contacts(*served_, options.contacts);
    disk_.syncs_take(options.sync);
    if (options.scarce == Scarce::disk) {
      requests_ = updates(*served_, options.contacts);
    } else {
      requests_ = {request(*served_, "POST /v1/contacts", R"({"filter":"nobody has this"})")};
    }
  }

  void run() {
    const microseconds before = time_of_a_round();
    Work peak;
    Offered offered;
    for (int i = 0; i < options_.slices; ++i) {
      const Work best = do_at_best();
      peak += best;
      Clients clients(served_->port(), requests_, options_.connections);
      offer(clients, best.a_second() * kTimes, offered);
    }
    judge(offered, peak);
    become_normal(offered.ended, before);
  }

 private:
  std::unique_ptr<Served> serve() const {
    const std::string key = "key";
    auto store = options_.plant(store::open_sqlite(
        {.folder = folder_.path(),
         .queue_max = options_.has_no_bound ? std::numeric_limits<std::size_t>::max() / 2 : options_.waiting_max,
         .batch_max = options_.batch_max,
         .vfs = disk_.name(),
         .on_failure = {},
         .indexing = store::Indexing::none},
        wall_clock()));
    make_team(*store, test::kTeam, key);
    return serve_here({.store = std::move(store),
                       .key = key,
                       .clock = wall_clock(),
                       .next_uuid = uuids_from(1),
                       .worker = worker_limits()});
  }

  base::WorkerLimits worker_limits() const {
    base::WorkerLimits limits;
    if (options_.has_no_bound) limits.queue_max = limits.owner_max = std::numeric_limits<std::size_t>::max() / 2;
    return limits;
  }

  /// As many clients as fill every commit, or every place that a team has on the worker.
  int clients_at_best() const {
    return static_cast<int>(options_.scarce == Scarce::disk ? options_.waiting_max / 2
                                                            : base::WorkerLimits{}.owner_max);
  }

  Work do_at_best() const {
    Clients clients(served_->port(), requests_, clients_at_best());
    Tally tally;
    Stopwatch watch;
    while (watch.time() < options_.peak / options_.slices) {
      while (clients.ask()) continue;
      clients.hear(tally, milliseconds(10));
    }
    const Work work = watch.work(tally.done.size());
    hear_the_rest(clients, tally);
    if (!tally.wrong.empty()) throw std::runtime_error("a request is answered with " + tally.wrong);
    return work;
  }

  struct Offered {
    std::int64_t requests = 0;
    std::int64_t left_out = 0;  // No connection was free for them.
    Work work;
    std::int64_t bytes = 0;
    std::size_t unanswered = 0;
    steady_clock::time_point ended;  // When the last request was sent.
    Tally tally;
  };

  void offer(Clients& clients, std::int64_t rate, Offered& offered) const {
    const std::int64_t memory_before = own_memory(::getpid());
    const std::size_t done_before = offered.tally.done.size();
    Stopwatch watch;
    nanoseconds next_look{};
    std::int64_t due = 0;
    for (nanoseconds now{}; now < options_.overload / options_.slices; now = watch.time()) {
      for (const auto until = rate * duration_cast<microseconds>(now).count() / 1'000'000; due < until; ++due) {
        if (!clients.ask()) {
          offered.left_out += until - due;
          due = until;
          break;
        }
        ++offered.requests;
        if (offered.requests % 64 == 0) clients.hear(offered.tally, milliseconds(0));
      }
      clients.hear(offered.tally, milliseconds(1));
      if (now < next_look) continue;
      next_look = now + milliseconds(50);
      offered.bytes = std::max(offered.bytes, own_memory(::getpid()) - memory_before);
    }
    offered.work += watch.work(offered.tally.done.size() - done_before);
    offered.ended = steady_clock::now();
    hear_the_rest(clients, offered.tally);
    offered.unanswered += clients.under_way();
  }

  void judge(const Offered& offered, const Work& peak) {
    const Tally& tally = offered.tally;
    const auto done = percentile(tally.done, 50);
    const auto refused = percentile(tally.refused, 50);
    const auto refused_late = percentile(tally.refused, 99);
    campaign_.raise("done a second at best", peak.a_second());
    campaign_.raise("done a second of " + std::to_string(kTimes) + " times as many", offered.work.a_second());
    if (options_.scarce == Scarce::processor) {
      campaign_.raise("done a second of the server's processor time at best", peak.a_processor_second());
      campaign_.raise("done in as much of " + std::to_string(kTimes) + " times as many",
                      offered.work.a_processor_second());
    }
    campaign_.count("requests", offered.requests);
    campaign_.count("refusals", static_cast<std::int64_t>(tally.refused.size()));
    campaign_.raise("us in the middle for what is done at most", done.count());
    campaign_.raise("us in the middle for a refusal at most", refused.count());
    campaign_.raise("us for 99 of 100 refusals at most", refused_late.count());
    campaign_.raise("KiB of memory for it at most", offered.bytes / 1024);
    if (offered.unanswered > 0) campaign_.find(std::to_string(offered.unanswered) + " requests are never answered");
    if (tally.lost > 0) campaign_.find(std::to_string(tally.lost) + " connections ended without an answer");
    if (!tally.wrong.empty()) campaign_.find("an answer is neither 200 nor 503: " + tally.wrong);
    if (tally.vague > 0)
      campaign_.find(std::to_string(tally.vague) + " refusals do not say why, or when to come again");
    if (tally.refused.empty()) campaign_.find("nothing is refused, however much waits");
    if (100 * offered.requests < options_.offered_percent_min * (offered.requests + offered.left_out)) {
      campaign_.find("for " + std::to_string(offered.left_out) + " requests no connection was free, " +
                     std::to_string(offered.requests) + " were sent: this shows nothing");
    }
    if (100 * offered.work.a_second() < options_.answered_percent_min * peak.a_second()) {
      campaign_.find(std::to_string(offered.work.a_second()) + " a second are done under load, " +
                     std::to_string(peak.a_second()) + " at best");
    }
    if (options_.scarce == Scarce::processor &&
        100 * offered.work.a_processor_second() < options_.processor_percent_min * peak.a_processor_second()) {
      campaign_.find(std::to_string(offered.work.a_processor_second()) +
                     " are done in a second of the server's processor time under load, " +
                     std::to_string(peak.a_processor_second()) + " at best");
    }
    if (refused > done + options_.refused_later_max) {
      campaign_.find("a refusal takes " + std::to_string(milliseconds_of(refused)) + " ms, what is done " +
                     std::to_string(milliseconds_of(done)));
    }
    if (refused_late > options_.refused_within) {
      campaign_.find("one of 100 refusals takes " + std::to_string(milliseconds_of(refused_late)) + " ms");
    }
    if (offered.bytes > options_.bytes_max)
      campaign_.find("the load takes " + std::to_string(offered.bytes) + " bytes of memory");
  }

  /// What a few clients get who ask at once and wait for all answers.
  struct Round {
    bool is_done = false;  // All of it.
    microseconds slowest{};
  };

  static Round ask_for_a_round(Clients& clients) {
    Tally tally;
    while (clients.ask()) continue;
    hear_the_rest(clients, tally);
    return {.is_done = tally.done.size() == kFewClients, .slowest = percentile(tally.done, 100)};
  }

  /// Before the load.
  microseconds time_of_a_round() const {
    Clients clients(served_->port(), requests_, kFewClients);
    std::vector<microseconds> times;
    while (times.size() < kRounds) times.push_back(ask_for_a_round(clients).slowest);
    return percentile(std::move(times), 50);
  }

  /// The first moment counts from which on nobody waits for an answer to the load and every request of a few clients is
  /// done, and in time. A single late round is the machine's, unless it takes as long as all may take to become
  /// normal.
  void become_normal(steady_clock::time_point load_ended, microseconds before) {
    const auto begin = steady_clock::now();
    const microseconds slow = std::max(kNormalTimesMax * before, duration_cast<microseconds>(options_.normal_floor));
    Clients clients(served_->port(), requests_, kFewClients);
    std::vector<microseconds> times;
    auto normal_since = begin;
    do {
      const Round round = ask_for_a_round(clients);
      times.push_back(round.slowest);
      const bool is_late =
          round.slowest > slow && (round.slowest > options_.normal_within || middle_of_the_last(times) > slow);
      if (!round.is_done || is_late) normal_since = steady_clock::now();
    } while (times.size() < kRounds && normal_since <= load_ended + options_.normal_within);
    const auto after = duration_cast<milliseconds>(normal_since - load_ended);
    campaign_.raise("ms until it was normal again at most", after.count());
    campaign_.raise("us for requests of a few before at most", before.count());
    const auto then = percentile(std::move(times), 50);
    campaign_.raise("us for them afterwards at most", then.count());
    if (after > options_.normal_within) {
      campaign_.find("it is not normal " + std::to_string(after.count()) +
                     " ms after the load: requests of a few take " + std::to_string(milliseconds_of(then)) + " ms, " +
                     std::to_string(milliseconds_of(before)) + " before");
    }
  }

  /// Of five, as soon as there are as many.
  static microseconds middle_of_the_last(const std::vector<microseconds>& times) {
    const auto count = static_cast<std::ptrdiff_t>(std::min<std::size_t>(times.size(), 5));
    return percentile({times.end() - count, times.end()}, 50);
  }

  static constexpr int kFewClients = 4;
  static constexpr std::size_t kRounds = 20;
  static constexpr int kNormalTimesMax = 3;  // What a round takes before.

  Campaign& campaign_;
  const OverloadOptions& options_;
  const test::TempFolder folder_{test::folder_in_memory()};
  SlowVfs disk_;
  const std::unique_ptr<Served> served_;
  std::vector<std::string> requests_;
};

}  // namespace

void overload(Campaign& campaign, const OverloadOptions& options) {
  constexpr std::size_t kOthers = 300;
  // Both ends are in this process.
  allow_descriptors(2 * static_cast<std::size_t>(options.connections) + kOthers);
  while (campaign.begins_unit()) Unit(campaign, options).run();
}

void overload(Campaign& campaign) { overload(campaign, OverloadOptions{}); }

void overload_of_queries(Campaign& campaign) {
  overload(campaign, {.scarce = Scarce::processor,
                      .sync = milliseconds(0),
                      .contacts = 20'000,
                      .connections = 1'000,
                      .peak = milliseconds(24'000),
                      .slices = 12,
                      .bytes_max = std::int64_t{16} << 20});
}

}  // namespace cardfile::prove
