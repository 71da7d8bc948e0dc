#include "prove/slow_disk_http.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>
#include <variant>
#include <vector>

#include <gmock/gmock.h>

#include "prove/listening_store.h"
#include "prove/short_form.h"
#include "store/world.h"

namespace cardfile::prove {
namespace {

using std::chrono::milliseconds;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
// What was freed is kept for a while (256 MiB of it), and there is shadow for all.
constexpr std::int64_t kBytesMax = std::int64_t{768} << 20;
#else
constexpr std::int64_t kBytesMax = std::int64_t{32} << 20;
#endif

/// What is judged in so short a time is what is answered before the stall ends, which waits for it, and what is seen; a
/// busy machine may take its time.
constexpr SlowDiskHttpSize kShort{.sync = milliseconds(30),
                                  .slow = milliseconds(500),
                                  .stall = milliseconds(1'000),
                                  .after = milliseconds(200),
                                  .batch_max = 16,
                                  .waiting_max = 64,
                                  .writers = 160,
                                  .pause = milliseconds(50),
                                  .readers = 6,
                                  .read_pause = milliseconds(10),
                                  .reads_within = milliseconds(60'000),
                                  .most_reads_within = milliseconds(60'000),
                                  .half_of_reads_within = milliseconds(60'000),
                                  .writes_again_within = milliseconds(60'000),
                                  .bytes_max = kBytesMax};

void short_slow_disk_http(Campaign& campaign) { slow_disk_http(campaign, kShort, {}); }

TEST(ASlowDiskOverHttp, HoldsUpWritersOnlyAndLosesNothing) {
  expect_nothing_found("slow-disk-http", 1, short_slow_disk_http);
}

/// What never comes is not waited for as long.
void expect_slow_disk_http_found(SlowDiskHttpFaults faults, const std::string& finding) {
  faults.patience = milliseconds(2'000);
  expect_found(
      "slow-disk-http", 1, [&](Campaign& campaign) { slow_disk_http(campaign, kShort, faults); }, finding);
}

TEST(ASlowDiskOverHttp, IsFoundToLetAnyNumberWait) {
  expect_slow_disk_http_found({.has_no_bound = true}, "nothing is refused while the disk stands still");
}

/// As if there were one lock for readers and the writer.
class ReadsWaitForTheCommit final : public ListeningStore {
 public:
  using ListeningStore::ListeningStore;
  ~ReadsWaitForTheCommit() override { wait_for_answers(); }

  std::optional<core::Contact> contact(core::TeamId team, const core::ContactKey& key) const override {
    wait_for_commit();
    return PassingStore::contact(team, key);
  }

 private:
  void hear(const store::Submission&) override {
    const std::lock_guard lock(mutex_);
    ++waiting_;
  }
  void answer(store::Submission& submission) override {
    {
      const std::lock_guard lock(mutex_);
      --waiting_;
      if (!test::refusal_of(submission.works.front())) ++commits_;
      committed_.notify_all();
    }
    tell(submission);
  }
  void wait_for_commit() const {
    std::unique_lock lock(mutex_);
    committed_.wait(lock, [this, before = commits_] { return waiting_ == 0 || commits_ != before; });
  }

  mutable std::mutex mutex_;
  mutable std::condition_variable committed_;
  // Guarded by mutex_.
  int waiting_ = 0;
  std::int64_t commits_ = 0;
};

TEST(ASlowDiskOverHttp, IsFoundToHoldUpReadersThatWaitForTheWriter) {
  expect_slow_disk_http_found({.plant = planted<ReadsWaitForTheCommit>()},
                              "reads are held up while the disk stands still");
}

class RefusesReaders final : public PassingStore {
  using PassingStore::PassingStore;
  std::optional<core::Contact> contact(core::TeamId, const core::ContactKey&) const override {
    throw core::Error(core::ErrorCode::unavailable, "the disk is slow");
  }
};

TEST(ASlowDiskOverHttp, IsFoundToRefuseReaders) {
  expect_slow_disk_http_found({.plant = planted<RefusesReaders>()}, "a read is answered 503");
}

TEST(ASlowDiskOverHttp, IsFoundToShowWhatIsNotYetDurable) {
  expect_slow_disk_http_found({.plant = planted<ShowsTheUnsynced>()}, "a read shows a write that no sync has followed");
}

/// One in a few updates is answered without having been queued, and forgotten.
class AnswersBeforeTheSync final : public PassingStore {
  using PassingStore::PassingStore;
  void submit(store::Submission& submission) override {
    auto& work = submission.works.front();
    const auto* update = std::get_if<core::UpdateContact>(&work.command.action);
    if (!update || ++updates_ % 5 != 0) return PassingStore::submit(submission);
    core::Contact contact = *below().contact(work.command.team, update->key);
    contact.first = *update->patch.first;
    ++contact.rev;
    work.result = core::Outcome(core::ContactSaved{std::move(contact)});
    const std::coroutine_handle<> waiter = submission.waiter;
    submission.executor->resume({&waiter, 1});
  }
  std::atomic<int> updates_ = 0;
};

TEST(ASlowDiskOverHttp, IsFoundToAnswerBeforeTheSync) {
  expect_slow_disk_http_found({.plant = planted<AnswersBeforeTheSync>()},
                              "a write is answered before a sync that followed it");
}

TEST(ASlowDiskOverHttp, IsFoundToLoseWhatItHasAnswered) {
  expect_slow_disk_http_found({.plant = planted<AnswersBeforeTheSync>()}, "an acknowledged write is lost");
}

/// What was refused for want of room is done when the store is closed.
class DoesTheRefusedLater final : public ListeningStore {
 public:
  using ListeningStore::ListeningStore;
  ~DoesTheRefusedLater() override {
    wait_for_answers();
    for (auto& command : refused_) store::commit_and_wait(below(), std::move(command));
  }

 private:
  void hear(const store::Submission& submission) override {
    const std::lock_guard lock(mutex_);
    commands_.insert_or_assign(&submission, submission.works.front().command);
  }
  void answer(store::Submission& submission) override {
    {
      const std::lock_guard lock(mutex_);
      auto command = std::move(commands_.extract(&submission).mapped());
      if (test::refusal_of(submission.works.front())) refused_.push_back(std::move(command));
    }
    tell(submission);
  }

  std::mutex mutex_;
  // Guarded by mutex_.
  std::map<const store::Submission*, core::Command> commands_;
  std::vector<core::Command> refused_;
};

TEST(ASlowDiskOverHttp, IsFoundToDoLaterWhatItHasRefused) {
  expect_slow_disk_http_found({.plant = planted<DoesTheRefusedLater>()}, "a refused write is done");
}

TEST(ASlowDiskOverHttp, IsFoundToRefuseWithoutRetryAfter) {
  const auto forget = [](http::Response& response) {
    std::erase_if(response.headers, [](const auto& header) { return header.first == "Retry-After"; });
  };
  expect_slow_disk_http_found({.on_answer = forget}, "a refusal does not say when to come again");
}

/// Each write leaves something behind, until it is twice what may be.
class KeepsSomethingOfEachWrite final : public PassingStore {
  using PassingStore::PassingStore;
  void submit(store::Submission& submission) override {
    {
      const std::lock_guard lock(mutex_);
      if (std::ssize(kept_) * kPiece < kBytesMax + kBytesMax / 4)
        kept_.emplace_back(static_cast<std::size_t>(kPiece), 'x');
    }
    PassingStore::submit(submission);
  }
  static constexpr std::int64_t kPiece = kBytesMax / 64;
  std::mutex mutex_;
  std::vector<std::string> kept_;  // Guarded by mutex_.
};

TEST(ASlowDiskOverHttp, IsFoundToFillMemory) {
  expect_slow_disk_http_found({.plant = planted<KeepsSomethingOfEachWrite>()}, "bytes of memory");
}

}  // namespace
}  // namespace cardfile::prove
