#include "wire/contact_json.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.h"
#include "core/time.h"
#include "wire/members.h"

namespace cardfile::wire {

namespace {

bool is_id(const Json& value) {
  return value.is(JsonKind::integer) && value.integer() >= 1 && value.integer() <= core::kIdMax;
}

/// A custom value as the text that is stored; none takes the value away.
std::optional<std::string> custom_text(const Json& value) {
  if (value.is(JsonKind::null)) return std::nullopt;
  if (value.is(JsonKind::boolean)) return value.boolean() ? "true" : "false";
  return std::string(value.text());
}

template <std::optional<std::string> core::ContactPatch::*kMember>
void read_text(const Json& value, core::ContactPatch& patch) {
  if (value.is(JsonKind::string)) {
    (patch.*kMember).emplace(value.text());
  } else {
    report(patch.problems, std::string(value.name()), "must be a string");
  }
}

void read_custom(const Json& value, core::ContactPatch& patch) {
  // Some clients cannot tell an empty map from an empty list (contract, 14, 6).
  const bool empty_list = value.is(JsonKind::array) && value.empty();
  if (!value.is(JsonKind::object) && !empty_list) {
    report(patch.problems, "custom", "must be an object of field ids to values");
    return;
  }
  core::CustomPatch& custom = patch.custom.emplace();
  for (const Json item : value) {
    const auto id = core::parse_id(item.name());
    if (!id) continue;
    if (item.is(JsonKind::array) || item.is(JsonKind::object)) {
      patch.custom_problems.push_back({core::FieldId(*id), std::string(kCustomValueRule)});
      continue;
    }
    custom.emplace_hint(custom.end(), core::FieldId(*id), custom_text(item));
  }
}

void read_assignee(const Json& value, core::ContactPatch& patch) {
  if (is_id(value)) {
    patch.assignee = core::UserId(value.integer());
  } else if (value.is(JsonKind::integer) && value.integer() == -1) {
    patch.assignee = core::UserId();
  } else if (!value.is(JsonKind::integer) || value.integer() != 0) {
    report(patch.problems, "assignee_id", "must be an integer: a user's id, or -1 to unassign");
  }
}

void read_tags(const Json& value, core::ContactPatch& patch) {
  if (!value.is(JsonKind::array)) {
    report(patch.problems, "tags", "must be an array of objects with a tag_id");
    return;
  }
  std::vector<core::TagId>& tags = patch.tags.emplace();
  tags.reserve(value.size());
  std::size_t index = 0;
  for (const Json item : value) {
    const std::string path = "tags[" + std::to_string(index++) + "]";
    if (!item.is(JsonKind::object)) {
      report(patch.problems, path, R"(must be an object such as {"tag_id": 9})");
    } else if (const auto id = item.find("tag_id"); id && is_id(*id)) {
      tags.emplace_back(id->integer());
    } else {
      report(patch.problems, path + ".tag_id", "must be an integer: a tag's id");
    }
  }
}

void read_opted_out(const Json& value, core::ContactPatch& patch) {
  if (value.is(JsonKind::boolean)) {
    patch.opted_out = value.boolean();
  } else {
    report(patch.problems, "is_opted_out", "must be true or false");
  }
}

void read_email_suppressions(const Json& value, core::ContactPatch& patch) {
  if (!value.is(JsonKind::array)) {
    report(patch.problems, "email_suppressions", "must be an array of integers");
    return;
  }
  std::vector<std::int64_t>& ids = patch.email_suppressions.emplace();
  ids.reserve(value.size());
  std::size_t index = 0;
  for (const Json item : value) {
    if (item.is(JsonKind::integer)) {
      ids.push_back(item.integer());
    } else {
      report(patch.problems, "email_suppressions[" + std::to_string(index) + "]", "must be an integer");
    }
    ++index;
  }
}

struct Field {
  std::string_view name;
  void (*read)(const Json& value, core::ContactPatch& patch);
};

constexpr std::array kFields = {
    Field{"phone", read_text<&core::ContactPatch::phone>},
    Field{"first", read_text<&core::ContactPatch::first>},
    Field{"last", read_text<&core::ContactPatch::last>},
    Field{"display_name", read_text<&core::ContactPatch::display_name>},
    Field{"email", read_text<&core::ContactPatch::email>},
    Field{"avatar", read_text<&core::ContactPatch::avatar>},
    Field{"custom", read_custom},
    Field{"assignee_id", read_assignee},
    Field{"tags", read_tags},
    Field{"is_opted_out", read_opted_out},
    Field{"email_suppressions", read_email_suppressions},
};

void write_custom(JsonWriter& json, const core::CustomValues& custom) {
  json.key("custom").begin_object();
  for (const auto& [id, value] : custom) json.key(std::to_string(id.value())).string(value);
  json.end_object();
}

void write_tags(JsonWriter& json, const std::vector<core::TagId>& ids, const core::Directory& directory) {
  json.key("tags").begin_array();
  for (const core::TagId id : ids) {
    const auto found = directory.tags.find(id);
    if (found == directory.tags.end()) continue;
    const core::Tag& tag = found->second;
    json.begin_object();
    json.key("tag_id").integer(tag.id.value()).key("tag").string(tag.label).key("color").string(tag.color);
    json.end_object();
  }
  json.end_array();
}

/// What pinned them speaks for the team and for nobody in it.
void write_notes(JsonWriter& json, const std::vector<core::Note>& notes) {
  if (notes.empty()) return;
  json.key("note").begin_array();
  for (const core::Note& note : notes) {
    json.begin_object();
    json.key("date").time(note.date).key("id").string(std::to_string(note.id));
    json.key("name").string("").key("text").string(note.text).key("user_id").integer(0);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

core::ContactPatch read_shared_fields(const Json& body) {
  require_object(body);
  core::ContactPatch patch;
  for (const Json member : body) {
    if (member.is(JsonKind::null)) continue;
    const auto field = std::find_if(kFields.begin(), kFields.end(),
                                    [&member](const Field& candidate) { return candidate.name == member.name(); });
    if (field != kFields.end()) field->read(member, patch);
  }
  return patch;
}

void write_shared_members(JsonWriter& json, const core::Contact& contact, const core::Directory& directory) {
  json.key("id").integer(contact.id.value());
  json.key("uuid").uuid(contact.uuid);
  json.key("rev").integer(contact.rev);
  json.key("op").string(core::last_operation(contact));
  json.key("team_id").integer(directory.team.id.value());
  json.key("creator_id").integer(contact.creator.value());
  json.key("shared").boolean(true);
  json.key("created").time(contact.created);
  json.key("updated").time(contact.updated);
  json.key("phone").string(contact.phone());
  json.key("first").string(contact.first);
  json.key("last").string(contact.last);
  json.key("display_name").string(contact.display_name);
  json.key("email").string(contact.email());
  json.key("avatar").string(contact.avatar);
  write_custom(json, contact.custom);
  json.key("assigned_user_id").integer(contact.assigned.value());
  write_tags(json, contact.tags, directory);
  json.key("is_opted_out").boolean(contact.consent.opted_out());
  write_notes(json, contact.notes);
}

}  // namespace cardfile::wire
