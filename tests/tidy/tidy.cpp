#include "tidy/tidy.h"

#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>

namespace cardfile::tidy {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLinesMax = 700;

const std::set<std::string, std::less<>> kExtensions = {".cpp", ".h", ".sql", ".cmake", ".txt"};

const std::regex kInclude(R"(^\s*#\s*include\b\s*(.)([^">]*))");

/// Which folder of src/ may include which.
const std::map<std::string, std::set<std::string>, std::less<>> kMayInclude = {
    {"base", {"base"}},
    {"core", {"core"}},
    {"http", {"http", "base"}},
    {"wire", {"wire", "core"}},
    {"store", {"store", "wire", "core", "base"}},
    {"api", {"api", "store", "wire", "http", "core", "base"}},
    {"webhooks", {"webhooks", "store", "wire", "http", "core", "base"}},
    {"cli", {"cli", "api", "webhooks", "store", "wire", "http", "core", "base"}},
};

/// Foreign headers that headers may include; everywhere else they stay in .cpp files.
struct ForeignInHeaders {
  std::string_view folder;
  std::string_view prefix;
  std::set<std::string_view> except;  // What other folders include.
};
const std::vector<ForeignInHeaders> kForeignInHeaders = {
    {"src/http/", "boost/", {"src/http/message.h", "src/http/server.h", "src/http/router.h"}},
    {"src/webhooks/", "boost/", {"src/webhooks/outbox.h"}},
    {"src/store/sqlite/", "sqlite3.h", {}},
    {"src/cli/", "CLI/", {}},
};

const std::set<std::string_view> kStandardHeaders = {
    "algorithm",
    "any",
    "array",
    "atomic",
    "barrier",
    "bit",
    "bitset",
    "cassert",
    "cctype",
    "cerrno",
    "cfenv",
    "cfloat",
    "charconv",
    "chrono",
    "cinttypes",
    "climits",
    "clocale",
    "cmath",
    "compare",
    "complex",
    "concepts",
    "condition_variable",
    "coroutine",
    "csetjmp",
    "csignal",
    "cstdarg",
    "cstddef",
    "cstdint",
    "cstdio",
    "cstdlib",
    "cstring",
    "ctime",
    "cuchar",
    "cwchar",
    "cwctype",
    "deque",
    "exception",
    "execution",
    "filesystem",
    "format",
    "forward_list",
    "fstream",
    "functional",
    "future",
    "initializer_list",
    "iomanip",
    "ios",
    "iosfwd",
    "iostream",
    "istream",
    "iterator",
    "latch",
    "limits",
    "list",
    "locale",
    "map",
    "memory",
    "memory_resource",
    "mutex",
    "new",
    "numbers",
    "numeric",
    "optional",
    "ostream",
    "queue",
    "random",
    "ranges",
    "ratio",
    "regex",
    "scoped_allocator",
    "semaphore",
    "set",
    "shared_mutex",
    "source_location",
    "span",
    "sstream",
    "stack",
    "stdexcept",
    "stop_token",
    "streambuf",
    "string",
    "string_view",
    "strstream",
    "syncstream",
    "system_error",
    "thread",
    "tuple",
    "type_traits",
    "typeindex",
    "typeinfo",
    "unordered_map",
    "unordered_set",
    "utility",
    "valarray",
    "variant",
    "vector",
    "version",
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

bool is_header(const SourceFile& file) { return file.path.ends_with(".h"); }

/// "core" of "src/core/ids.h" or of "core/ids.h"; none when that is no folder of ours.
std::optional<std::string> folder_of(std::string_view path) {
  if (path.starts_with("src/")) path.remove_prefix(4);
  const std::string folder(path.substr(0, path.find('/')));
  if (folder.size() == path.size() || !kMayInclude.contains(folder)) return std::nullopt;
  return folder;
}

bool may_be_in_header(const SourceFile& file, std::string_view foreign) {
  return std::any_of(kForeignInHeaders.begin(), kForeignInHeaders.end(), [&](const ForeignInHeaders& rule) {
    return file.path.starts_with(rule.folder) && foreign.starts_with(rule.prefix) && !rule.except.contains(file.path);
  });
}

/// Why `file` may not include `target`; empty when it may.
std::string objection(const SourceFile& file, const std::string& target, bool quoted) {
  const auto folder = folder_of(file.path);
  if (!folder) return "lies in a folder that the table of includes does not know";
  if (const auto wanted = folder_of(target)) {
    if (kMayInclude.at(*folder).contains(*wanted)) return {};
    return "includes \"" + target + "\": " + *folder + " may not include " + *wanted;
  }
  if (quoted) return "includes \"" + target + "\": our own headers are named by their path from src/";
  if (kStandardHeaders.contains(target)) return {};
  if (*folder == "core") return "includes <" + target + ">: core has the standard library only";
  if (is_header(file) && !may_be_in_header(file, target)) {
    return "includes <" + target + ">: foreign headers stay in .cpp files";
  }
  return {};
}

std::string at_line(const SourceFile& file, std::size_t index, std::string_view finding) {
  return file.path + ":" + std::to_string(index + 1) + ": " + std::string(finding);
}

std::string quoted_for_shell(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

std::vector<SourceFile> files_under(std::string_view root, const std::vector<std::string>& folders) {
  std::vector<SourceFile> files;
  for (const std::string& folder : folders) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(root) / folder)) {
      if (!entry.is_regular_file() || !kExtensions.contains(entry.path().extension().string())) continue;
      std::ifstream stream(entry.path(), std::ios::binary);
      files.push_back({entry.path().lexically_relative(root).generic_string(),
                       std::string(std::istreambuf_iterator<char>(stream), {})});
    }
  }
  std::sort(files.begin(), files.end(), [](const auto& left, const auto& right) { return left.path < right.path; });
  return files;
}

