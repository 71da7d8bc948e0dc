#include "store/sqlite/open_files.h"

#include <sqlite3.h>
#include <sys/mman.h>

#include "store/sqlite/log_format.h"

namespace cardfile::store::sqlite {
namespace {

/// What SQLite maps of the log's index at a time.
constexpr int kIndexRegionBytes = 32'768;

sqlite3_file* file_of(Connection& connection, int which) {
  sqlite3_file* file = nullptr;
  const int code = sqlite3_file_control(connection.handle(), "main", which, static_cast<void*>(&file));
  if (code != SQLITE_OK) throw SqliteError(code, "find the files of the database", connection.handle());
  return file;
}

bool read(sqlite3_file* file, std::span<std::byte> to, std::int64_t at) {
  if (!file || !file->pMethods) return false;
  const int code = file->pMethods->xRead(file, to.data(), static_cast<int>(to.size()), at);
  if (code == SQLITE_IOERR_SHORT_READ) return false;
  if (code != SQLITE_OK) throw SqliteError(code, "read the pages of the database");
  return true;
}

std::uint32_t number_in_index(const volatile void* index, std::size_t at) {
  return static_cast<const volatile std::uint32_t*>(index)[at / sizeof(std::uint32_t)];
}

}  // namespace

OpenFiles::OpenFiles(Connection& connection)
    : database_(file_of(connection, SQLITE_FCNTL_FILE_POINTER)),
      log_(file_of(connection, SQLITE_FCNTL_JOURNAL_POINTER)) {}

bool OpenFiles::read_database(std::span<std::byte> to, std::int64_t at) const { return read(database_, to, at); }

bool OpenFiles::read_log(std::span<std::byte> to, std::int64_t at) const { return read(log_, to, at); }

LogExtent OpenFiles::log_extent() const {
  const volatile void* index = log_index();
  if (!index) return {};
  return {.committed = number_in_index(index, kIndexCommittedAt), .copied = number_in_index(index, kIndexCopiedAt)};
}

void OpenFiles::sync_log_index() const {
  volatile void* index = log_index();
  if (index && ::msync(const_cast<void*>(index), kIndexRegionBytes, MS_SYNC) != 0)
    throw SqliteError(SQLITE_IOERR_FSYNC, "sync the index of the log");
}

void OpenFiles::cut_log(std::int64_t page_bytes) const {
  if (!log_index()) return;
  sync_log_index();
  const std::int64_t end = kLogHeaderBytes + log_extent().committed * (kFrameHeaderBytes + page_bytes);
  std::int64_t size = 0;
  int code = log_->pMethods->xFileSize(log_, reinterpret_cast<sqlite3_int64*>(&size));
  if (code == SQLITE_OK && size > end) code = log_->pMethods->xTruncate(log_, end);
  if (code != SQLITE_OK) throw SqliteError(code, "cut the write-ahead log");
}

volatile void* OpenFiles::log_index() const {
  if (!log_ || !log_->pMethods) return nullptr;
  volatile void* index = nullptr;
  const int code = database_->pMethods->xShmMap(database_, 0, kIndexRegionBytes, 0, &index);
  if (code != SQLITE_OK) throw SqliteError(code, "read the index of the log");
  return index;
}

}  // namespace cardfile::store::sqlite
