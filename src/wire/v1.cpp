#include "wire/v1.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/text.h"
#include "wire/contact_json.h"
#include "wire/members.h"

namespace cardfile::wire::v1 {

namespace {

constexpr std::size_t kFieldsPerCallMax = 1000;

[[noreturn]] void refuse(std::string field, std::string message) {
  throw core::Error(core::ErrorCode::bad_data, {{std::move(field), std::move(message)}});
}

/// The member, unless it is absent, null or an empty string.
std::optional<Json> filled(const Json& body, std::string_view name) {
  const auto value = body.given(name);
  const bool empty = value && value->is(JsonKind::string) && value->text().empty();
  return empty ? std::nullopt : value;
}

core::Address read_phone(const Json& value) {
  if (!value.is(JsonKind::string)) refuse("phone", "must be a string");
  const auto phone = core::normalise_phone(value.text());
  if (!phone) refuse("phone", std::string(core::kPhoneRule));
  return core::address_of(core::kPhone, *phone);
}

core::ContactId read_contact_id(const Json& value) {
  const auto id = id_of(value);
  if (!id) refuse("id", "must be a contact's id: an integer, or a string of its digits");
  return core::ContactId(*id);
}

/// Required, in its normal form; empty when it is no name, which is reported.
std::string read_name(const Members& members, std::string_view member) {
  if (!members.given(member)) members.report(member, "is required");
  const auto text = members.string(member);
  if (!text) return {};
  auto name = core::normalise_name(*text);
  if (!name) members.report(member, core::kNameRule);
  return std::move(name).value_or(std::string());
}

bool is_color(std::string_view text) {
  return text.size() == 7 && text[0] == '#' && std::all_of(text.begin() + 1, text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
         });
}

/// "" when none is given.
std::string read_color(const Members& members) {
  std::string color(core::trimmed(members.string("color").value_or("")));
  std::transform(color.begin(), color.end(), color.begin(),
                 [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
  if (color.empty() || is_color(color)) return color;
  members.report("color", "must be a colour as #RRGGBB");
  return {};
}

std::string_view role_name(core::Role role) {
  switch (role) {
    case core::Role::admin:
      return "admin";
    case core::Role::member:
      return "member";
  }
  return "member";
}

}  // namespace

core::ContactPatch read_contact_patch(const Json& body) {
  core::ContactPatch patch = read_shared_fields(body);
  if (!body.given("phone")) report(patch.problems, "phone", "is required: E.164 digits without the +");
  return core::normalised(std::move(patch));
}

ContactSelector read_contact_selector(const Json& body) {
  require_object(body);
  if (const auto phone = filled(body, "phone")) return read_phone(*phone);
  if (const auto id = filled(body, "id")) return read_contact_id(*id);
  refuse("phone", "is required: the contact's phone, or its id");
}

core::CreateFields read_fields(const Json& body) {
  if (!body.is(JsonKind::array)) refuse("body", "must be a JSON array of objects with a title");
  if (body.size() > kFieldsPerCallMax) {
    refuse("body", "must have at most " + std::to_string(kFieldsPerCallMax) + " items");
  }
  core::CreateFields action;
  action.drafts.reserve(body.size());
  std::size_t index = 0;
  for (const Json item : body) {
    const Members members(item, action.problems, "[" + std::to_string(index++) + "].");
    action.drafts.push_back({.id = std::nullopt, .title = read_name(members, "title")});
  }
  return action;
}

core::CreateTag read_tag(const Json& body) {
  require_object(body);
  core::CreateTag action;
  const Members members(body, action.problems);
  action.label = read_name(members, "tag");
  action.color = read_color(members);
  return action;
}

core::UpdateTag read_tag_update(const Json& body) {
  require_object(body);
  core::UpdateTag action;
  const Members members(body, action.problems);
  if (members.given("tag")) action.label = read_name(members, "tag");
  if (members.given("color")) action.color = read_color(members);
  return action;
}

std::optional<core::Timestamp> read_updated_before(const Json& body) {
  require_object(body);
  const auto date = filled(body, "date");
  if (!date) return std::nullopt;
  const auto time = date->is(JsonKind::string) ? core::parse_rfc3339(date->text(), core::Rounding::up) : std::nullopt;
  if (!time) refuse("date", "must be an RFC 3339 time such as 2026-03-02T09:15:00Z");
  return time;
}

void write_contact(JsonWriter& json, const core::Contact& contact, const core::Directory& directory) {
  json.begin_object();
  write_shared_members(json, contact, directory);
  json.end_object();
}

void write_saved(JsonWriter& json, const core::Contact& contact) {
  json.begin_object();
  json.key("id").integer(contact.id.value()).key("rev").integer(contact.rev);
  json.key("uuid").uuid(contact.uuid);
  json.end_object();
}

void write_saved(JsonWriter& json, const core::Tag& tag) {
  json.begin_object();
  json.key("id").integer(tag.id.value()).key("rev").integer(tag.rev);
  json.key("uuid").uuid(tag.uuid);
  json.end_object();
}

void write_fields(JsonWriter& json, const core::Directory& directory) {
  json.begin_array();
  for (const auto& [id, field] : directory.fields) {
    json.begin_object();
    json.key("id").integer(id.value()).key("title").string(field.title).key("name").string(field.title);
    json.end_object();
  }
  json.end_array();
}

void write_created_fields(JsonWriter& json, const core::FieldsSaved& saved) {
  json.begin_array();
  for (const auto& [field, duplicate] : saved.items) {
    json.begin_object();
    json.key("id").integer(field.id.value()).key("title").string(field.title).key("duplicate").boolean(duplicate);
    json.end_object();
  }
  json.end_array();
}

void write_tag(JsonWriter& json, const core::Tag& tag, core::TeamId team) {
  json.begin_object();
  json.key("id").integer(tag.id.value());
  json.key("tag").string(tag.label).key("name").string(tag.label).key("color").string(tag.color);
  json.key("team_id").integer(team.value());
  json.key("created").time(tag.created);
  json.key("updated").time(tag.updated);
  json.key("rev").integer(tag.rev);
  json.end_object();
}

void write_team(JsonWriter& json, const core::Directory& directory) {
  json.begin_object();
  json.key("id").integer(directory.team.id.value()).key("name").string(directory.team.name);
  json.key("list_size").integer(core::kListSize);
  json.key("members").begin_array();
  for (const auto& [id, user] : directory.users) {
    json.begin_object();
    json.key("id").integer(id.value()).key("name").string(user.name).key("role").string(role_name(user.role));
    json.end_object();
  }
  json.end_array().end_object();
}

}  // namespace cardfile::wire::v1
