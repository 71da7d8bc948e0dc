#pragma once
// Writer: the queue of submissions and the one thread that commits them.

#include <chrono>
#include <condition_variable>
#include <coroutine>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/time.h"
#include "store/directories.h"
#include "store/sqlite/batch.h"
#include "store/sqlite/checkpointer.h"
#include "store/sqlite/db.h"
#include "store/sqlite/flusher.h"
#include "store/sqlite/memtable.h"
#include "store/sqlite/readers.h"
#include "store/sqlite/rows.h"
#include "store/store.h"

namespace cardfile::store::sqlite {

/// By core::weight().
struct WriterLimits {
  std::size_t queue_max = 0;                // Of the commands that may wait.
  std::size_t batch_max = 0;                // Of those in one transaction, unless one submission has more.
  std::chrono::milliseconds flush_after{};  // As SqliteOptions::flush_after.
};

/// Called on threads of the writer's.
struct WriterListeners {
  std::function<void(const std::string& why)> on_failure = {};  // As SqliteOptions::on_failure.
  /// After each commit with the number of its commands, before those who wait for it are resumed.
  std::function<void(std::size_t commands)> on_commit = {};
  std::function<void(std::int64_t bytes)> on_long_log = {};  // As SqliteOptions::on_long_log.
};

/// All submissions that wait are committed by one transaction and so by one sync; one that comes alone is committed at
/// once. Between commits it brings rows after. Safe to call from any thread.
class Writer {
 public:
  /// `connection`, `readers`, `memtable` and `directories` are lent; the connection is used by the writer's thread
  /// alone from now on, and nobody else changes the memtable.
  Writer(Connection& connection, const ConnectionOptions& checkpointer, Readers& readers, Memtable& memtable,
         Directories& directories, TeamClocks clocks, core::Clock clock, WriterLimits limits,
         WriterListeners listeners);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer();

  void submit(Submission& submission);

  /// Commits what waits, brings all rows after, then ends the threads; whatever is submitted later is refused.
  void stop();

  /// Why no writes are taken; empty while they are.
  std::string failure() const;

 private:
  struct Waiting {
    Submission* submission = nullptr;
    std::size_t weight = 0;
  };
  using Submissions = std::vector<Submission*>;
  using Waiter = std::pair<base::Executor*, std::coroutine_handle<>>;

  void run();
  /// Waits for submissions; none when rows are to be brought after, or when the writer is to end.
  Submissions take();
  bool is_over() const;
  void commit(const Submissions& submissions);
  void shorten_recovery();
  void apply_and_commit(const Submissions& submissions);
  void flush_if_due();
  void flush_all();
  void fail(const Submissions& submissions, const std::exception& error);
  /// After a transaction that failed: undoes it, and stops writing when the same would fail again.
  void give_up(const std::exception& error, const std::string& consequence);
  void roll_back();
  /// Of a commit that was refused nothing is to be left for the next opening, as far as the disk goes along.
  void cut_log();
  void resume_waiters(const Submissions& submissions);
  void tend_log();
  void stop_writing(const std::string& why);
  void tell_now_and_then(const std::string& why);
  void tell(const std::string& why) const;

  // Set at construction.
  Connection& connection_;
  Memtable& memtable_;
  Directories& directories_;
  const core::Clock clock_;
  const WriterLimits limits_;
  const WriterListeners listeners_;

  // The writer's thread only.
  RowReader reader_;
  RowWriter rows_;
  Flusher flusher_;
  Statement begin_;
  Statement commit_;
  TeamClocks clocks_;
  Memtable::Clock::time_point no_flush_before_{};            // After a failure that may pass.
  std::map<std::string, Memtable::Clock::time_point> told_;  // When last, of failures that may pass; there are few.
  bool is_committing_ = false;                               // Whether a failure is one of the commit itself.
  int log_pages_ = 0;
  std::vector<Waiter> waiters_;
  std::vector<std::coroutine_handle<>> handles_;

  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  // Guarded by mutex_.
  std::deque<Waiting> queue_;
  std::size_t weight_waiting_ = 0;
  bool ending_ = false;
  std::string failure_;

  Checkpointer checkpointer_;
  std::jthread thread_;
};

}  // namespace cardfile::store::sqlite
