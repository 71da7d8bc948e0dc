#pragma once
// JoiningVfs: writes the pages of a commit to the write-ahead log together.

#include <string>

#include "store/sqlite/vfs_layer.h"

namespace cardfile::store::sqlite {

/// SQLite gives each page of a commit to the file system in two small writes, one after the other in the file. This
/// file system of its own keeps them until the log is synced, read or grown by much, and then writes them in few large
/// ones to the file system below. An error of such a write is what the call gives that made it necessary: a commit
/// whose pages could not be written fails, as it does without. Everything else, and every other file, goes straight
/// through.
///
/// For the one connection that writes, with synchronous = FULL: what is committed has been synced, and so written,
/// before other connections are told of it. Lives longer than its connections.
class JoiningVfs {
 public:
  /// `below` is the name of the file system that does the work; empty: SQLite's default one.
  explicit JoiningVfs(const std::string& below);

  /// What a connection names it by.
  const std::string& name() const { return layer_.name(); }

 private:
  const VfsLayer layer_;
};

}  // namespace cardfile::store::sqlite
