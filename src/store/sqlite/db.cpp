#include "store/sqlite/db.h"

#include <algorithm>
#include <utility>

#include <sqlite3.h>

#include "store/sqlite/open_files.h"

namespace cardfile::store::sqlite {
namespace {

constexpr int kBusyTimeoutMs = 5'000;     // For locks of other programs, such as the sqlite3 shell.
constexpr int kCheckpointTimeoutMs = 50;  // For readers that are in the way: writers wait meanwhile.

void require_ok(int code, const std::string& doing, sqlite3* database = nullptr) {
  if (code != SQLITE_OK) throw SqliteError(code, doing, database);
}

int call_committed(void* function, sqlite3*, const char*, int pages) {
  (*static_cast<std::function<void(int)>*>(function))(pages);
  return SQLITE_OK;
}

int sqlite_mode(CheckpointMode mode) {
  switch (mode) {
    case CheckpointMode::passive:
      return SQLITE_CHECKPOINT_PASSIVE;
    case CheckpointMode::restart:
      return SQLITE_CHECKPOINT_RESTART;
    case CheckpointMode::truncate:
      return SQLITE_CHECKPOINT_TRUNCATE;
  }
  return SQLITE_CHECKPOINT_PASSIVE;
}

/// The one I/O error that full disks cause: SQLite reports it when the index of the log cannot grow.
constexpr int kNoRoomForLogIndex = SQLITE_IOERR_SHMSIZE;

// sqlite3_errmsg() would name tables and sometimes values; sqlite3_errstr() describes the code alone.
const char* described(int code) {
  if (code == SQLITE_IOERR_DATA) return "a page is not what was written there";
  return sqlite3_errstr(code == kNoRoomForLogIndex ? SQLITE_FULL : code);
}

}  // namespace

SqliteError::SqliteError(int code, const std::string& doing, sqlite3* database)
    : std::runtime_error("SQLite cannot " + doing + ": " + described(code) + " (code " + std::to_string(code) + ")"),
      code_(code) {
  if (const char* file = database ? sqlite3_db_filename(database, "main") : nullptr) file_ = file;
}

bool lacks_room(const SqliteError& error) {
  return error.code() == kNoRoomForLogIndex || (error.code() & 0xff) == SQLITE_FULL;
}

bool may_succeed_later(const SqliteError& error) {
  if (lacks_room(error)) return true;
  switch (error.code() & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_INTERRUPT:
    case SQLITE_TOOBIG:
    case SQLITE_CONSTRAINT:
      return true;
    default:
      return false;
  }
}

bool means_damage(const SqliteError& error) {
  if (error.code() == SQLITE_IOERR_DATA) return true;
  switch (error.code() & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_MISMATCH:
    case SQLITE_CONSTRAINT:  // Two rows where there can be one.
    case SQLITE_ERROR:       // A table that is not there.
      return true;
    default:
      return false;
  }
}

// Every connection is used by one thread at a time, and nobody reads the memory counters.
void configure_library() {
  static const bool once = [] {
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_initialize();
    return true;
  }();
  static_cast<void>(once);
}

Connection::Connection(const ConnectionOptions& options) : checksums_(options.vfs, options.comparing) {
  configure_library();
  const int code =
      sqlite3_open_v2(options.file.c_str(), &handle_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                      checksums_.name().c_str());
  try {
    require_ok(code, "open " + options.file.string());
    sqlite3_extended_result_codes(handle_, 1);
    sqlite3_busy_timeout(handle_, kBusyTimeoutMs);
    execute("PRAGMA mmap_size = " + std::to_string(options.mmap_bytes));
    execute("PRAGMA cache_size = -" + std::to_string(options.cache_bytes / 1024));
    execute("PRAGMA temp_store = MEMORY");
    if (options.read_only) execute("PRAGMA query_only = ON");
  } catch (...) {
    sqlite3_close_v2(handle_);
    throw;
  }
}

Connection::~Connection() { sqlite3_close_v2(handle_); }

void Connection::reserve_checksums() {
  int bytes = kChecksumBytes;
  require_ok(sqlite3_file_control(handle_, "main", SQLITE_FCNTL_RESERVE_BYTES, &bytes), "leave room for checksums",
             handle_);
}

bool Connection::has_room_for_checksums() {
  sqlite3_file* file = nullptr;
  require_ok(sqlite3_file_control(handle_, "main", SQLITE_FCNTL_FILE_POINTER, static_cast<void*>(&file)),
             "find the database file", handle_);
  std::byte header[kHeaderBytes]{};
  const int code = file->pMethods->xRead(file, header, sizeof(header), 0);
  if (code != SQLITE_IOERR_SHORT_READ) require_ok(code, "read the header of the database", handle_);
  return checked_page_bytes(header) > 0;
}

void Connection::execute(const std::string& sql) {
  require_ok(sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr), "run \"" + sql.substr(0, 60) + "\"",
             handle_);
}

