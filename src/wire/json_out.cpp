#include "wire/json_out.h"

#include <algorithm>
#include <charconv>

namespace cardfile::wire {

namespace {

/// How a character that a JSON string cannot hold as it is stands in one.
std::string escape_of(char c) {
  switch (c) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\n':
      return "\\n";
    case '\t':
      return "\\t";
    case '\r':
      return "\\r";
    case '\b':
      return "\\b";
    case '\f':
      return "\\f";
    default:
      constexpr std::string_view kDigits = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(c);
      return {'\\', 'u', '0', '0', kDigits[byte >> 4], kDigits[byte & 0xF]};
  }
}

}  // namespace

JsonWriter& JsonWriter::key(std::string_view name) {
  quote(name);
  append(":");
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view text) {
  quote(text);
  return end_value();
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
  constexpr std::size_t kDigits = 20;  // "-9223372036854775808"
  char* const at = begin_value(kDigits);
  return end_value(std::to_chars(at, at + kDigits, value).ptr);
}

JsonWriter& JsonWriter::uuid(const core::Uuid& uuid) {
  char* at = begin_value(core::Uuid::kTextSize + 2);
  *at++ = '"';
  at = uuid.write(at);
  *at++ = '"';
  return end_value(at);
}

JsonWriter& JsonWriter::time(core::Timestamp time) {
  char* at = begin_value(core::kRfc3339Size + 2);
  *at++ = '"';
  at = core::write_rfc3339(at, time);
  *at++ = '"';
  return end_value(at);
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  if (comma_) append(",");
  append(json);
  return end_value();
}

JsonWriter& JsonWriter::open(char bracket) {
  char* at = begin_value(1);
  *at++ = bracket;
  end_part(at);
  ++depth_;
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  append({&bracket, 1});
  --depth_;
  return end_value();
}

void JsonWriter::quote(std::string_view text) {
  if (text.size() > kPartSize - 3 || plain_length(text) < text.size()) return quote_in_parts(text);
  char* at = begin_value(text.size() + 2);
  *at++ = '"';
  at = std::copy(text.begin(), text.end(), at);
  *at++ = '"';
  end_part(at);
}

void JsonWriter::quote_in_parts(std::string_view text) {
  append(comma_ ? ",\"" : "\"");
  while (true) {
    const std::size_t plain = plain_length(text);
    append(text.substr(0, plain));
    if (plain == text.size()) break;
    append(escape_of(text[plain]));
    text.remove_prefix(plain + 1);
  }
  append("\"");
}

void JsonWriter::append(std::string_view text) {
  if (text.size() > kPartSize) {
    hand_over();
    out_ += text;
  } else {
    end_part(std::copy(text.begin(), text.end(), room_for(text.size())));
  }
}

}  // namespace cardfile::wire