Findings check_includes(const SourceFile& file) {
  Findings findings;
  const auto lines = lines_of(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::smatch include;
    if (!std::regex_search(lines[i], include, kInclude)) continue;
    const std::string why = objection(file, include[2].str(), include[1].str() == "\"");
    if (!why.empty()) findings.push_back(at_line(file, i, why));
  }
  return findings;
}

Findings check_lines(const SourceFile& file) {
  Findings findings;
  const auto lines = lines_of(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].find('\t') != std::string::npos) findings.push_back(at_line(file, i, "has a tab"));
    if (lines[i].ends_with(' ') || lines[i].ends_with('\t') || lines[i].ends_with('\r')) {
      findings.push_back(at_line(file, i, "ends with a blank"));
    }
  }
  if (file.text.empty() || !file.text.ends_with('\n') || file.text.ends_with("\n\n")) {
    findings.push_back(at_line(file, lines.empty() ? 0 : lines.size() - 1, "does not end with one line end"));
  }
  return findings;
}

Findings check_length(const SourceFile& file) {
  const std::size_t lines = lines_of(file.text).size();
  if (lines <= kLinesMax) return {};
  return {file.path + ": has " + std::to_string(lines) + " lines, more than " + std::to_string(kLinesMax)};
}

Findings check_header(const SourceFile& file) {
  if (!is_header(file)) return {};
  const auto lines = lines_of(file.text);
  Findings findings;
  if (lines.empty() || lines[0] != "#pragma once") findings.push_back(at_line(file, 0, "must be #pragma once"));
  if (lines.size() < 2 || !lines[1].starts_with("// ")) {
    findings.push_back(at_line(file, 1, "must be a comment that says what the header is about"));
  }
  return findings;
}

Findings check_format(std::string_view root, const std::vector<std::string>& paths) {
  std::string command = quoted_for_shell(CARDFILE_CLANG_FORMAT) + " --dry-run -Werror --style=" +
                        quoted_for_shell("file:" + std::string(root) + "/.clang-format");
  for (const std::string& path : paths) command += " " + quoted_for_shell((fs::path(root) / path).string());
  command += " 2>&1";
  std::FILE* const pipe = popen(command.c_str(), "r");
  if (!pipe) return {"clang-format cannot be run"};
  std::string output;
  std::array<char, 4096> buffer;
  for (std::size_t read = 0; (read = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    output.append(buffer.data(), read);
  }
  const int status = pclose(pipe);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  Findings findings;
  for (const std::string& line : lines_of(output)) {
    if (line.find("error:") != std::string::npos) findings.push_back(line);
  }
  if (findings.empty()) findings.push_back("clang-format failed: " + output);
  return findings;
}

}  // namespace cardfile::tidy
