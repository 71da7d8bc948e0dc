#include "wire/columns.h"

#include <chrono>
#include <optional>
#include <stdexcept>
#include <utility>

#include "core/error.h"
#include "core/time.h"

namespace cardfile::wire {

namespace {

[[noreturn]] void corrupt(std::string_view what) {
  throw std::runtime_error("stored " + std::string(what) + " cannot be read");
}

/// A stored container; none for the empty text. Valid until the next call on this thread.
std::optional<Json> parse(std::string_view text, JsonKind kind, std::string_view what) {
  if (text.empty()) return std::nullopt;
  thread_local JsonDocument document;
  try {
    const Json value = document.parse(text);
    if (value.is(kind)) return value;
  } catch (const core::Error&) {
    // Told below: a damaged store is no bad request.
  }
  corrupt(what);
}

template <class Id>
std::vector<Id> parse_integers(std::string_view text, std::string_view what) {
  std::vector<Id> values;
  const auto items = parse(text, JsonKind::array, what);
  if (!items) return values;
  values.reserve(items->size());
  for (const Json item : *items) {
    if (!item.is(JsonKind::integer)) corrupt(what);
    values.emplace_back(item.integer());
  }
  return values;
}

std::string text_of(const Json& object, std::string_view name) {
  const auto value = object.find(name);
  if (!value || !value->is(JsonKind::string)) corrupt(name);
  return std::string(value->text());
}

std::int64_t integer_of(const Json& object, std::string_view name) {
  const auto value = object.find(name);
  if (!value || !value->is(JsonKind::integer)) corrupt(name);
  return value->integer();
}

core::Timestamp time_of(const Json& object, std::string_view name) {
  return core::Timestamp(std::chrono::microseconds(integer_of(object, name)));
}

std::int64_t microseconds(core::Timestamp time) { return time.time_since_epoch().count(); }

}  // namespace

std::string custom_column(const core::CustomValues& custom) {
  std::string text;
  if (custom.empty()) return text;
  JsonWriter json(text);
  json.begin_object();
  for (const auto& [id, value] : custom) json.key(std::to_string(id.value())).string(value);
  json.end_object();
  return text;
}

core::CustomValues parse_custom_column(std::string_view text) {
  constexpr std::string_view kWhat = "custom values";
  core::CustomValues custom;
  const auto values = parse(text, JsonKind::object, kWhat);
  if (!values) return custom;
  for (const Json value : *values) {
    const auto id = core::parse_id(value.name());
    if (!id || !value.is(JsonKind::string)) corrupt(kWhat);
    custom.emplace_hint(custom.end(), core::FieldId(*id), value.text());
  }
  return custom;
}

std::string tags_column(const std::vector<core::TagId>& tags) {
  std::string text;
  if (tags.empty()) return text;
  JsonWriter json(text);
  json.begin_array();
  for (const core::TagId tag : tags) json.integer(tag.value());
  json.end_array();
  return text;
}

std::vector<core::TagId> parse_tags_column(std::string_view text) { return parse_integers<core::TagId>(text, "tags"); }

std::string texts_column(const std::vector<std::string>& texts) {
  std::string text;
  if (texts.empty()) return text;
  JsonWriter json(text);
  json.begin_array();
  for (const std::string& item : texts) json.string(item);
  json.end_array();
  return text;
}

std::vector<std::string> parse_texts_column(std::string_view text) {
  constexpr std::string_view kWhat = "texts";
  std::vector<std::string> texts;
  const auto items = parse(text, JsonKind::array, kWhat);
  if (!items) return texts;
  for (const Json item : *items) {
    if (!item.is(JsonKind::string)) corrupt(kWhat);
    texts.emplace_back(item.text());
  }
  return texts;
}

std::string users_column(const std::vector<core::UserId>& users) {
  std::string text;
  if (users.empty()) return text;
  JsonWriter json(text);
  json.begin_array();
  for (const core::UserId user : users) json.integer(user.value());
  json.end_array();
  return text;
}

std::vector<core::UserId> parse_users_column(std::string_view text) {
  return parse_integers<core::UserId>(text, "users");
}

std::string email_suppressions_column(const std::vector<std::int64_t>& ids) {
  std::string text;
  if (ids.empty()) return text;
  JsonWriter json(text);
  json.begin_array();
  for (const std::int64_t id : ids) json.integer(id);
  json.end_array();
  return text;
}

std::vector<std::int64_t> parse_email_suppressions_column(std::string_view text) {
  return parse_integers<std::int64_t>(text, "email suppressions");
}

std::string channels_column(const std::vector<core::Channel>& channels) {
  std::string text;
  if (channels.empty()) return text;
  JsonWriter json(text);
  json.begin_array();
  for (const core::Channel& channel : channels) write_channel(json, channel);
  json.end_array();
  return text;
}

std::vector<core::Channel> parse_channels_column(std::string_view text) {
  std::vector<core::Channel> channels;
  const auto items = parse(text, JsonKind::array, "channels");
  if (!items) return channels;
  channels.reserve(items->size());
  for (const Json item : *items) channels.push_back(read_channel(item));
  return channels;
}

std::string notes_column(const std::vector<core::Note>& notes) {
  std::string text;
  if (notes.empty()) return text;
  JsonWriter json(text);
  json.begin_array();
  for (const core::Note& note : notes) {
    json.begin_object();
    json.key("id").integer(note.id).key("date").integer(microseconds(note.date)).key("text").string(note.text);
    json.end_object();
  }
  json.end_array();
  return text;
}

std::vector<core::Note> parse_notes_column(std::string_view text) {
  std::vector<core::Note> notes;
  const auto items = parse(text, JsonKind::array, "notes");
  if (!items) return notes;
  notes.reserve(items->size());
  for (const Json item : *items) {
    notes.push_back({.id = integer_of(item, "id"), .date = time_of(item, "date"), .text = text_of(item, "text")});
  }
  return notes;
}

void write_channel(JsonWriter& json, const core::Channel& channel) {
  json.begin_object();
  json.key("id").integer(channel.id.value());
  json.key("type").string(channel.type);
  json.key("value").string(channel.value);
  json.key("created").integer(microseconds(channel.created));
  if (channel.updated != channel.created) json.key("updated").integer(microseconds(channel.updated));
  if (!channel.handle.empty()) json.key("handle").string(channel.handle);
  if (!channel.info.empty()) json.key("info").string(channel.info);
  json.end_object();
}

core::Channel read_channel(const Json& value) {
  core::Channel channel;
  channel.id = core::ChannelId(integer_of(value, "id"));
  channel.type = text_of(value, "type");
  channel.value = text_of(value, "value");
  channel.created = time_of(value, "created");
  channel.updated = value.find("updated") ? time_of(value, "updated") : channel.created;
  if (value.find("handle")) channel.handle = text_of(value, "handle");
  if (value.find("info")) channel.info = text_of(value, "info");
  return channel;
}

}  // namespace cardfile::wire
