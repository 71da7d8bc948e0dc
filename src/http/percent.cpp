#include "http/percent.h"

#include <cstddef>

namespace cardfile::http {

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// The byte that the escape at `at` stands for, -1 when there is none.
int escaped(std::string_view text, std::size_t at) {
  if (text[at] != '%' || text.size() - at < 3) return -1;
  const int high = hex_value(text[at + 1]);
  const int low = hex_value(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

}  // namespace

bool is_decodable(std::string_view text) {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 3)) {
    if (escaped(text, at) < 0) return false;
  }
  return true;
}

void append_decoded(std::string& out, std::string_view text, bool plus_is_blank) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const int byte = escaped(text, at);
    if (byte >= 0) {
      out.push_back(static_cast<char>(byte));
      at += 2;
    } else {
      out.push_back(text[at] == '+' && plus_is_blank ? ' ' : text[at]);
    }
  }
}

}  // namespace cardfile::http
