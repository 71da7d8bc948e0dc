#include "core/ids.h"

#include <charconv>

namespace cardfile::core {

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

bool has_dash_before(std::size_t byte) { return byte == 4 || byte == 6 || byte == 8 || byte == 10; }

constexpr unsigned kNoDigit = 0x100;

/// What a character is as a hexadecimal digit. A table: whether a digit is a letter is by chance, which a processor
/// cannot foresee.
constexpr std::array<std::uint16_t, 256> kHexValues = [] {
  std::array<std::uint16_t, 256> values{};
  values.fill(kNoDigit);
  for (const std::string_view digits : {"0123456789abcdef", "0123456789ABCDEF"}) {
    for (std::uint16_t value = 0; value < 16; ++value) values[static_cast<unsigned char>(digits[value])] = value;
  }
  return values;
}();

unsigned hex_value(char c) { return kHexValues[static_cast<unsigned char>(c)]; }

}  // namespace

std::optional<std::int64_t> parse_id(std::string_view text) {
  if (text.empty() || text.front() < '1' || text.front() > '9') return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value > kIdMax) return std::nullopt;
  return value;
}

Uuid Uuid::from_random(Bytes bytes) {
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
  return Uuid(bytes);
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != kTextSize) return std::nullopt;
  Bytes bytes{};
  std::size_t at = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (has_dash_before(i) && text[at++] != '-') return std::nullopt;
    const unsigned high = hex_value(text[at++]);
    const unsigned low = hex_value(text[at++]);
    if ((high | low) >= kNoDigit) return std::nullopt;
    bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return Uuid(bytes);
}

std::string Uuid::to_string() const {
  std::string text(kTextSize, '\0');
  write(text.data());
  return text;
}

char* Uuid::write(char* out) const {
  for (std::size_t i = 0; i < bytes_.size(); ++i) {
    if (has_dash_before(i)) *out++ = '-';
    *out++ = kHexDigits[bytes_[i] >> 4];
    *out++ = kHexDigits[bytes_[i] & 0x0f];
  }
  return out;
}

}  // namespace cardfile::core
