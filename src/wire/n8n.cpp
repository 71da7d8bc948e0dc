#include "wire/n8n.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/address.h"
#include "core/error.h"
#include "core/text.h"
#include "wire/contact_json.h"
#include "wire/list_json.h"
#include "wire/members.h"

namespace cardfile::wire::n8n {

namespace {

constexpr std::string_view kPhone = "phone_number";
constexpr std::string_view kActionRule = "must be add or remove";

/// What the node can ask for besides (contract, 11).
constexpr std::array<std::string_view, 5> kEventsOfOthers = {
    "incoming_message", "outgoing_message", "incoming_phone_call", "chat_started_inbound", "chat_started_outbound"};

std::optional<std::string> filled_text(const Members& members, std::string_view name) {
  auto text = members.string(name);
  if (text && core::trimmed(*text).empty()) text.reset();
  return text;
}

/// Values that are blank are left alone, as everything blank is. What is no field of the team is dropped later on.
void read_custom(const Members& members, core::ContactPatch& patch) {
  const auto values = members.given("custom");
  const bool empty_list = values && values->is(JsonKind::array) && values->empty();
  if (!values || empty_list) return;
  if (!values->is(JsonKind::object)) {
    members.report("custom", "must be an object of field ids to values");
    return;
  }
  core::CustomPatch& custom = patch.custom.emplace();
  for (const Json value : *values) {
    const auto id = core::parse_id(value.name());
    if (!id || value.is(JsonKind::null)) continue;
    if (value.is(JsonKind::array) || value.is(JsonKind::object)) {
      patch.custom_problems.push_back({core::FieldId(*id), std::string(kCustomValueRule)});
      continue;
    }
    const std::string text =
        value.is(JsonKind::boolean) ? (value.boolean() ? "true" : "false") : std::string(value.text());
    if (!core::trimmed(text).empty()) custom.emplace(core::FieldId(*id), text);
  }
}

/// Problems that core found name its own fields.
void rename(std::vector<core::FieldError>& problems) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kNames = {
      {{"first", "first_name"}, {"last", "last_name"}}};
  for (core::FieldError& problem : problems) {
    for (const auto& [from, to] : kNames) {
      if (problem.field == from) {
        problem.field = to;
        break;
      }
    }
  }
}

/// Without a value when there is no phone to be read, which is reported.
std::optional<std::string> read_phone(const Members& members) {
  const auto text = filled_text(members, kPhone);
  if (!text) {
    const auto given = members.given(kPhone);
    if (!given || given->is(JsonKind::string)) members.report(kPhone, "is required: E.164 digits");
    return std::nullopt;
  }
  auto phone = core::normalise_phone(*text);
  if (!phone) members.report(kPhone, core::kPhoneRule);
  return phone;
}

template <class Id>
void write_id_and_name(JsonWriter& json, Id id, std::string_view name) {
  json.begin_object().key("id").integer(id.value()).key("name").string(name).end_object();
}

}  // namespace

core::ContactPatch read_contact(const Json& body) {
  require_object(body);
  core::ContactPatch patch;
  const Members members(body, patch.problems);
  patch.phone = read_phone(members);
  patch.first = filled_text(members, "first_name");
  patch.last = filled_text(members, "last_name");
  patch.email = filled_text(members, "email");
  patch.note = filled_text(members, "note");
  read_custom(members, patch);
  patch = core::normalised(std::move(patch));
  rename(patch.problems);
  return patch;
}

/// The body of a v1 list is a superset of this surface's: its `local_id`, too, makes a call safe to repeat.
core::CreateList read_list(const Json& body, const core::UuidSource& next_uuid) {
  return v1::read_new_list(body, next_uuid);
}

core::UpdateList read_member_change(const Json& body, const core::UuidSource& next_uuid) {
  require_object(body);
  core::UpdateList change;
  const Members members(body, change.problems);
  const auto action = members.string("action");
  const auto phone = read_phone(members);
  if (!action) {
    if (!members.given("action")) members.report("action", kActionRule);
  } else if (*action != "add" && *action != "remove") {
    members.report("action", kActionRule);
  } else if (phone && *action == "remove") {
    change.remove_addresses.push_back(core::address_of(core::kPhone, *phone));
  } else if (phone) {
    core::ContactPatch patch;
    patch.phone = *phone;
    change.add.addresses.push_back({.uuid = next_uuid(), .id = {}, .patch = std::move(patch)});
    change.add.field = kPhone;
  }
  return change;
}

NewTrigger read_trigger(const Json& body) {
  require_object(body);
  NewTrigger trigger;
  core::CreateWebhook& create = trigger.create;
  create.kind = core::WebhookKind::n8n_trigger;
  const Members members(body, create.problems);
  const std::string event = members.string("event").value_or("");
  if (std::ranges::find(kEventsOfOthers, event) != kEventsOfOthers.end()) {
    throw core::Error(core::ErrorCode::not_implemented, "this server has no messages, calls and chats, so no " + event +
                                                            " ever happens: it knows " +
                                                            core::names_of_events(create.kind));
  }
  if (const auto type = core::parse_event(create.kind, event)) create.events.push_back(*type);
  create.url = members.string("url").value_or("");
  if (const auto sample = members.given("send_sample")) {
    if (sample->is(JsonKind::boolean)) {
      create.sends_sample = sample->boolean();
    } else {
      members.report("send_sample", "must be true or false");
    }
  }
  if (const auto inbox = members.given("inbox_id")) {
    if (const auto id = id_of(*inbox)) {
      trigger.inbox = core::InboxId(*id);
    } else if (!inbox->is(JsonKind::string) || !inbox->text().empty()) {
      members.report("inbox_id", "must be an inbox's id");
    }
  }
  return trigger;
}

void write_trigger(JsonWriter& json, core::WebhookId id) { json.key("id").string(std::to_string(id.value())); }

void write_team(JsonWriter& json, const core::Team& team) {
  json.key("team_id").integer(team.id.value()).key("team_name").string(team.name);
}

void write_saved_contact(JsonWriter& json, const core::Contact& contact) {
  json.key("id").integer(contact.id.value()).key("rev").integer(contact.rev);
  json.key("created").boolean(contact.rev == 1);
}

void write_created_list(JsonWriter& json, const core::List& list) {
  json.key("id").integer(list.id.value()).key("name").string(list.name).key("member_count").integer(list.size);
}

void write_changed_list(JsonWriter& json, const core::List& list) {
  json.key("list_id").integer(list.id.value()).key("member_count").integer(list.size);
}

void write_choice(JsonWriter& json, const core::CustomField& field) { write_id_and_name(json, field.id, field.title); }
void write_choice(JsonWriter& json, const core::Inbox& inbox) { write_id_and_name(json, inbox.id, inbox.name); }
void write_choice(JsonWriter& json, const core::List& list) { write_id_and_name(json, list.id, list.name); }

}  // namespace cardfile::wire::n8n
