#include "store/sqlite/writer.h"

#include <algorithm>
#include <exception>
#include <functional>
#include <numeric>
#include <string_view>
#include <utility>

#include "core/error.h"

namespace cardfile::store::sqlite {
namespace {

constexpr std::string_view kNoWrites = "the store takes no writes at the moment";

/// What the operator needs to know is in Store::write_failure(); the caller learns that it is not the request's fault.
void refuse(std::span<Work> works, const std::string& message) {
  const auto refusal = std::make_exception_ptr(core::Error(core::ErrorCode::unavailable, message));
  for (auto& work : works) work.result = refusal;
}

std::size_t weight_of(std::span<const Work> works) {
  return std::accumulate(works.begin(), works.end(), std::size_t{0},
                         [](std::size_t sum, const Work& work) { return sum + core::weight(work.command); });
}

}  // namespace

Writer::Writer(Connection& connection, const ConnectionOptions& checkpointer, Directories& directories,
               TeamClocks clocks, core::Clock clock, WriterLimits limits, FailureListener on_failure,
               CommitListener on_commit)
    : connection_(connection),
      directories_(directories),
      clock_(std::move(clock)),
      limits_(limits),
      on_failure_(std::move(on_failure)),
      on_commit_(std::move(on_commit)),
      reader_(connection),
      rows_(connection),
      begin_(connection, "BEGIN IMMEDIATE"),
      commit_(connection, "COMMIT"),
      clocks_(std::move(clocks)),
      checkpointer_(checkpointer, [this](const SqliteError& error) { stop_writing(error.what()); }) {
  connection_.on_commit([this](int pages) { log_pages_ = pages; });
  thread_ = std::jthread([this] { run(); });
}

Writer::~Writer() { stop(); }

void Writer::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  arrived_.notify_one();
  thread_.join();
  checkpointer_.stop();
}

void Writer::submit(Submission& submission) {
  const auto weight = weight_of(submission.works);
  std::string refusal;
  {
    const std::lock_guard lock(mutex_);
    const bool fits = queue_.empty() || weight_waiting_ + weight <= limits_.queue_max;
    if (ending_ || !failure_.empty()) {
      refusal = kNoWrites;
    } else if (!fits) {
      refusal = "too many writes are waiting; try again in a moment";
    } else {
      queue_.push_back({.submission = &submission, .weight = weight});
      weight_waiting_ += weight;
    }
  }
  if (refusal.empty()) {
    arrived_.notify_one();
    return;
  }
  refuse(submission.works, refusal);
  const std::coroutine_handle<> waiter = submission.waiter;
  submission.executor->resume({&waiter, 1});
}

std::string Writer::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void Writer::run() {
  for (;;) {
    const auto submissions = take();
    if (submissions.empty()) return;
    commit(submissions);
  }
}

Writer::Submissions Writer::take() {
  Submissions taken;
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [this] { return !queue_.empty() || ending_; });
  for (std::size_t weight = 0; !queue_.empty(); queue_.pop_front()) {
    const Waiting& next = queue_.front();
    weight += next.weight;
    if (!taken.empty() && weight > limits_.batch_max) break;
    weight_waiting_ -= next.weight;
    taken.push_back(next.submission);
  }
  return taken;
}

void Writer::commit(const Submissions& submissions) {
  try {
    apply_and_commit(submissions);
  } catch (const std::exception& error) {
    fail(submissions, error);
  }
  resume_waiters(submissions);
  tend_log();
}

void Writer::apply_and_commit(const Submissions& submissions) {
  if (!failure().empty()) throw core::Error(core::ErrorCode::unavailable, std::string(kNoWrites));
  Batch batch(reader_, rows_, directories_, clocks_);
  sqlite::run(begin_);
  std::size_t commands = 0;
  for (auto* submission : submissions) {
    for (auto& work : submission->works) batch.apply(work, clock_());
    commands += submission->works.size();
  }
  batch.finish();
  sqlite::run(commit_);
  batch.publish(directories_, clocks_);
  if (on_commit_) on_commit_(commands);
}

void Writer::fail(const Submissions& submissions, const std::exception& error) {
  const auto* sqlite_error = dynamic_cast<const SqliteError*>(&error);
  const bool for_good = sqlite_error && !may_succeed_later(*sqlite_error);
  if (for_good) stop_writing(error.what());
  if (!for_good && failure().empty()) tell(std::string(error.what()) + "; the writes of one commit were refused.");
  roll_back();
  for (auto* submission : submissions) refuse(submission->works, std::string(kNoWrites));
}

void Writer::roll_back() {
  try {
    if (connection_.in_transaction()) connection_.execute("ROLLBACK");
  } catch (const SqliteError& error) {
    stop_writing(error.what());
  }
}

/// One wake-up for each executor. A submission is not touched any more once its waiter may run.
void Writer::resume_waiters(const Submissions& submissions) {
  waiters_.clear();
  for (auto* submission : submissions) waiters_.emplace_back(submission->executor, submission->waiter);
  std::stable_sort(waiters_.begin(), waiters_.end(),
                   [](const Waiter& left, const Waiter& right) { return std::less<>()(left.first, right.first); });
  for (auto first = waiters_.begin(); first != waiters_.end();) {
    const auto last =
        std::find_if(first, waiters_.end(), [&](const Waiter& waiter) { return waiter.first != first->first; });
    handles_.clear();
    for (auto waiter = first; waiter != last; ++waiter) handles_.push_back(waiter->second);
    first->first->resume(handles_);
    first = last;
  }
}

void Writer::tend_log() {
  try {
    if (failure().empty()) checkpointer_.after_commit(connection_, log_pages_);
  } catch (const SqliteError& error) {
    if (!may_succeed_later(error)) stop_writing(error.what());
  }
}

void Writer::stop_writing(const std::string& why) {
  const std::string failure = why + "; no writes are taken until the server is started again.";
  {
    const std::lock_guard lock(mutex_);
    if (!failure_.empty()) return;
    failure_ = failure;
  }
  tell(failure);
}

void Writer::tell(const std::string& why) const {
  if (on_failure_) on_failure_(why);
}

}  // namespace cardfile::store::sqlite
