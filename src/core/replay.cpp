#include "core/replay.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "core/ids.h"
#include "core/time.h"

namespace cardfile::core {

namespace {

[[noreturn]] void corrupt() { throw std::runtime_error("an entry of the change log has what no contact can have"); }

/// The log has nothing in place of a default value.
template <class Value>
Value read(const LogValue& logged) {
  if (std::holds_alternative<std::monostate>(logged)) return Value{};
  const auto* value = std::get_if<Value>(&logged);
  if (!value) corrupt();
  return *value;
}

template <>
UserId read(const LogValue& logged) {
  return UserId(read<std::int64_t>(logged));
}

template <>
Uuid read(const LogValue& logged) {
  if (std::holds_alternative<std::monostate>(logged)) return {};
  const auto uuid = Uuid::parse(read<std::string>(logged));
  if (!uuid) corrupt();
  return *uuid;
}

template <>
std::vector<TagId> read(const LogValue& logged) {
  const auto ids = read<std::vector<std::int64_t>>(logged);
  return {ids.begin(), ids.end()};
}

template <>
Timestamp read(const LogValue& logged) {
  const auto time = parse_rfc3339(read<std::string>(logged));
  if (!time) corrupt();
  return *time;
}

/// Of a custom value and a note, where an empty text differs from none.
template <>
std::optional<std::string> read(const LogValue& logged) {
  if (std::holds_alternative<std::monostate>(logged)) return std::nullopt;
  return read<std::string>(logged);
}

template <class Value>
bool apply(Value& value, const FieldChange& change) {
  const bool goes_on = value == read<Value>(change.from);
  value = read<Value>(change.to);
  return goes_on;
}

bool apply_custom(CustomValues& custom, FieldId field, const FieldChange& change) {
  const auto found = custom.find(field);
  auto value = found == custom.end() ? std::nullopt : std::optional(found->second);
  const bool goes_on = apply(value, change);
  if (value) {
    custom.insert_or_assign(field, std::move(*value));
  } else {
    custom.erase(field);
  }
  return goes_on;
}

/// A note comes last and has the time of the write that pinned it.
bool apply_note(std::vector<Note>& notes, std::int64_t id, const FieldChange& change, Timestamp at) {
  const auto found = std::find_if(notes.begin(), notes.end(), [id](const Note& note) { return note.id == id; });
  auto text = found == notes.end() ? std::nullopt : std::optional(found->text);
  const bool goes_on = apply(text, change);
  if (found != notes.end()) notes.erase(found);
  if (text) notes.push_back({.id = id, .date = at, .text = std::move(*text)});
  return goes_on;
}

/// The number of a field like "custom.123", when it begins with `prefix`.
std::optional<std::int64_t> number_after(std::string_view prefix, std::string_view field) {
  return field.starts_with(prefix) ? parse_id(field.substr(prefix.size())) : std::nullopt;
}

bool apply(Contact& contact, const FieldChange& change, Timestamp at) {
  const std::string_view field = change.field;
  if (field == "uuid") return apply(contact.uuid, change);
  if (field == "creator_id") return apply(contact.creator, change);
  if (field == "first") return apply(contact.first, change);
  if (field == "last") return apply(contact.last, change);
  if (field == "display_name") return apply(contact.display_name, change);
  if (field == "avatar") return apply(contact.avatar, change);
  if (field == "assigned_user_id") return apply(contact.assigned, change);
  if (const auto id = number_after("custom.", field)) return apply_custom(contact.custom, FieldId(*id), change);
  if (field == "tags") return apply(contact.tags, change);
  if (field == "blocked") return apply(contact.consent.blocked, change);
  if (field == "is_opted_out") return contact.consent.opted_out() == read<bool>(change.from);
  if (field == "unsubscribed_admin") return apply(contact.consent.unsubscribed_admin, change);
  if (field == "unsubscribed_contact") return apply(contact.consent.unsubscribed_contact, change);
  if (field == "email_suppressions") return apply(contact.email_suppressions, change);
  if (field == "channels") return apply(contact.channels, change);
  if (field == "created") return contact.created == read<Timestamp>(change.from);
  if (const auto id = number_after("note.", field)) return apply_note(contact.notes, *id, change, at);
  corrupt();
}

}  // namespace

bool apply(Contact& contact, const ChangeEntry& entry) {
  contact.id = ContactId(entry.subject_id);
  contact.rev = entry.rev;
  contact.updated = entry.at;
  if (entry.operation == Operation::create) contact.created = entry.at;
  bool goes_on = true;
  for (const FieldChange& change : entry.changes) goes_on = apply(contact, change, entry.at) && goes_on;
  return goes_on;
}

Contact contact_deleted_by(const ChangeEntry& deletion) {
  Contact contact;
  contact.id = ContactId(deletion.subject_id);
  contact.rev = deletion.rev;
  contact.updated = deletion.at;
  for (const FieldChange& change : deletion.changes) {
    if (change.field == "created") {
      contact.created = read<Timestamp>(change.from);
    } else {
      apply(contact, {.field = change.field, .from = change.to, .to = change.from}, deletion.at);
    }
  }
  contact.notes.clear();
  return contact;
}

}  // namespace cardfile::core
