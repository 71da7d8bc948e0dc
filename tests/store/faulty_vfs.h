#pragma once
// FaultyVfs: a file system for SQLite that fails, waits and counts as a test says.

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>

#include "store/hooked_vfs.h"

namespace cardfile::test {

/// Does what is asked of it below, from any thread.
class FaultyVfs final : public HookedVfs {
 public:
  explicit FaultyVfs(std::string name) : HookedVfs(std::move(name)) {}
  ~FaultyVfs() override = default;

  /// From now on every sync of the write-ahead log gives `code`; SQLITE_OK lets them succeed.
  void syncs_give(int code);
  /// From now on every write gives `code` after `successes` more have succeeded.
  void writes_give(int code, int successes = 0);

  /// From now on syncs of the write-ahead log wait until release_syncs().
  void hold_syncs();
  /// Blocks until a sync waits.
  void wait_for_held_sync();
  bool has_held_sync() const;
  void let_one_sync_go();
  void release_syncs();

  /// Syncs of the write-ahead log so far.
  int syncs() const;
  /// Writes to any file so far.
  int writes() const;

 private:
  std::optional<int> before(const FileCall& call) override;
  std::optional<int> on_sync();
  std::optional<int> on_write();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  int sync_code_ = SQLITE_OK;
  int write_code_ = SQLITE_OK;
  int writes_left_ = 0;
  int syncs_ = 0;
  int writes_ = 0;
  int waiting_ = 0;
  int may_go_ = 0;
  bool holding_ = false;
};

}  // namespace cardfile::test
