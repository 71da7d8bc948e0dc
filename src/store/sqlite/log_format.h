#pragma once
// How SQLite keeps a write-ahead log in its file (its file format, 4): a header, then frames of a header and a page.
// And its index (walformat, 2.1), a file that all who have the database open share in memory: two copies of a header,
// each with its checksum, then how much was copied; numbers are as the machine has them.

#include <cstddef>
#include <cstdint>
#include <span>

namespace cardfile::store::sqlite {

inline constexpr std::int64_t kLogHeaderBytes = 32;
/// The number of the page stands first.
inline constexpr std::int64_t kFrameHeaderBytes = 24;

/// Of a log and of its index.
inline constexpr std::uint32_t kLogFormat = 3'007'000;

inline constexpr std::size_t kIndexHeaderBytes = 48;
// Of frames: those that are committed, in either header, and those that the database has as well.
inline constexpr std::size_t kIndexCommittedAt = 16;
inline constexpr std::size_t kIndexCopiedAt = 2 * kIndexHeaderBytes;
// As in the log's header, which has the bytes in the same order.
inline constexpr std::size_t kIndexSaltsAt = 32;
inline constexpr std::size_t kIndexSumAt = 40;

inline std::uint32_t big_endian(std::span<const std::byte, 4> bytes) {
  std::uint32_t number = 0;
  for (const std::byte byte : bytes) number = number << 8 | std::to_integer<std::uint32_t>(byte);
  return number;
}

}  // namespace cardfile::store::sqlite
