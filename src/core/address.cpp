#include "core/address.h"

#include "core/text.h"

namespace cardfile::core {

std::optional<std::string> normalise_phone(std::string_view text) {
  constexpr std::size_t kDigitsMin = 7;
  constexpr std::size_t kDigitsMax = 15;
  constexpr std::string_view kSeparators = " -.()";
  std::string digits;
  bool has_plus = false;
  for (const char c : trimmed(text)) {
    if (kSeparators.find(c) != std::string_view::npos) continue;
    const bool leads = digits.empty() && !has_plus;
    if (c == '+' && leads) {
      has_plus = true;
      continue;
    }
    if (c < '0' || c > '9' || digits.size() == kDigitsMax) return std::nullopt;
    digits += c;
  }
  if (digits.size() < kDigitsMin || digits.front() == '0') return std::nullopt;
  return digits;
}

std::optional<std::string> normalise_email(std::string_view text) {
  text = trimmed(text);
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == text.size()) return std::nullopt;
  if (text.find('@', at + 1) != std::string_view::npos) return std::nullopt;
  if (text.find(' ') != std::string_view::npos || has_control_character(text)) return std::nullopt;
  return std::string(text);
}

Address address_of(std::string_view type, std::string_view value) {
  return {std::string(type), type == kEmail ? lower_ascii(value) : std::string(value)};
}

}  // namespace cardfile::core
