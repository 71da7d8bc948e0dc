#pragma once
// FaultyVfs: a file system for SQLite that fails, waits and counts as a test says.

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include <sqlite3.h>

namespace cardfile::test {

/// Passes everything on to SQLite's default file system, except for what is asked of it below. Registered under its
/// name for as long as it lives; it outlives the stores that use it. Safe to call from any thread.
class FaultyVfs {
 public:
  explicit FaultyVfs(std::string name);
  FaultyVfs(const FaultyVfs&) = delete;
  FaultyVfs& operator=(const FaultyVfs&) = delete;
  ~FaultyVfs();

  const std::string& name() const { return name_; }

  /// From now on every sync of the write-ahead log gives `code`; SQLITE_OK lets them succeed.
  void syncs_give(int code);
  /// From now on every write gives `code` after `successes` more have succeeded.
  void writes_give(int code, int successes = 0);

  /// From now on syncs of the write-ahead log wait until release_syncs().
  void hold_syncs();
  /// Blocks until a sync waits.
  void wait_for_held_sync();
  void release_syncs();

  /// Syncs of the write-ahead log so far.
  int syncs() const;
  /// Writes to any file so far.
  int writes() const;

 private:
  struct File;
  static const sqlite3_io_methods kMethods;
  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags);

  int on_sync();
  int on_write();

  const std::string name_;
  sqlite3_vfs vfs_{};

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  int sync_code_ = SQLITE_OK;
  int write_code_ = SQLITE_OK;
  int writes_left_ = 0;
  int syncs_ = 0;
  int writes_ = 0;
  int waiting_ = 0;
  bool holding_ = false;
};

}  // namespace cardfile::test
