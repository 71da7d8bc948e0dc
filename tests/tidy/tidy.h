#pragma once
// Tidy: checks over the tree itself. Each gives a sentence for every finding, with the file and the line.

#include <string>
#include <string_view>
#include <vector>

namespace cardfile::tidy {

struct SourceFile {
  std::string path;  // From the repository's root: "src/core/ids.h".
  std::string text;
};

using Findings = std::vector<std::string>;

/// The files of `folders` that people write: sources, headers, SQL and CMake, in the order of their paths.
std::vector<SourceFile> files_under(std::string_view root, const std::vector<std::string>& folders);

/// Includes point down only, and foreign headers stay in few files. For files under src/.
Findings check_includes(const SourceFile& file);

/// No tabs, no blanks at the end of a line, a line end at the end of the file.
Findings check_lines(const SourceFile& file);

/// A file is read in one sitting. For files under src/.
Findings check_length(const SourceFile& file);

/// A header begins with #pragma once and says what it is about. Other files pass.
Findings check_header(const SourceFile& file);

/// What clang-format would change in `paths`; a finding too when it cannot be run.
Findings check_format(std::string_view root, const std::vector<std::string>& paths);

}  // namespace cardfile::tidy
