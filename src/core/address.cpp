#include "core/address.h"

#include <algorithm>
#include <array>

#include "core/text.h"

namespace cardfile::core {

namespace {

/// Whether there is a space or another of Unicode's blanks, or one that takes no room. Tabs and line ends are control
/// characters.
bool has_blank(std::string_view utf8) {
  constexpr std::array<std::string_view, 22> kBlanks = {
      " ",      "\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006",
      "\u2007", "\u2008", "\u2009", "\u200a", "\u200b", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\ufeff"};
  return std::ranges::any_of(kBlanks,
                             [utf8](std::string_view blank) { return utf8.find(blank) != std::string_view::npos; });
}

}  // namespace

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
  if (has_blank(text) || has_control_character(text)) return std::nullopt;
  return std::string(text);
}

Address address_of(std::string_view type, std::string_view value) {
  return {std::string(type), type == kEmail ? lower_ascii(value) : std::string(value)};
}

}  // namespace cardfile::core
