#include "wire/people_json.h"

#include <cstddef>
#include <string_view>
#include <utility>

#include "core/address.h"
#include "core/error.h"
#include "core/time.h"
#include "wire/members.h"

namespace cardfile::wire::v1 {

namespace {

constexpr std::size_t kItemsMax = 1000;

using Problems = std::vector<core::FieldError>;
using Normalise = std::optional<std::string> (*)(std::string_view);

/// One kind of address: how it is named, brought into its normal form, and what is said when it has none.
struct Kind {
  std::string_view field;
  Normalise normalise;
  std::string_view rule;
};
constexpr Kind kPhones{"phone", core::normalise_phone, core::kPhoneRule};
constexpr Kind kEmails{"email", core::normalise_email, core::kEmailRule};

void add(const Kind& kind, std::string field, std::string_view text, std::vector<std::string>& values,
         Problems& problems) {
  if (auto value = kind.normalise(text)) {
    values.push_back(std::move(*value));
  } else {
    report(problems, std::move(field), kind.rule);
  }
}

std::vector<std::string> read_body(const Kind& kind, const std::optional<Json>& body, Problems& problems) {
  std::vector<std::string> values;
  const auto given = body ? body->given(kind.field) : std::nullopt;
  const std::string field(kind.field);
  if (!given) return values;
  if (given->is(JsonKind::string)) {
    add(kind, field, given->text(), values, problems);
  } else if (!given->is(JsonKind::array)) {
    report(problems, field, "must be an array of strings");
  } else if (given->size() > kItemsMax) {
    report(problems, field, "must have at most " + std::to_string(kItemsMax) + " items");
  } else {
    std::size_t index = 0;
    for (const Json item : *given) {
      const std::string path = field + "[" + std::to_string(index++) + "]";
      if (item.is(JsonKind::string)) {
        add(kind, path, item.text(), values, problems);
      } else {
        report(problems, path, "must be a string");
      }
    }
  }
  return values;
}

std::vector<std::string> read(const Kind& kind, const std::optional<Json>& body, const std::vector<std::string>& query,
                              Problems& problems) {
  std::vector<std::string> values = read_body(kind, body, problems);
  for (const std::string& text : query) add(kind, std::string(kind.field), text, values, problems);
  return values;
}

core::UserId read_user_id(const Members& members) {
  const auto value = members.given("id");
  const auto id = value ? id_of(*value) : std::nullopt;
  if (id) return core::UserId(*id);
  members.report("id", value ? "must be an integer: a user's id" : "is required: a user's id");
  return {};
}

std::optional<core::Role> read_role(const Members& members) {
  const auto value = members.given("role_id");
  if (!value) return std::nullopt;
  for (const core::Role role : {core::Role::admin, core::Role::member}) {
    if (value->is(JsonKind::integer) && value->integer() == static_cast<std::int64_t>(role)) return role;
  }
  members.report("role_id", "must be 1 (admin) or 4 (member)");
  return std::nullopt;
}

core::UserPatch read_user_patch(const Members& members) {
  return {.id = read_user_id(members),
          .name = members.string("name"),
          .first = members.string("first_name"),
          .last = members.string("last_name"),
          .email = members.string("email"),
          .phone = members.string("phone"),
          .role = read_role(members)};
}

[[noreturn]] void refuse(std::string field, std::string message) {
  throw core::Error(core::ErrorCode::bad_data, {{std::move(field), std::move(message)}});
}

}  // namespace

core::UserFilter read_user_filter(const std::optional<Json>& body, const UserQuery& query) {
  const bool in_body = body && (body->given(kPhones.field) || body->given(kEmails.field));
  // Nothing to look for is more likely a body that got lost on its way than a wish to see everybody.
  if (!in_body && query.phones.empty() && query.emails.empty()) refuse("phone", "is required: phones, e-mails or both");
  Problems problems;
  core::UserFilter filter;
  filter.phones = read(kPhones, body, query.phones, problems);
  filter.emails = read(kEmails, body, query.emails, problems);
  core::throw_if_any(core::ErrorCode::bad_data, std::move(problems));
  return filter;
}

core::UpdateUsers read_user_updates(const Json& body) {
  require_object(body);
  const auto users = body.given("users");
  if (!users || !users->is(JsonKind::array)) refuse("users", "is required: an array of objects with an id");
  if (users->size() > kItemsMax) refuse("users", "must have at most " + std::to_string(kItemsMax) + " items");
  core::UpdateUsers action;
  action.patches.reserve(users->size());
  std::size_t index = 0;
  for (const Json user : *users) {
    action.patches.push_back(
        read_user_patch(Members(user, action.problems, "users[" + std::to_string(index++) + "].")));
  }
  return action;
}

void write_memberships(JsonWriter& json, const std::vector<core::User>& users, core::TeamId team) {
  json.begin_object().key("memberships").begin_array();
  for (const core::User& user : users) {
    json.begin_object();
    json.key("id").integer(user.id.value());
    json.key("phone").string(user.phone).key("name").string(user.name).key("email").string(user.email);
    json.key("role_id").integer(static_cast<std::int64_t>(user.role)).key("team_id").integer(team.value());
    // A user and the membership in the team are one thing here.
    json.key("created_at").time(user.created).key("updated_at").time(user.updated);
    json.key("user_created_at").time(user.created).key("user_updated_at").time(user.updated);
    json.end_object();
  }
  json.end_array().end_object();
}

void write_inboxes(JsonWriter& json, const core::Directory& directory) {
  // Conversations are not assigned by this server at all.
  constexpr bool kAutoAssignable = false;
  json.begin_array();
  for (const auto& [id, inbox] : directory.inboxes) {
    json.begin_object();
    json.key("id").integer(id.value()).key("name").string(inbox.name);
    json.key("team").integer(directory.team.id.value());
    json.key("members").begin_array();
    for (const core::UserId member : inbox.members) json.integer(member.value());
    json.end_array();
    json.key("phone").string(inbox.phones.empty() ? std::string_view() : std::string_view(inbox.phones.front()));
    json.key("phones").begin_array();
    for (const std::string& phone : inbox.phones) json.string(phone);
    json.end_array();
    json.key("auto_assignable").boolean(kAutoAssignable).key("autoAssignable").boolean(kAutoAssignable);
    json.key("rev").integer(inbox.rev);
    json.end_object();
  }
  json.end_array();
}

}  // namespace cardfile::wire::v1
