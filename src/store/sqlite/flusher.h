#pragma once
// Flusher: brings rows after what is newer than they.

#include <chrono>
#include <cstddef>
#include <optional>

#include "store/sqlite/db.h"
#include "store/sqlite/memtable.h"
#include "store/sqlite/rows.h"

namespace cardfile::store::sqlite {

/// Belongs to the writer and works on its thread, between its transactions.
class Flusher {
 public:
  /// Rows are not behind for much longer than `patience` unless the writer is busy all the time. All are lent.
  Flusher(Connection& connection, RowWriter& rows, Memtable& memtable, std::chrono::milliseconds patience);

  /// When the next step is due; none when all rows are up to date.
  std::optional<Memtable::Clock::time_point> due() const;

  /// Brings some rows after, those first that are behind for the longest time, in one transaction. Throws what SQLite
  /// throws, with the transaction open; nothing is changed then.
  void step();

 private:
  RowWriter& rows_;
  Memtable& memtable_;
  const std::chrono::milliseconds patience_;
  Statement begin_;
  Statement commit_;
};

enum class UnreadableEntries { refused, passed_over };

/// Makes a memtable of what the change logs have beyond the rows, of which there is something when the database was not
/// closed in peace. Writes nothing, so that a full disk keeps nobody from reading. Throws SqliteError, and
/// std::runtime_error when an entry that it needs cannot be read, unless those are passed over.
void recover(Connection& connection, Memtable& memtable, UnreadableEntries unreadable = UnreadableEntries::refused);

}  // namespace cardfile::store::sqlite
