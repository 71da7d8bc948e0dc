#pragma once
// Readers: connections that read while the writer writes.

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

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

/// A small pool of readers, each opened when all others are out. Safe to call from any thread.
class Readers {
 public:
  /// Gives its reader back.
  class Lease {
   public:
    Lease(Readers& pool, std::unique_ptr<Reader> reader) : pool_(pool), reader_(std::move(reader)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { pool_.give_back(std::move(reader_)); }

    /// For the change log: contacts' rows may be behind.
    RowReader& rows() { return reader_->rows; }
    Queries& queries() { return reader_->queries; }

   private:
    Readers& pool_;
    std::unique_ptr<Reader> reader_;
  };

  /// `memtable` and `search_file` are lent.
  Readers(ConnectionOptions options, const Memtable& memtable, SearchFile& search_file)
      : options_(std::move(options)), memtable_(memtable), search_file_(search_file) {}

  /// Waits while as many readers are out as there may be. Throws SqliteError.
  Lease take();

 private:
  std::unique_ptr<Reader> take_idle();
  void give_back(std::unique_ptr<Reader> reader);

  const ConnectionOptions options_;
  const Memtable& memtable_;
  SearchFile& search_file_;

  std::mutex mutex_;
  std::condition_variable given_back_;
  // Guarded by mutex_.
  std::vector<std::unique_ptr<Reader>> idle_;
  std::size_t out_ = 0;
};

}  // namespace cardfile::store::sqlite
