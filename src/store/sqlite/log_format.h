#pragma once
// How SQLite keeps a write-ahead log in its file (its file format, 4): a header, then frames of a header and a page.

#include <cstddef>
#include <cstdint>
#include <span>

namespace cardfile::store::sqlite {

inline constexpr std::int64_t kLogHeaderBytes = 32;
/// The number of the page stands first.
inline constexpr std::int64_t kFrameHeaderBytes = 24;

inline std::uint32_t big_endian(std::span<const std::byte, 4> bytes) {
  std::uint32_t number = 0;
  for (const std::byte byte : bytes) number = number << 8 | std::to_integer<std::uint32_t>(byte);
  return number;
}

}  // namespace cardfile::store::sqlite
