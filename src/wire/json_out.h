#pragma once
// JSON out: values appended to a string, with the commas and escapes that they need.

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/ids.h"
#include "core/time.h"
#include "wire/plain_text.h"

namespace cardfile::wire {

/// Appends JSON to a string that it was lent. Text must be valid UTF-8, and calls must make sense (a key before every
/// value of an object); nothing checks either. Each call gives the writer back, so that calls can be chained.
///
/// The string has a value when it is complete, and no part of it before: small pieces are put together here, since a
/// string takes each of them by a call that costs more than the piece.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;
  ~JsonWriter() = default;

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }

  JsonWriter& key(std::string_view name);
  /// The same, of a literal: its length is known, and so is that it needs no escapes.
  template <std::size_t kSize>
  JsonWriter& key(const char (&name)[kSize]);

  JsonWriter& string(std::string_view text);
  JsonWriter& integer(std::int64_t value);
  JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
  JsonWriter& null() { return raw("null"); }
  JsonWriter& uuid(const core::Uuid& uuid);
  /// As core::to_rfc3339() writes it.
  JsonWriter& time(core::Timestamp time);
  /// A value that is JSON already.
  JsonWriter& raw(std::string_view json);

 private:
  static constexpr std::size_t kPartSize = 1024;

  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void quote(std::string_view text);
  void quote_in_parts(std::string_view text);
  void append(std::string_view text);

  /// Where a value of at most `size` bytes is to be written.
  char* begin_value(std::size_t size) {
    char* at = room_for(size + 1);
    if (comma_) *at++ = ',';
    return at;
  }
  JsonWriter& end_value(const char* end) {
    end_part(end);
    return end_value();
  }
  JsonWriter& end_value() {
    comma_ = true;
    if (depth_ == 0) hand_over();
    return *this;
  }

  /// Where `size` bytes can be written, behind the part.
  char* room_for(std::size_t size) {
    assert(size <= kPartSize);
    if (kPartSize - size_ < size) hand_over();
    return part_.data() + size_;
  }
  void end_part(const char* end) { size_ = static_cast<std::size_t>(end - part_.data()); }
  void hand_over() {
    out_.append(part_.data(), size_);
    size_ = 0;
  }

  std::string& out_;
  std::size_t depth_ = 0;             // Of the containers that are open.
  std::size_t size_ = 0;              // Of the part.
  bool comma_ = false;                // Whether the next key or value follows another one.
  std::array<char, kPartSize> part_;  // Of what is written, the end that `out_` does not have yet.
};

template <std::size_t kSize>
JsonWriter& JsonWriter::key(const char (&name)[kSize]) {
  constexpr std::size_t kLength = kSize - 1;  // Without the zero.
  if (plain_length({name, kLength}) < kLength) return key(std::string_view(name, kLength));
  char* at = room_for(kLength + 4);
  if (comma_) *at++ = ',';
  *at++ = '"';
  at = std::copy_n(name, kLength, at);
  *at++ = '"';
  *at++ = ':';
  end_part(at);
  comma_ = false;
  return *this;
}

}  // namespace cardfile::wire
