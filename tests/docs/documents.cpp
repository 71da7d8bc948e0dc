#include "docs/documents.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace cardfile::test {

namespace {

constexpr std::string_view kAnything = "…";

std::string without_indentation(const std::string& line, std::size_t indentation) {
  return line.size() <= indentation ? std::string() : line.substr(indentation);
}

/// JSON without the blanks between its tokens.
std::string squeezed(std::string_view json) {
  std::string out;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '"' && (i == 0 || json[i - 1] != '\\')) in_string = !in_string;
    if (in_string || (c != ' ' && c != '\n')) out += c;
  }
  return out;
}

std::string word(std::string& text) {
  const std::size_t end = text.find(' ');
  std::string first = text.substr(0, end);
  text.erase(0, end == std::string::npos ? end : end + 1);
  return first;
}

}  // namespace

std::string read_document(const std::string& name) {
  std::ifstream file(CARDFILE_SOURCE_DIR "/" + name);
  if (!file) throw std::runtime_error("no such document: " + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<Block> blocks_of(const std::string& document) {
  std::vector<Block> blocks;
  std::istringstream lines(document);
  bool inside = false;
  std::size_t indentation = 0;
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    const std::size_t fence = line.find("```");
    const bool is_fence = fence != std::string::npos && line.find_first_not_of(' ') == fence;
    if (is_fence && !inside) {
      indentation = fence;
      blocks.push_back({.language = line.substr(fence + 3), .text = {}, .line = number});
    } else if (!is_fence && inside) {
      blocks.back().text += without_indentation(line, indentation) + '\n';
    }
    if (is_fence) inside = !inside;
  }
  return blocks;
}

Exchange exchange_of(const Block& block) {
  Exchange exchange;
  std::istringstream lines(block.text);
  std::string line;
  std::getline(lines, line);
  exchange.method = word(line);
  exchange.target = line;
  while (std::getline(lines, line) && !line.empty()) {
    const std::size_t colon = line.find(": ");
    const bool is_header = exchange.body.empty() && line.front() != '{' && line.front() != '[' && colon != line.npos;
    if (is_header) {
      exchange.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    } else {
      exchange.body += line + '\n';
    }
  }
  std::getline(lines, line);
  exchange.status = std::stoi(word(line));
  exchange.answer = line;
  return exchange;
}

bool is_like(std::string_view text, std::string_view pattern) {
  const std::string wanted = squeezed(pattern);
  const std::string given = squeezed(text);
  std::size_t at = 0;
  std::size_t begin = 0;
  for (bool anywhere = false;; anywhere = true) {
    const std::size_t end = wanted.find(kAnything, begin);
    const std::string piece = wanted.substr(begin, end == std::string::npos ? end : end - begin);
    const bool last = end == std::string::npos;
    if (last && anywhere) return given.size() >= at + piece.size() && given.ends_with(piece);
    const std::size_t found = given.find(piece, at);
    if (found == std::string::npos || (!anywhere && found != 0)) return false;
    at = found + piece.size();
    if (last) return at == given.size();
    begin = end + kAnything.size();
  }
}

}  // namespace cardfile::test
