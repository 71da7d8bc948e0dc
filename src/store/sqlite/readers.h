#pragma once
// Readers: connections that read while the writer writes.

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>

#include "core/address.h"
#include "core/contact.h"
#include "core/ids.h"
#include "store/sqlite/db.h"
#include "store/sqlite/memtable.h"
#include "store/sqlite/queries.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/search.h"
#include "store/sqlite/search_file.h"

namespace cardfile::store::sqlite {

/// A connection with its statements. What it reads is what was committed when the reading began.
class Reader {
 public:
  Reader(const ConnectionOptions& options, const Memtable& memtable, SearchFile& search_file)
      : connection(options),
        rows(connection),
        search(connection, rows, memtable, search_file),
        queries(connection, rows, memtable, search) {}

  Connection connection;
  RowReader rows;
  Search search;
  Queries queries;
};

/// A small pool of readers, each opened when it is first needed. A thread comes back to the one that it had last, so
/// that threads do not get in each other's way. Safe to call from any thread.
class Readers {
  struct Place {
    std::mutex mutex;
    std::unique_ptr<Reader> reader;  // Guarded by mutex; null until it is needed.
  };

 public:
  /// Gives its reader back, on the thread that took it.
  class Lease {
   public:
    Lease(std::unique_lock<std::mutex> lock, Reader& reader) : lock_(std::move(lock)), reader_(reader) {}

    /// For the change log: contacts' rows may be behind.
    RowReader& rows() { return reader_.rows; }
    Queries& queries() { return reader_.queries; }

   private:
    std::unique_lock<std::mutex> lock_;
    Reader& reader_;
  };

  /// `memtable` and `search_file` are lent.
  Readers(ConnectionOptions options, const Memtable& memtable, SearchFile& search_file)
      : options_(std::move(options)), memtable_(memtable), search_file_(search_file) {}

  /// Waits while all readers are out. Throws SqliteError.
  Lease take();

 private:
  static constexpr std::size_t kReadersMax = 8;

  Lease taken(Place& place, std::unique_lock<std::mutex> lock);

  const ConnectionOptions options_;
  const Memtable& memtable_;
  SearchFile& search_file_;
  std::array<Place, kReadersMax> places_;
};

}  // namespace cardfile::store::sqlite
