#include "store/sqlite/page_check.h"

#include <algorithm>
#include <array>
#include <set>
#include <span>

#include <sqlite3.h>

#include "store/sqlite/checksum_vfs.h"

namespace cardfile::store::sqlite {
namespace {

// SQLite's file format, 4.1: after a header of the log comes a header before each page, with the page's number first.
// Salts are those of the log's header for as long as pages are of this log and not of one before it.
constexpr std::size_t kLogHeaderBytes = 32;
constexpr std::size_t kLogSaltsAt = 16;
constexpr std::size_t kFrameHeaderBytes = 24;
constexpr std::size_t kFrameSaltsAt = 8;
constexpr std::size_t kSaltsBytes = 8;

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

std::set<std::int64_t> pages_in_log(Connection& connection, std::int64_t page_bytes) {
  std::set<std::int64_t> pages;
  sqlite3_file* const log = file_of(connection, SQLITE_FCNTL_JOURNAL_POINTER);
  std::array<std::byte, kLogHeaderBytes> header{};
  if (!read(log, header, 0)) return pages;
  const auto salts = std::span(header).subspan(kLogSaltsAt, kSaltsBytes);
  std::array<std::byte, kFrameHeaderBytes> frame{};
  const auto frame_bytes = static_cast<std::int64_t>(kFrameHeaderBytes) + page_bytes;
  for (std::int64_t at = kLogHeaderBytes; read(log, frame, at); at += frame_bytes) {
    if (!std::ranges::equal(std::span(frame).subspan(kFrameSaltsAt, kSaltsBytes), salts)) break;
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
