#include "prove/overload.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "prove/listening_store.h"
#include "prove/short_form.h"
#include "store/world.h"

namespace cardfile::prove {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// What is judged in so short a time is counts and memory; a busy machine may take its time.
OverloadOptions short_overload() {
  return {.sync = milliseconds(20),
          .batch_max = 32,
          .waiting_max = 128,
          .connections = 400,
          .peak = milliseconds(300),
          .overload = milliseconds(1'000),
          .refused_within = milliseconds(30'000),
          .refused_later_max = milliseconds(500),
          .normal_within = milliseconds(30'000),
          .answered_percent_min = 50,
          .offered_percent_min = 10,
          .bytes_max = 24 << 20};
}

TEST(Overload, IsRefusedWhileAsMuchIsDoneAsEver) {
  Campaign campaign(short_form("overload", 1));
  overload(campaign, short_overload());
  EXPECT_THAT(campaign.findings(), testing::IsEmpty());
  EXPECT_GT(campaign.figure("refusals"), 0);
}

TEST(Overload, IsNoSmallerWhereTheMachineAllowsFewerConnections) {
  Campaign campaign(short_form("overload", 1));
  EXPECT_THROW(overload(campaign, {.connections = 1'000'000'000}), std::runtime_error);
}

OverloadOptions short_overload_of_queries() {
  OverloadOptions options = short_overload();
  options.scarce = Scarce::processor;
  options.sync = milliseconds(0);
  options.slices = 3;  // A busy machine is as busy in each.
  options.peak = milliseconds(600);
  options.answered_percent_min = 10;
  options.processor_percent_min = 50;
  return options;
}

TEST(Overload, OfTheProcessorIsRefusedWhileAsMuchIsDoneAsEver) {
  Campaign campaign(short_form("overload-queries", 1));
  overload(campaign, short_overload_of_queries());
  EXPECT_THAT(campaign.findings(), testing::IsEmpty());
  EXPECT_GT(campaign.figure("refusals"), 0);
}

TEST(Overload, OfTheProcessorThatWaitsWithoutBoundIsFound) {
  OverloadOptions faulty = short_overload_of_queries();
  faulty.has_no_bound = true;
  expect_found(
      "overload-queries", 1, [&](Campaign& campaign) { overload(campaign, faulty); }, "nothing is refused");
}

TEST(Overload, ThatWaitsWithoutBoundIsFound) {
  OverloadOptions faulty = short_overload();
  faulty.has_no_bound = true;
  expect_found(
      "overload", 1, [&](Campaign& campaign) { overload(campaign, faulty); }, "nothing is refused");
}

/// Tells some later, those of which `Late` says that it does.
template <int kMilliseconds, class Late>
class TellsLate final : public ListeningStore {
 public:
  using ListeningStore::ListeningStore;
  ~TellsLate() override {
    wait_for_answers();
    telling_.request_stop();
  }

 private:
  struct Waiting {
    steady_clock::time_point due;
    store::Submission* submission = nullptr;
  };

  void answer(store::Submission& submission) override {
    const bool is_refused = test::refusal_of(submission.works.front()).has_value();
    {
      const std::lock_guard lock(mutex_);
      if (late_(is_refused)) {
        waiting_.push_back({.due = steady_clock::now() + milliseconds(kMilliseconds), .submission = &submission});
        changed_.notify_one();
        return;
      }
    }
    tell(submission);
  }

  void tell_late(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return !waiting_.empty(); })) {
      const Waiting first = waiting_.front();
      waiting_.pop_front();
      lock.unlock();
      std::this_thread::sleep_until(first.due);
      tell(*first.submission);
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  Late late_;                    // Guarded by mutex_.
  std::deque<Waiting> waiting_;  // Guarded by mutex_.

  std::jthread telling_{[this](const std::stop_token& stop) { tell_late(stop); }};
};

struct Refusals {
  bool operator()(bool is_refused) const { return is_refused; }
};

TEST(Overload, FindsRefusalsThatTakeLongerThanUpdates) {
  OverloadOptions faulty = short_overload();
  faulty.plant = planted<TellsLate<2'000, Refusals>>();
  expect_found(
      "overload", 1, [&](Campaign& campaign) { overload(campaign, faulty); }, "a refusal takes");
}

TEST(Overload, FindsAServerThatIsBusyWithItLongAfterIt) {
  OverloadOptions faulty = short_overload();
  faulty.plant = planted<TellsLate<3'000, Refusals>>();
  faulty.normal_within = milliseconds(1'000);
  expect_found(
      "overload", 1, [&](Campaign& campaign) { overload(campaign, faulty); }, "it is not normal");
}

/// From the first refusal on.
struct Updates {
  bool operator()(bool is_refused) {
    has_refused |= is_refused;
    return has_refused && !is_refused;
  }
  bool has_refused = false;
};

TEST(Overload, OfTheDiskFindsAServerThatDoesLessUnderIt) {
  OverloadOptions faulty = short_overload();
  faulty.plant = planted<TellsLate<2'000, Updates>>();
  faulty.normal_within = milliseconds(1'000);
  expect_found(
      "overload", 1, [&](Campaign& campaign) { overload(campaign, faulty); }, "a second are done under load");
}

/// Once nobody has been refused for a while.
struct UpdatesAfterLoad {
  bool operator()(bool is_refused) {
    const auto now = steady_clock::now();
    if (is_refused) last_refusal = now;
    return last_refusal && now > *last_refusal + milliseconds(100);
  }
  std::optional<steady_clock::time_point> last_refusal;
};

TEST(Overload, FindsAServerThatStaysSlowAfterIt) {
  OverloadOptions faulty = short_overload();
  faulty.plant = planted<TellsLate<1'500, UpdatesAfterLoad>>();
  faulty.normal_within = milliseconds(3'000);
  expect_found(
      "overload", 1, [&](Campaign& campaign) { overload(campaign, faulty); }, "it is not normal");
}

constexpr milliseconds kPeak{1'000};

constexpr int kQueriesBefore = 80;  // By which is seen how long a few take.

/// Pauses before each query once it has shown for as long as it is measured what it can do.
class PausesUnderLoad final : public PassingStore {
 public:
  using PassingStore::PassingStore;
  std::vector<core::Contact> contacts(core::TeamId team, const core::ContactQuery& query) const override {
    if (queries_++ >= kQueriesBefore) {
      std::call_once(first_, [this] { measured_until_ = steady_clock::now() + kPeak; });
      if (steady_clock::now() > measured_until_) std::this_thread::sleep_for(milliseconds(200));
    }
    return PassingStore::contacts(team, query);
  }

 private:
  mutable std::atomic<int> queries_ = 0;
  mutable std::once_flag first_;
  mutable steady_clock::time_point measured_until_;
};

TEST(Overload, OfTheProcessorFindsAServerThatDoesLessUnderIt) {
  OverloadOptions faulty = short_overload_of_queries();
  faulty.slices = 1;
  faulty.peak = kPeak;
  faulty.normal_within = milliseconds(1'000);
  faulty.plant = planted<PausesUnderLoad>();
  expect_found(
      "overload-queries", 1, [&](Campaign& campaign) { overload(campaign, faulty); }, "a second are done under load");
}

class KeepsWhatItIsAsked final : public PassingStore {
 public:
  using PassingStore::PassingStore;
  void submit(store::Submission& submission) override {
    {
      const std::lock_guard lock(mutex_);
      kept_.emplace_back(64 << 10, 'x');
    }
    PassingStore::submit(submission);
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> kept_;  // Guarded by mutex_.
};

TEST(Overload, FindsAServerThatKeepsWhatItIsAsked) {
  OverloadOptions faulty = short_overload();
  faulty.plant = planted<KeepsWhatItIsAsked>();
  expect_found(
      "overload", 1, [&](Campaign& campaign) { overload(campaign, faulty); }, "bytes of memory");
}

}  // namespace
}  // namespace cardfile::prove
