#pragma once
// Table: rows of text in aligned columns, for people.

#include <string>
#include <vector>

namespace cardfile::cli {

class Table {
 public:
  explicit Table(std::vector<std::string> titles) : rows_{std::move(titles)} {}

  /// As many cells as there are titles. Control characters are shown as '?'.
  void add(std::vector<std::string> cells);

  /// A line a row, the titles first; columns two blanks apart, no blanks at a line's end.
  std::string to_text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace cardfile::cli
