#pragma once
// Connection and Statement: SQLite's C interface with owners, types and exceptions.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "core/ids.h"
#include "core/time.h"
#include "store/sqlite/checksum_vfs.h"
#include "store/sqlite/log_damage.h"

struct sqlite3;
struct sqlite3_stmt;

namespace cardfile::store::sqlite {

/// SQLite said no. `code` is its extended result code; the sentence is for the operator and holds no stored values.
class SqliteError : public std::runtime_error {
 public:
  /// `database` is the connection that it came up on, if there is one.
  SqliteError(int code, const std::string& doing, sqlite3* database = nullptr);
  int code() const { return code_; }
  /// The file of that connection; empty when there is none.
  const std::filesystem::path& file() const { return file_; }

 private:
  int code_;
  std::filesystem::path file_;
};

/// Whether the disk is full.
bool lacks_room(const SqliteError& error);

/// Whether the files are as sound as before and the same write may succeed later: no space, no memory, a lock, a
/// broken constraint. Anything else means that the files or the disk are not to be trusted.
bool may_succeed_later(const SqliteError& error);

/// Sets SQLite up as we use it; has to come before anything else of it. A connection does it by itself.
void configure_library();

/// Whether what is in the file contradicts itself or is not what was written there.
bool means_damage(const SqliteError& error);

struct ConnectionOptions {
  std::filesystem::path file;
  std::string vfs = {};          // Empty: SQLite's default.
  bool read_only = false;        // Of statements; the file itself is opened for writing, as WAL readers need.
  std::int64_t mmap_bytes = 0;   // How much of the file is read through memory mapping.
  std::int64_t cache_bytes = 0;  // What the page cache may grow to.
  Comparing comparing = Comparing::as_it_reads;
};

enum class CheckpointMode {
  passive,  // Copies what it can without waiting for anybody.
  restart,  // Copies everything and makes the next commit begin the log anew; waits a moment for readers.
  truncate  // The same, and leaves a log of no bytes.
};

/// Pages in the write-ahead log, and how many of them the database file has already; neither is known when somebody
/// else was in the way from the beginning.
struct CheckpointResult {
  int logged = 0;
  int copied = 0;
  bool is_complete = false;  // All that was asked for is done.
};

/// One connection, for one thread at a time. What it writes to a database file has checksums.
class Connection {
 public:
  explicit Connection(const ConnectionOptions& options);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  /// Statements go first: each keeps a reference to its connection.
  ~Connection();

  /// Runs one or more statements without values.
  void execute(const std::string& sql);
  /// The first column of the only row of `sql`.
  std::int64_t integer(const std::string& sql);

  bool in_transaction() const;
  std::int64_t rows_changed() const;  // By the last statement.

  /// Makes `predicate` known to SQL as a function of that name with one integer, which is none of SQLite's own. It must
  /// not throw.
  void define(const std::string& name, std::function<bool(std::int64_t)> predicate);
  /// Calls `committed` after each commit of this connection with the number of pages in the write-ahead log. It must
  /// not throw.
  void on_commit(std::function<void(int pages)> committed);
  /// Copies the write-ahead log into the database, once what is to be copied was seen to be what was written there:
  /// SQLite itself does not look, and damage would get a checksum. Each page of the log is looked at once. Throws
  /// SqliteError; not finding everybody out of the way is no error.
  CheckpointResult checkpoint(CheckpointMode mode);
  /// Syncs the database, not its log. Throws SqliteError.
  void sync_database();
  /// After a power cut what the log's index says is what it said now, or later. Throws SqliteError.
  void sync_log_index();
  /// Leaves room for checksums in each page of a database that is made after it, or written anew by VACUUM.
  void reserve_checksums();
  /// Whether there is that room in the pages of the database file, whatever the log has anew. Throws SqliteError.
  bool has_room_for_checksums();
  /// Takes away what stands behind the last commit in the log. After a sync that failed the system may show it for as
  /// long as it runs, and the next opening take it for committed, though the disk does not have it: a power cut would
  /// take with it whatever was committed behind it since. Throws SqliteError.
  void cut_log();
  /// A log that has become longer is cut to so many bytes when it begins anew. Throws SqliteError.
  void limit_log(std::int64_t bytes);
  /// Closing leaves the write-ahead log as it is, for the next opening to recover from.
  void leave_log_on_close();
  /// Closing copies it into the database, as it does unless it was told otherwise.
  void copy_log_on_close();
  /// Whether what is committed in the log and not yet in the database is what was written. Throws SqliteError.
  bool has_whole_log() { return is_log_whole(*this, seen_log_); }
  /// From now on pages are compared as they are read, also those that were read before.
  void compare_pages();

  sqlite3* handle() const { return handle_; }

 private:
  const ChecksumVfs checksums_;
  sqlite3* handle_ = nullptr;
  SeenLog seen_log_;
  std::function<void(int)> committed_;
};

/// One transaction of a connection that reads: everything in it is of the moment of its beginning.
class Snapshot {
 public:
  explicit Snapshot(Connection& connection);
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  ~Snapshot();

 private:
  Connection& connection_;
};

/// Bytes to be bound as a BLOB.
struct Blob {
  std::span<const std::uint8_t> bytes;
};

/// Text to be bound as NULL when it is empty, so that an empty field takes no room.
struct TextOrNull {
  std::string_view text;
};

/// A prepared statement, kept for many executions.
class Statement {
 public:
  Statement(Connection& connection, std::string_view sql);
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

 private:
  friend class Execution;
  sqlite3_stmt* handle_ = nullptr;
};

/// One execution of a statement: binds its values in order, gives its rows one by one and their columns in order, and
/// leaves the statement ready for the next. Bound bytes are lent until its end.
class Execution {
 public:
  template <class... Values>
  explicit Execution(Statement& statement, const Values&... values) : handle_(statement.handle_) {
    (bind(values), ...);
  }
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;
  ~Execution();

  /// Steps to the next row; false when there is none. Throws SqliteError.
  bool next();

  /// The next column of the row. Bytes live until the next step. NULL reads as 0 and as empty.
  std::int64_t integer();
  std::string_view text();
  std::span<const std::uint8_t> blob();

  bool boolean() { return integer() != 0; }
  core::Timestamp time() { return core::Timestamp(std::chrono::microseconds(integer())); }
  /// A UUID's 16 bytes. Throws std::runtime_error when the column holds something else.
  core::Uuid uuid();
  template <class Id>
  Id id() {
    return Id(integer());
  }
  template <class Id>
  void read(Id& id) {
    id = Id(integer());
  }

 private:
  void bind(std::int64_t value);
  void bind(std::string_view text);
  void bind(TextOrNull value);
  void bind(Blob value);
  void bind(bool value) { bind(std::int64_t{value}); }
  void bind(const std::string& text) { bind(std::string_view(text)); }
  void bind(const char* text) { bind(std::string_view(text)); }
  void bind(core::Timestamp time) { bind(std::int64_t{time.time_since_epoch().count()}); }
  void bind(const core::Uuid& uuid) { bind(Blob{uuid.bytes()}); }
  template <class Tag>
  void bind(core::Id<Tag> id) {
    bind(id.value());
  }

  sqlite3_stmt* handle_;
  int bound_ = 0;
  int column_ = 0;
};

/// Executes a statement that gives no rows.
template <class... Values>
void run(Statement& statement, const Values&... values) {
  Execution(statement, values...).next();
}

}  // namespace cardfile::store::sqlite
