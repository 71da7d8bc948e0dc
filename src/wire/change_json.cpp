#include "wire/change_json.h"

#include <cassert>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <variant>

#include "core/error.h"
#include "wire/columns.h"
#include "wire/json_in.h"
#include "wire/json_out.h"

namespace cardfile::wire {

namespace {

constexpr std::string_view kChannelsField = "channels";

[[noreturn]] void corrupt() { throw std::runtime_error("a stored entry of the change log cannot be read"); }

struct ValueWriter {
  JsonWriter& json;

  void operator()(std::monostate) const { json.null(); }
  void operator()(bool value) const { json.boolean(value); }
  void operator()(std::int64_t value) const { json.integer(value); }
  void operator()(const std::string& value) const { json.string(value); }
  void operator()(const std::vector<std::int64_t>& values) const {
    json.begin_array();
    for (const std::int64_t value : values) json.integer(value);
    json.end_array();
  }
  void operator()(const std::vector<core::Channel>& channels) const {
    json.begin_array();
    for (const core::Channel& channel : channels) write_channel(json, channel);
    json.end_array();
  }
};

std::vector<std::int64_t> read_integers(const Json& items) {
  std::vector<std::int64_t> values;
  values.reserve(items.size());
  for (const Json item : items) {
    if (!item.is(JsonKind::integer)) corrupt();
    values.push_back(item.integer());
  }
  return values;
}

std::vector<core::Channel> read_channels(const Json& items) {
  std::vector<core::Channel> channels;
  channels.reserve(items.size());
  for (const Json item : items) channels.push_back(read_channel(item));
  return channels;
}

core::LogValue read_value(std::string_view field, const Json& value) {
  switch (value.kind()) {
    case JsonKind::null:
      return std::monostate();
    case JsonKind::boolean:
      return value.boolean();
    case JsonKind::integer:
      return value.integer();
    case JsonKind::string:
      return std::string(value.text());
    case JsonKind::array:
      if (field == kChannelsField) return read_channels(value);
      return read_integers(value);
    case JsonKind::number:
    case JsonKind::object:
      break;
  }
  corrupt();
}

core::FieldChange read_change(const Json& change) {
  if (!change.is(JsonKind::array) || change.size() != 2) corrupt();
  const Json from = *change.begin();
  const Json to = *std::next(change.begin());
  return {std::string(change.name()), read_value(change.name(), from), read_value(change.name(), to)};
}

[[maybe_unused]] bool fits(const core::FieldChange& change, const core::LogValue& value) {
  const bool is_channels = change.field == kChannelsField;
  return !(is_channels && std::holds_alternative<std::vector<std::int64_t>>(value)) &&
         !(!is_channels && std::holds_alternative<std::vector<core::Channel>>(value));
}

}  // namespace

std::string changes_to_json(const std::vector<core::FieldChange>& changes) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  for (const core::FieldChange& change : changes) {
    assert(fits(change, change.from) && fits(change, change.to));
    json.key(change.field).begin_array();
    std::visit(ValueWriter{json}, change.from);
    std::visit(ValueWriter{json}, change.to);
    json.end_array();
  }
  json.end_object();
  return text;
}

std::vector<core::FieldChange> parse_changes(std::string_view text) {
  thread_local JsonDocument document;
  std::vector<core::FieldChange> changes;
  try {
    const Json object = document.parse(text);
    if (!object.is(JsonKind::object)) corrupt();
    changes.reserve(object.size());
    for (const Json change : object) changes.push_back(read_change(change));
  } catch (const core::Error&) {
    corrupt();
  }
  return changes;
}

}  // namespace cardfile::wire
