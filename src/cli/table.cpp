#include "cli/table.h"

#include <algorithm>
#include <utility>

#include "core/text.h"

namespace cardfile::cli {
namespace {

constexpr std::size_t kGap = 2;

std::string printable(std::string text) {
  std::ranges::replace_if(
      text, [](char letter) { return (letter >= 0 && letter < ' ') || letter == '\x7f'; }, '?');
  return text;
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
