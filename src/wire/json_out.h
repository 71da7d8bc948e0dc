#pragma once
// JSON out: values appended to a string, with the commas and escapes that they need.

#include <cstdint>
#include <string>
#include <string_view>

namespace cardfile::wire {

/// Appends JSON to a string that it was lent. Text must be valid UTF-8, and calls must make sense (a key before every
/// value of an object); nothing checks either. Each call gives the writer back, so that calls can be chained.
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
  JsonWriter& string(std::string_view text);
  JsonWriter& integer(std::int64_t value);
  JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
  JsonWriter& null() { return raw("null"); }
  /// A value that is JSON already.
  JsonWriter& raw(std::string_view json);

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  enum class After { nothing, colon };
  void quote(std::string_view text, After after);
  void quote_in_parts(std::string_view text);

  std::string& out_;
  bool comma_ = false;  // Whether the next key or value follows another one.
};

}  // namespace cardfile::wire
