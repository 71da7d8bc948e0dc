#pragma once
// Syncs: which files and folders this process asks the disk to keep.

#include <filesystem>
#include <vector>

namespace cardfile::test {

/// Sees each fsync(2) of the process while it lives: its own definition of it takes the C library's place in the
/// programs that are linked with this. One at a time; for any thread.
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

}  // namespace cardfile::test
