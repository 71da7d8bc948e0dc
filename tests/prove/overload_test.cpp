#include "prove/overload.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>

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
          .normal_within = milliseconds(30'000),
          .answered_percent_min = 50,
          .offered_percent_min = 10,
          .bytes_max = 24 << 20};
}

TEST(Overload, IsRefusedWhileAsMuchIsDoneAsEver) {
  Campaign campaign(short_form("overload", 1));
  overload(campaign, short_overload());
  EXPECT_THAT(campaign.findings(), testing::IsEmpty());
  EXPECT_GT(campaign.figure("refusals"), 100);
}

OverloadOptions short_overload_of_queries() {
  OverloadOptions options = short_overload();
  options.scarce = Scarce::processor;
  options.sync = milliseconds(0);
  return options;
}

TEST(Overload, OfTheProcessorIsRefusedWhileAsMuchIsDoneAsEver) {
  Campaign campaign(short_form("overload-queries", 1));
  overload(campaign, short_overload_of_queries());
  EXPECT_THAT(campaign.findings(), testing::IsEmpty());
  EXPECT_GT(campaign.figure("refusals"), 100);
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

/// Tells those who are refused half a second later.
class LateRefusals final : public PassingStore, private base::Executor {
 public:
  using PassingStore::PassingStore;
  ~LateRefusals() override { telling_.request_stop(); }

  void submit(store::Submission& submission) override {
    {
      const std::lock_guard lock(mutex_);
      waiting_[submission.waiter.address()] = {.submission = &submission, .executor = submission.executor};
    }
    submission.executor = this;
    PassingStore::submit(submission);
  }

 private:
  struct Waiting {
    store::Submission* submission = nullptr;
    base::Executor* executor = nullptr;
  };
  struct Refused {
    steady_clock::time_point due;
    base::Executor* executor = nullptr;
    std::coroutine_handle<> waiter;
  };

  void resume(std::span<const std::coroutine_handle<>> waiters) override {
    const std::lock_guard lock(mutex_);
    for (const auto waiter : waiters) {
      const Waiting waiting = waiting_.extract(waiter.address()).mapped();
      if (test::refusal_of(waiting.submission->works.front())) {
        refused_.push_back(
            {.due = steady_clock::now() + milliseconds(500), .executor = waiting.executor, .waiter = waiter});
        changed_.notify_one();
      } else {
        waiting.executor->resume({&waiter, 1});
      }
    }
  }

  void tell(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return !refused_.empty(); })) {
      const Refused first = refused_.front();
      refused_.pop_front();
      lock.unlock();
      std::this_thread::sleep_until(first.due);
      first.executor->resume({&first.waiter, 1});
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  // Guarded by mutex_.
  std::unordered_map<void*, Waiting> waiting_;
  std::deque<Refused> refused_;

  std::jthread telling_{[this](const std::stop_token& stop) { tell(stop); }};
};

TEST(Overload, FindsRefusalsThatTakeLongerThanUpdates) {
  OverloadOptions faulty = short_overload();
  faulty.plant = planted<LateRefusals>();
  expect_found(
      "overload", 1, [&](Campaign& campaign) { overload(campaign, faulty); }, "a refusal takes");
}

}  // namespace
}  // namespace cardfile::prove
