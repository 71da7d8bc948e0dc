#include "wire/json_out.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

#include "wire/plain_text.h"

namespace cardfile::wire {

namespace {

void append_escape(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    default:
      constexpr std::string_view kDigits = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(c);
      out += "\\u00";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 0xF];
  }
}

/// Up to this length a string is put together on the stack and appended by one call.
constexpr std::size_t kShortText = 96;

}  // namespace

JsonWriter& JsonWriter::key(std::string_view name) {
  quote(name, After::colon);
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view text) {
  quote(text, After::nothing);
  return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
  std::array<char, 20> digits;  // "-9223372036854775808"
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  return raw({digits.data(), static_cast<std::size_t>(result.ptr - digits.data())});
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  if (comma_) out_ += ',';
  out_ += json;
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::open(char bracket) {
  raw({&bracket, 1});
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_ += bracket;
  comma_ = true;
  return *this;
}

void JsonWriter::quote(std::string_view text, After after) {
  if (text.size() <= kShortText && plain_length(text) == text.size()) {
    std::array<char, kShortText + 4> piece;
    char* at = piece.data();
    if (comma_) *at++ = ',';
    *at++ = '"';
    at = std::copy(text.begin(), text.end(), at);
    *at++ = '"';
    if (after == After::colon) *at++ = ':';
    out_.append(piece.data(), static_cast<std::size_t>(at - piece.data()));
  } else {
    quote_in_parts(text);
    if (after == After::colon) out_ += ':';
  }
  comma_ = after == After::nothing;
}

void JsonWriter::quote_in_parts(std::string_view text) {
  if (comma_) out_ += ',';
  out_ += '"';
  while (true) {
    const std::size_t plain = plain_length(text);
    out_ += text.substr(0, plain);
    if (plain == text.size()) break;
    append_escape(out_, text[plain]);
    text.remove_prefix(plain + 1);
  }
  out_ += '"';
}

}  // namespace cardfile::wire
