#pragma once
// The words in which tests of this folder speak about JSON.

#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "wire/json_in.h"
#include "wire/json_out.h"

namespace cardfile::wire {

/// What parsing or reading refuses, or nothing.
template <class Act>
std::vector<core::FieldError> problems_of(Act&& act) {
  try {
    act();
  } catch (const core::Error& error) {
    return error.errors();
  }
  return {};
}

inline void write_value(JsonWriter& json, const Json& value) {
  switch (value.kind()) {
    case JsonKind::null:
      json.null();
      return;
    case JsonKind::boolean:
      json.boolean(value.boolean());
      return;
    case JsonKind::integer:
      json.integer(value.integer());
      return;
    case JsonKind::number:
      json.raw(value.text());
      return;
    case JsonKind::string:
      json.string(value.text());
      return;
    case JsonKind::array:
      json.begin_array();
      for (const Json item : value) write_value(json, item);
      json.end_array();
      return;
    case JsonKind::object:
      json.begin_object();
      for (const Json member : value) {
        json.key(member.name());
        write_value(json, member);
      }
      json.end_object();
      return;
  }
}

/// The document as the writer spells it: compact, each escape in its one form.
inline std::string rewritten(std::string_view text) {
  JsonDocument document;
  std::string out;
  JsonWriter json(out);
  write_value(json, document.parse(text));
  return out;
}

/// Runs a writer on an empty string.
template <class Write>
std::string written(Write&& write) {
  std::string out;
  JsonWriter json(out);
  write(json);
  return out;
}

}  // namespace cardfile::wire