std::int64_t Connection::integer(const std::string& sql) {
  Statement statement(*this, sql);
  Execution row(statement);
  return row.next() ? row.integer() : 0;
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

std::int64_t Connection::rows_changed() const { return sqlite3_changes64(handle_); }

void Connection::define(const std::string& name, std::function<bool(std::int64_t)> predicate) {
  using Predicate = std::function<bool(std::int64_t)>;
  const auto call = [](sqlite3_context* context, int, sqlite3_value** values) {
    const auto& function = *static_cast<const Predicate*>(sqlite3_user_data(context));
    sqlite3_result_int(context, function(sqlite3_value_int64(*values)) ? 1 : 0);
  };
  const auto destroy = [](void* function) { delete static_cast<Predicate*>(function); };
  // SQLite destroys it with the connection, and when it does not take it.
  require_ok(sqlite3_create_function_v2(handle_, name.c_str(), 1, SQLITE_UTF8, new Predicate(std::move(predicate)),
                                        call, nullptr, nullptr, destroy),
             "define a function");
}

void Connection::on_commit(std::function<void(int pages)> committed) {
  committed_ = std::move(committed);
  sqlite3_wal_hook(handle_, call_committed, &committed_);
}

CheckpointResult Connection::checkpoint(CheckpointMode mode) {
  if (!has_whole_log()) throw SqliteError(SQLITE_IOERR_DATA, "copy the write-ahead log into the database", handle_);
  CheckpointResult result;
  sqlite3_busy_timeout(handle_, kCheckpointTimeoutMs);
  const int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, sqlite_mode(mode), &result.logged, &result.copied);
  sqlite3_busy_timeout(handle_, kBusyTimeoutMs);
  if ((code & 0xff) != SQLITE_BUSY) require_ok(code, "copy the write-ahead log into the database", handle_);
  result.is_complete = code == SQLITE_OK && result.copied == result.logged;
  result.logged = std::max(result.logged, 0);
  result.copied = std::max(result.copied, 0);
  return result;
}

void Connection::sync_database() {
  sqlite3_file* file = nullptr;
  require_ok(sqlite3_file_control(handle_, "main", SQLITE_FCNTL_FILE_POINTER, static_cast<void*>(&file)),
             "find the file of the database");
  require_ok(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL), "sync the database");
}

void Connection::sync_log_index() { OpenFiles(*this).sync_log_index(); }

void Connection::cut_log() {
  const std::int64_t page_bytes = integer("PRAGMA page_size");
  // Nobody else writes meanwhile.
  execute("BEGIN IMMEDIATE");
  try {
    OpenFiles(*this).cut_log(page_bytes);
  } catch (...) {
    execute("ROLLBACK");
    throw;
  }
  execute("ROLLBACK");
}

void Connection::limit_log(std::int64_t bytes) { execute("PRAGMA journal_size_limit = " + std::to_string(bytes)); }

void Connection::leave_log_on_close() {
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, static_cast<int*>(nullptr));
}

void Connection::copy_log_on_close() {
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, static_cast<int*>(nullptr));
}

void Connection::compare_pages() {
  require_ok(sqlite3_file_control(handle_, "main", kCompareFromNowOn, nullptr), "read the header of the database",
             handle_);
  // What was read before is read anew.
  sqlite3_db_release_memory(handle_);
}

// Of itself BEGIN reads nothing: the moment would be that of the first statement after it.
Snapshot::Snapshot(Connection& connection) : connection_(connection) {
  connection_.execute("BEGIN");
  try {
    connection_.execute("SELECT 1 FROM team LIMIT 1");
  } catch (...) {
    // After some errors SQLite has ended the transaction by itself.
    if (connection_.in_transaction()) connection_.execute("ROLLBACK");
    throw;
  }
}

Snapshot::~Snapshot() {
  try {
    connection_.execute("COMMIT");
  } catch (const SqliteError&) {
    // SQLite has ended the transaction by itself; nothing was written in it.
  }
}

Statement::Statement(Connection& connection, std::string_view sql) {
  require_ok(sqlite3_prepare_v3(connection.handle(), sql.data(), static_cast<int>(sql.size()),
                                SQLITE_PREPARE_PERSISTENT, &handle_, nullptr),
             "prepare \"" + std::string(sql.substr(0, 60)) + "\"", connection.handle());
}

Statement::~Statement() { sqlite3_finalize(handle_); }

Execution::~Execution() { sqlite3_reset(handle_); }

bool Execution::next() {
  column_ = 0;
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  throw SqliteError(code, "run \"" + std::string(sqlite3_sql(handle_)).substr(0, 60) + "\"",
                    sqlite3_db_handle(handle_));
}

std::int64_t Execution::integer() { return sqlite3_column_int64(handle_, column_++); }

// sqlite3_column_blob() on TEXT gives its bytes as they are, sqlite3_column_text() would copy them to end with a zero.
std::string_view Execution::text() {
  const auto bytes = blob();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::span<const std::uint8_t> Execution::blob() {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(handle_, column_));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column_));
  ++column_;
  return {data, size};
}

core::Uuid Execution::uuid() {
  const auto bytes = blob();
  core::Uuid::Bytes uuid{};
  if (bytes.size() != uuid.size()) throw std::runtime_error("A UUID's column does not hold 16 bytes.");
  std::copy(bytes.begin(), bytes.end(), uuid.begin());
  return core::Uuid(uuid);
}

// Values outlive the execution that they are bound to, so SQLite need not copy them; the next execution binds all anew.
void Execution::bind(std::int64_t value) { require_ok(sqlite3_bind_int64(handle_, ++bound_, value), "bind a value"); }

void Execution::bind(std::string_view text) {
  // A null pointer would bind NULL.
  require_ok(
      sqlite3_bind_text64(handle_, ++bound_, text.data() ? text.data() : "", text.size(), SQLITE_STATIC, SQLITE_UTF8),
      "bind a value");
}

void Execution::bind(TextOrNull value) {
  if (!value.text.empty()) return bind(value.text);
  require_ok(sqlite3_bind_null(handle_, ++bound_), "bind a value");
}

void Execution::bind(Blob value) {
  require_ok(sqlite3_bind_blob64(handle_, ++bound_, value.bytes.data(), value.bytes.size(), SQLITE_STATIC),
             "bind a value");
}

}  // namespace cardfile::store::sqlite
