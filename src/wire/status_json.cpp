#include "wire/status_json.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/address.h"
#include "core/error.h"
#include "wire/members.h"

namespace cardfile::wire::v1 {

namespace {

using Problems = std::vector<core::FieldError>;

bool is_empty_text(const Json& value) { return value.is(JsonKind::string) && value.text().empty(); }

/// What typed clients fill in where they name no id.
bool is_zero(const Json& value) { return value.is(JsonKind::integer) && value.integer() == 0; }

core::ContactNames read_names(const Json& body, Problems& problems) {
  core::ContactNames names;
  const Members members(body, problems);
  const auto id = members.given("id");
  const auto phone = members.given("phone");
  const bool has_id = id && !is_empty_text(*id) && !is_zero(*id);
  const bool has_phone = phone && !is_empty_text(*phone);
  if (!has_id && !has_phone) members.report("id", "is required: the contact's id, or its phone");
  if (has_id) {
    if (const auto number = id_of(*id)) {
      names.id = core::ContactId(*number);
    } else {
      members.report("id", "must be a contact's id: an integer, or a string of its digits");
    }
  }
  if (has_phone) {
    const auto text = members.string("phone");
    names.phone = text ? core::normalise_phone(*text) : std::nullopt;
    if (text && !names.phone) members.report("phone", core::kPhoneRule);
  }
  return names;
}

core::Status read_status(const Json& body, Problems& problems) {
  const Members members(body, problems);
  if (!members.given("status")) {
    members.report("status", "is required: active, blocked, unblocked, subscribed or unsubscribed");
    return {};
  }
  const auto text = members.string("status");
  const auto status = text ? core::parse_status(*text) : std::nullopt;
  if (text && !status) {
    members.report("status", "must be active, blocked, unblocked, subscribed or unsubscribed");
  }
  return status.value_or(core::Status{});
}

}  // namespace

core::ContactNames read_contact_names(const Json& body) {
  require_object(body);
  Problems problems;
  core::ContactNames names = read_names(body, problems);
  core::throw_if_any(core::ErrorCode::bad_data, std::move(problems));
  return names;
}

core::SetStatus read_set_status(const Json& body) {
  require_object(body);
  Problems problems;
  core::SetStatus action{.names = read_names(body, problems), .status = read_status(body, problems)};
  core::throw_if_any(core::ErrorCode::bad_data, std::move(problems));
  return action;
}

void write_status(JsonWriter& json, const core::Contact& contact) {
  json.begin_object();
  json.key("id").integer(contact.id.value()).key("phone").string(contact.phone());
  json.key("unsubscribed").boolean(contact.consent.opted_out());
  json.key("unsubscribed_admin").boolean(contact.consent.unsubscribed_admin);
  json.key("unsubscribed_contact").boolean(contact.consent.unsubscribed_contact);
  json.key("blocked").boolean(contact.consent.blocked);
  json.end_object();
}

}  // namespace cardfile::wire::v1
