#include "store/sqlite/page_check.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>

#include "store/sqlite/checksum_vfs.h"
#include "store/sqlite/log_format.h"
#include "store/sqlite/open_files.h"

namespace cardfile::store::sqlite {
namespace {

// SQLite locks bytes of this page and never writes it.
constexpr std::int64_t kLockedByte = 0x40000000;

/// Those that are not in the database as well.
std::set<std::int64_t> pages_in_log(const OpenFiles& files, std::int64_t page_bytes) {
  std::set<std::int64_t> pages;
  const LogExtent log = files.log_extent();
  std::array<std::byte, kFrameHeaderBytes> frame{};
  for (std::int64_t i = log.copied; i < log.committed; ++i) {
    if (!files.read_log(frame, kLogHeaderBytes + i * (kFrameHeaderBytes + page_bytes))) break;
    pages.insert(std::int64_t{big_endian(std::span(frame).first<4>())});
  }
  return pages;
}

}  // namespace

std::vector<std::int64_t> damaged_pages(Connection& connection, std::size_t limit) {
  const std::int64_t count = connection.integer("PRAGMA page_count");
  const std::int64_t page_bytes = connection.integer("PRAGMA page_size");
  const OpenFiles files(connection);
  const auto in_log = pages_in_log(files, page_bytes);
  std::vector<std::byte> page(static_cast<std::size_t>(page_bytes));
  std::vector<std::int64_t> damaged;
  for (std::int64_t number = 1; number <= count && damaged.size() < limit; ++number) {
    if (number == kLockedByte / page_bytes + 1 || in_log.contains(number)) continue;
    const bool is_there = files.read_database(page, (number - 1) * page_bytes);
    if (!is_there || !has_checksum(page, static_cast<std::uint64_t>(number))) damaged.push_back(number);
  }
  return damaged;
}

}  // namespace cardfile::store::sqlite
