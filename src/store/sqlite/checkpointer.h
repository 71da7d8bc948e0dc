#pragma once
// Checkpointer: keeps the write-ahead log from growing without bound.

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

#include "store/sqlite/db.h"
#include "store/sqlite/readers.h"

namespace cardfile::store::sqlite {

/// Copies the log into the database on a thread of its own, in large steps and beside the writer. While the writer is
/// busy that never reaches the log's end, so when the log has grown to several steps there is a last one, after which
/// the database is synced; then the writer itself copies the little that is left between two batches, and the log
/// begins anew. If a step is still being taken at twice that, the writer waits for it.
class Checkpointer {
 public:
  /// How far the log grows between two steps.
  static constexpr std::int64_t kStepBytes = std::int64_t{32} << 20;
  /// At so many steps the writer copies the rest.
  static constexpr int kStepsUntilRestart = 4;

  struct Listeners {
    /// On the checkpointer's thread, when copying fails for a reason that will not pass.
    std::function<void(const SqliteError&)> on_failure = {};
    /// On the writer's, when somebody who reads an old state has made the log half as long again as it may become, and
    /// when it has doubled since.
    std::function<void(std::int64_t bytes)> on_long_log = {};
  };

  /// `readers` are lent; the snapshots that they keep are not in the way.
  Checkpointer(const ConnectionOptions& options, Readers& readers, Listeners listeners,
               std::int64_t step_bytes = kStepBytes);
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;
  ~Checkpointer() = default;

  /// For the writer, between two transactions of `writer`: the log has `pages` now. Throws SqliteError when copying
  /// the rest fails. Unless a reader keeps an old state in use, the log stays below 2 * kStepsUntilRestart steps and
  /// the last transaction; one that a reader has made longer is cut to that when it begins anew.
  void after_commit(Connection& writer, int pages);

  /// Waits for the step that is being taken; no other follows.
  void stop();

  /// For the writer, once it is stopped and nobody reads any more: copies the rest and leaves an empty log, unless
  /// another program reads. Closing would copy what nobody has looked at, and another program that has the database
  /// open would copy it without checksums. False when the log is as it was. Throws SqliteError.
  bool empty_log(Connection& writer);

 private:
  enum class Step { none, usual, last };

  void run(const std::stop_token& stop);
  /// Step::none when the checkpointer is to end.
  Step wait_for_step(const std::stop_token& stop);
  void take(Step step);
  void tell_when_long(int pages);

  Connection connection_;
  Readers& readers_;
  const Listeners listeners_;
  const std::int64_t log_bytes_max_;
  const std::int64_t page_bytes_;
  const int step_pages_;

  // The writer's thread only.
  int next_step_;
  int next_restart_;
  int last_steps_ = 0;  // Since the log became long.
  int next_long_;       // Pages at which it is told of.

  std::mutex mutex_;
  std::condition_variable_any changed_;
  Step wanted_ = Step::none;  // Guarded by mutex_; until the step is done.

  std::jthread thread_;  // Last, so that it ends first.
};

}  // namespace cardfile::store::sqlite
