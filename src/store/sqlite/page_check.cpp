#include "store/sqlite/page_check.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>

#include <sqlite3.h>

#include "store/sqlite/checksum_vfs.h"

namespace cardfile::store::sqlite {
namespace {

// SQLite's file format, 4: a header of the log, then a header before each page, with the page's number first. In the
// log's index (walformat, 2.1): how many pages of the log are committed, and how many are in the database already.
constexpr std::int64_t kLogHeaderBytes = 32;
constexpr std::int64_t kFrameHeaderBytes = 24;
constexpr int kIndexBytes = 32'768;
constexpr std::size_t kCommittedAt = 16;
constexpr std::size_t kCopiedAt = 96;

// SQLite locks bytes of this page and never writes it.
constexpr std::int64_t kLockedByte = 0x40000000;

/// A file of the connection, as SQLite has it open: who closed it a second time would lose SQLite's locks.
sqlite3_file* file_of(Connection& connection, int which) {
  sqlite3_file* file = nullptr;
  const int code = sqlite3_file_control(connection.handle(), "main", which, static_cast<void*>(&file));
  if (code != SQLITE_OK) throw SqliteError(code, "find the files of the database", connection.handle());
  return file;
}

/// False at the end of the file, and for a file that is not there.
bool read(sqlite3_file* file, std::span<std::byte> to, std::int64_t at) {
  if (!file || !file->pMethods) return false;
  const int code = file->pMethods->xRead(file, to.data(), static_cast<int>(to.size()), at);
  if (code == SQLITE_IOERR_SHORT_READ) return false;
  if (code != SQLITE_OK) throw SqliteError(code, "read the pages of the database");
  return true;
}

std::int64_t big_endian(std::span<const std::byte, 4> bytes) {
  std::int64_t number = 0;
  for (const std::byte byte : bytes) number = number << 8 | std::to_integer<std::int64_t>(byte);
  return number;
}

std::uint32_t number_in_index(const volatile void* index, std::size_t at) {
  return static_cast<const volatile std::uint32_t*>(index)[at / sizeof(std::uint32_t)];
}

/// Those that are not in the database as well.
std::set<std::int64_t> pages_in_log(Connection& connection, std::int64_t page_bytes) {
  std::set<std::int64_t> pages;
  sqlite3_file* const log = file_of(connection, SQLITE_FCNTL_JOURNAL_POINTER);
  sqlite3_file* const database = file_of(connection, SQLITE_FCNTL_FILE_POINTER);
  volatile void* index = nullptr;
  const int code = database->pMethods->xShmMap(database, 0, kIndexBytes, 0, &index);
  if (code != SQLITE_OK) throw SqliteError(code, "read the index of the log", connection.handle());
  if (!index) return pages;
  const std::int64_t committed = number_in_index(index, kCommittedAt);
  std::array<std::byte, kFrameHeaderBytes> frame{};
  for (std::int64_t i = number_in_index(index, kCopiedAt); i < committed; ++i) {
    if (!read(log, frame, kLogHeaderBytes + i * (kFrameHeaderBytes + page_bytes))) break;
    pages.insert(big_endian(std::span(frame).first<4>()));
  }
  return pages;
}

}  // namespace

std::vector<std::int64_t> damaged_pages(Connection& connection, std::size_t limit) {
  const std::int64_t count = connection.integer("PRAGMA page_count");
  const std::int64_t page_bytes = connection.integer("PRAGMA page_size");
  const auto in_log = pages_in_log(connection, page_bytes);
  sqlite3_file* const database = file_of(connection, SQLITE_FCNTL_FILE_POINTER);
  std::vector<std::byte> page(static_cast<std::size_t>(page_bytes));
  std::vector<std::int64_t> damaged;
  for (std::int64_t number = 1; number <= count && damaged.size() < limit; ++number) {
    if (number == kLockedByte / page_bytes + 1 || in_log.contains(number)) continue;
    const bool is_there = read(database, page, (number - 1) * page_bytes);
    if (!is_there || !has_checksum(page, static_cast<std::uint64_t>(number))) damaged.push_back(number);
  }
  return damaged;
}

}  // namespace cardfile::store::sqlite
