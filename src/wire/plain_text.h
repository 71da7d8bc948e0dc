#pragma once
// Plain text: how far a string can be read or written as JSON without a look at its single bytes.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace cardfile::wire {

/// How many of the first bytes stand for themselves in a JSON string: neither quote nor backslash nor control
/// character.
inline std::size_t plain_length(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighs = 0x8080808080808080;
  std::size_t length = 0;
  for (; length + sizeof(std::uint64_t) <= text.size(); length += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + length, sizeof word);
    // A byte x below n, both below 128, borrows in x - n. A borrow can only spill over into the byte above one that
    // has truly been found, so the lowest mark is right.
    const std::uint64_t quote = word ^ (kOnes * '"');
    const std::uint64_t backslash = word ^ (kOnes * '\\');
    const std::uint64_t found =
        (((quote - kOnes) & ~quote) | ((backslash - kOnes) & ~backslash) | ((word - kOnes * 0x20) & ~word)) & kHighs;
    if (found == 0) continue;
    if constexpr (std::endian::native == std::endian::little) {
      return length + static_cast<std::size_t>(std::countr_zero(found)) / 8;
    }
    break;
  }
  while (length < text.size()) {
    const auto byte = static_cast<unsigned char>(text[length]);
    if (byte < 0x20 || byte == '"' || byte == '\\') break;
    ++length;
  }
  return length;
}

}  // namespace cardfile::wire
