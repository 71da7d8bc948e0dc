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
#include "store/sqlite/kept_snapshot.h"
#include "store/sqlite/memtable.h"
#include "store/sqlite/queries.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/search.h"
#include "store/sqlite/search_file.h"
#include "store/sqlite/uuid_guesses.h"

namespace cardfile::store::sqlite {

/// A connection with its statements. What it reads is what was committed when the reading began.
class Reader {
 public:
  Reader(const ConnectionOptions& options, const Commits& commits, const Memtable& memtable, SearchFile& search_file,
         UuidGuesses& guesses)
      : connection(options),
        rows(connection),
        snapshot(connection, commits),
        search(connection, rows, memtable, search_file),
        queries(connection, rows, snapshot, memtable, search, guesses) {}

  Connection connection;
  RowReader rows;
  KeptSnapshot snapshot;
  Search search;
  Queries queries;
};

/// A pool of readers, each opened when it is first needed. A thread comes back to the one that it had last, so
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
    Lease(const Readers& readers, Place& place, std::unique_lock<std::mutex> lock)
        : readers_(readers), place_(place), lock_(std::move(lock)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease();

    /// For the change log: contacts' rows may be behind.
    RowReader& rows();
    Queries& queries() { return place_.reader->queries; }

   private:
    const Readers& readers_;
    Place& place_;
    std::unique_lock<std::mutex> lock_;
  };

  /// `memtable` and `search_file` are lent.
  Readers(ConnectionOptions options, const Memtable& memtable, SearchFile& search_file)
      : options_(std::move(options)), memtable_(memtable), search_file_(search_file) {}

  /// Waits while all readers are out. Throws SqliteError.
  Lease take();

  /// After each commit, before anybody is told of it or the memtable is changed by it.
  void note_commit() { ++commits_.count; }
  /// Readers keep no snapshot from one reading to the next until it is allowed again; those that are not at work end
  /// theirs now.
  void bar_snapshots();
  void allow_snapshots() { commits_.bar_snapshots = false; }

 private:
  // More than a server has threads: one that answers requests is not to wait for one that is at a long query. Each is
  // made when it is first needed.
  static constexpr std::size_t kReadersMax = 512;

  Lease taken(Place& place, std::unique_lock<std::mutex> lock);
  static void end_snapshot(Place& place);

  const ConnectionOptions options_;
  Commits commits_;
  const Memtable& memtable_;
  SearchFile& search_file_;
  UuidGuesses guesses_;
  std::array<Place, kReadersMax> places_;
};

}  // namespace cardfile::store::sqlite
