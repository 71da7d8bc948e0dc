#pragma once
// KeptSnapshot: one snapshot for many readings, as long as nothing is committed.

#include <atomic>
#include <cstdint>

#include "store/sqlite/db.h"

namespace cardfile::store::sqlite {

/// What the readers of a database have to know of what is done to it.
struct Commits {
  /// Rises with each commit: when it can be read, and before anybody is told of it.
  std::atomic<std::uint64_t> count = 0;
  /// While the log is copied and begun anew, for which nobody may be reading it.
  std::atomic<bool> bar_snapshots = false;
};

/// Beginning to read takes locks that all connections of a database share, and system calls under them, which is a good
/// part of what it costs to read one contact. So a connection's transaction is left open after a reading, and the next
/// one goes on in it if nothing was committed since.
class KeptSnapshot {
 public:
  /// Both are lent.
  KeptSnapshot(Connection& connection, const Commits& commits);

  /// What is read from now on has all that was committed before; it is of one moment until the next call, unless
  /// snapshots are barred.
  void refresh();
  /// No transaction is open then.
  void end();

 private:
  Connection& connection_;
  const Commits& commits_;
  Statement begin_;
  Statement end_;
  std::uint64_t seen_ = 0;  // Of the count.
};

}  // namespace cardfile::store::sqlite
