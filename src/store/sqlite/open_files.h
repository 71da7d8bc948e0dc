#pragma once
// OpenFiles: the files of a connection as SQLite has them open.

#include <cstddef>
#include <cstdint>
#include <span>

#include "store/sqlite/db.h"

struct sqlite3_file;

namespace cardfile::store::sqlite {

/// How much of the write-ahead log there is, in pages: those that are committed, and the first of them that are in the
/// database already.
struct LogExtent {
  std::int64_t committed = 0;
  std::int64_t copied = 0;

  friend bool operator==(const LogExtent&, const LogExtent&) = default;
};

/// For reading beside SQLite: who opened the files once more and closed them would lose SQLite's locks. The connection
/// has read something, and outlives this object. Functions throw SqliteError.
class OpenFiles {
 public:
  explicit OpenFiles(Connection& connection);

  /// False at the end of the file, and for a file that is not there.
  bool read_database(std::span<std::byte> to, std::int64_t at) const;
  bool read_log(std::span<std::byte> to, std::int64_t at) const;
  /// None of a database that keeps no log.
  LogExtent log_extent() const;
  void sync_log_index() const;
  /// To what is committed. The index is synced before: it may not tell of more after a power cut.
  void cut_log(std::int64_t page_bytes) const;

 private:
  /// The first region; null when there is none.
  volatile void* log_index() const;

  sqlite3_file* database_;
  sqlite3_file* log_;
};

}  // namespace cardfile::store::sqlite
