#pragma once
// PrivateIndexVfs: a connection that reads a log without a trace in the log's index.

#include <string>

#include "store/sqlite/vfs_layer.h"

namespace cardfile::store::sqlite {

/// Keeps the index of a log in memory, for the one connection that names it. The file in which others share theirs
/// stays as it is; what they write or copy meanwhile makes a confusion of what is read. For looking at what nobody may
/// use: who opens a database makes the shared index anew, and with it forgets how far the log once went (log_damage.h).
class PrivateIndexVfs {
 public:
  /// `below` is the name of the file system that does the work; empty: SQLite's default one.
  explicit PrivateIndexVfs(const std::string& below);

  const std::string& name() const { return layer_.name(); }

 private:
  const VfsLayer layer_;
};

}  // namespace cardfile::store::sqlite
