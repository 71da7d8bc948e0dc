#pragma once
// Documents: the request blocks of README and docs/, as a test can run them.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfile::test {

/// A fenced block of a Markdown file: its language and its lines, without the indentation of the fence.
struct Block {
  std::string language;
  std::string text;
  int line = 0;
};

std::string read_document(const std::string& name);
std::vector<Block> blocks_of(const std::string& document);

/// An ```http block: a request, an empty line, a status and a body.
struct Exchange {
  std::string method;
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  int status = 0;
  std::string answer;
};
Exchange exchange_of(const Block& block);

/// Whether `text` is `pattern`, where "…" stands for anything, and blanks outside of strings do not count.
bool is_like(std::string_view text, std::string_view pattern);

}  // namespace cardfile::test
