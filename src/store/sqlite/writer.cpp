#include "store/sqlite/writer.h"

#include <algorithm>
#include <exception>
#include <functional>
#include <numeric>
#include <string_view>
#include <utility>

#include <sqlite3.h>

#include "core/error.h"

namespace cardfile::store::sqlite {
namespace {

constexpr std::string_view kNoWrites = "the store takes no writes at the moment";
// The disk refused to say that it is durable; it may be on it all the same.
constexpr std::string_view kOutcomeUnknown =
    "the store could not make this write durable: after a restart of the server it may be done all the same";
constexpr std::chrono::seconds kUntilAnotherTry{1};  // To bring rows after, when the disk is full.
constexpr std::chrono::seconds kUntilToldAgain{10};  // Every commit may fail, thousands a second.

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

Writer::Writer(Connection& connection, const ConnectionOptions& checkpointer, Readers& readers, Memtable& memtable,
               Directories& directories, TeamClocks clocks, core::Clock clock, WriterLimits limits,
               WriterListeners listeners)
    : connection_(connection),
      memtable_(memtable),
      directories_(directories),
      clock_(std::move(clock)),
      limits_(limits),
      listeners_(std::move(listeners)),
      reader_(connection),
      rows_(connection),
      flusher_(connection, rows_, memtable, limits.flush_after),
      begin_(connection, "BEGIN IMMEDIATE"),
      commit_(connection, "COMMIT"),
      clocks_(std::move(clocks)),
      checkpointer_(checkpointer, readers,
                    {.on_failure = [this](const SqliteError& error) { stop_writing(error.what()); },
                     .on_long_log = listeners_.on_long_log}) {
  connection_.on_commit([this, &readers](int pages) {
    log_pages_ = pages;
    readers.note_commit();
  });
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
  bool is_log_empty = false;
  try {
    is_log_empty = failure().empty() && checkpointer_.empty_log(connection_);
  } catch (const SqliteError& error) {
    if (!may_succeed_later(error)) stop_writing(error.what());
  }
  // It is the truth then, for the next opening to recover from.
  if (!is_log_empty) connection_.leave_log_on_close();
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
    if (!submissions.empty()) {
      commit(submissions);
    } else if (is_over()) {
      break;
    }
    flush_if_due();
    tend_log();
  }
  flush_all();
}

Writer::Submissions Writer::take() {
  Submissions taken;
  const auto has_news = [this] { return !queue_.empty() || ending_; };
  const auto due = failure().empty() ? flusher_.due() : std::nullopt;
  std::unique_lock lock(mutex_);
  if (due) {
    arrived_.wait_until(lock, std::max(*due, no_flush_before_), has_news);
  } else {
    arrived_.wait(lock, has_news);
  }
  for (std::size_t weight = 0; !queue_.empty(); queue_.pop_front()) {
    const Waiting& next = queue_.front();
    weight += next.weight;
    if (!taken.empty() && weight > limits_.batch_max) break;
    weight_waiting_ -= next.weight;
    taken.push_back(next.submission);
  }
  return taken;
}

/// Nobody submits any more, and nothing came since the last look.
bool Writer::is_over() const {
  const std::lock_guard lock(mutex_);
  return ending_ && queue_.empty();
}

void Writer::commit(const Submissions& submissions) {
  try {
    if (!failure().empty()) throw core::Error(core::ErrorCode::unavailable, std::string(kNoWrites));
    shorten_recovery();
    apply_and_commit(submissions);
  } catch (const std::exception& error) {
    fail(submissions, error);
  }
  resume_waiters(submissions);
}

/// Writers that are faster than rows can be brought after wait for it.
void Writer::shorten_recovery() {
  while (memtable_.is_overdue()) flusher_.step();
}

void Writer::apply_and_commit(const Submissions& submissions) {
  const auto rows_of_updates = limits_.flush_after.count() > 0 ? RowsOfUpdates::left_behind : RowsOfUpdates::saved;
  Batch batch(reader_, rows_, memtable_, directories_, clocks_, rows_of_updates);
  sqlite::run(begin_);
  std::size_t commands = 0;
  for (auto* submission : submissions) {
    batch.apply(*submission, clock_);
    commands += submission->works.size();
  }
  batch.finish();
  is_committing_ = true;
  sqlite::run(commit_);
  try {
    batch.publish(memtable_, directories_, clocks_);
    if (listeners_.on_commit) listeners_.on_commit(commands);
  } catch (const std::exception& error) {
    // It is durable, and not known here: who went on would decide against an older state.
    stop_writing("What was committed could not be taken note of (" + std::string(error.what()) + ")");
    throw;
  }
  is_committing_ = false;
}

void Writer::flush_if_due() {
  const auto now = Memtable::Clock::now();
  const auto due = flusher_.due();
  if (!due || now < std::max(*due, no_flush_before_) || !failure().empty()) return;
  try {
    flusher_.step();
  } catch (const std::exception& error) {
    // Nothing is lost by it: the log has everything.
    give_up(error, "; rows are brought after the change log later.");
    no_flush_before_ = now + kUntilAnotherTry;
  }
}

void Writer::flush_all() {
  if (!failure().empty()) return;
  try {
    while (!memtable_.is_empty()) flusher_.step();
  } catch (const std::exception& error) {
    give_up(error, "; rows are brought after the change log at the next start.");
  }
}

void Writer::fail(const Submissions& submissions, const std::exception& error) {
  give_up(error, "; the writes of one commit were refused.");
  // For want of room not even the log was written; after all else a commit's frames may be there.
  const auto* sqlite_error = dynamic_cast<const SqliteError*>(&error);
  const bool is_unwritten = sqlite_error && (sqlite_error->code() & 0xff) == SQLITE_FULL;
  const bool is_unknown = std::exchange(is_committing_, false) && !is_unwritten;
  for (auto* submission : submissions) refuse(submission->works, std::string(is_unknown ? kOutcomeUnknown : kNoWrites));
}

void Writer::give_up(const std::exception& error, const std::string& consequence) {
  const auto* sqlite_error = dynamic_cast<const SqliteError*>(&error);
  const bool is_for_good = sqlite_error && !may_succeed_later(*sqlite_error);
  if (is_for_good) {
    stop_writing(error.what());
  } else if (failure().empty()) {
    tell_now_and_then(error.what() + consequence);
  }
  roll_back();
  if (is_for_good) cut_log();
}

void Writer::cut_log() {
  try {
    connection_.cut_log();
  } catch (const SqliteError&) {
    // The disk is not to be trusted; whoever was refused knows that it may be done.
  }
}

void Writer::tell_now_and_then(const std::string& why) {
  const auto now = Memtable::Clock::now();
  const auto [told, is_new] = told_.try_emplace(why, now);
  if (!is_new && now < told->second + kUntilToldAgain) return;
  told->second = now;
  tell(why);
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
  if (listeners_.on_failure) listeners_.on_failure(why);
}

}  // namespace cardfile::store::sqlite
