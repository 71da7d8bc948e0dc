#include "cli/table.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "core/text.h"

namespace cardfile::cli {
namespace {

constexpr std::size_t kGap = 2;

/// A terminal may obey those of C1 (U+0080 to U+009F), two bytes in UTF-8, as it does those of ASCII.
std::string printable(std::string_view text) {
  std::string shown;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    const bool is_c1 = byte == 0xc2 && next >= 0x80 && next < 0xa0;
    if (is_c1) ++i;
    shown += is_c1 || byte < ' ' || byte == 0x7f ? '?' : text[i];
  }
  return shown;
}

}  // namespace

void Table::add(std::vector<std::string> cells) {
  std::ranges::transform(cells, cells.begin(), printable);
  rows_.push_back(std::move(cells));
}

std::string Table::to_text() const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], core::length_of(row[i]));
  }
  std::string text;
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      text.append(widths[i] - core::length_of(row[i]) + kGap, ' ');
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  return text;
}

}  // namespace cardfile::cli
