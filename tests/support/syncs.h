#pragma once
// Syncs, SyncListener: which files and folders this process asks the disk to keep.

#include <filesystem>
#include <functional>
#include <list>
#include <vector>

namespace cardfile::test {

/// Sees each fsync(2) and msync(2) of the process while it lives: definitions of our own take the C library's place in
/// the programs that are linked with this. One at a time; for any thread.
class Syncs {
 public:
  Syncs();
  ~Syncs();
  Syncs(const Syncs&) = delete;
  Syncs& operator=(const Syncs&) = delete;

  /// What was synced, in that order, each under the name that it had then.
  std::vector<std::filesystem::path> seen() const;

  /// From now on a sync of this one fails with that errno.
  void fail(const std::filesystem::path& path, int error);
};

/// Is told of each of them before it is done, on the thread that asks for it. Any number at a time; must not make or
/// end another one when it is called.
class SyncListener {
 public:
  using Listen = std::function<void(const std::filesystem::path& synced)>;

  explicit SyncListener(Listen listen);
  ~SyncListener();
  SyncListener(const SyncListener&) = delete;
  SyncListener& operator=(const SyncListener&) = delete;

 private:
  std::list<Listen>::iterator registered_;
};

}  // namespace cardfile::test
