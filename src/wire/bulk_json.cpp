#include "wire/bulk_json.h"

#include <string>
#include <utility>

#include "core/error.h"
#include "wire/members.h"
#include "wire/v1.h"
#include "wire/v2.h"

namespace cardfile::wire {

namespace {

[[noreturn]] void refuse(std::string field, std::string message) {
  throw core::Error(core::ErrorCode::bad_data, {{std::move(field), std::move(message)}});
}

Json not_too_long(const Json& items, std::string field) {
  if (items.size() > kBulkItemsMax) {
    refuse(std::move(field), "must have at most " + std::to_string(kBulkItemsMax) + " items");
  }
  return items;
}

core::ContactPatch patch_with_problem(std::string field, std::string_view message) {
  core::ContactPatch patch;
  report(patch.problems, std::move(field), message);
  return patch;
}

}  // namespace

Json read_batch(const Json& body) {
  if (body.is(JsonKind::array)) return not_too_long(body, "body");
  const auto items = body.given("contacts");
  if (items && items->is(JsonKind::array)) return not_too_long(*items, "contacts");
  refuse("body", "must be a JSON array of contacts, or an object with such an array in contacts");
}

Json read_bulk(const Json& body) {
  require_object(body);
  const auto items = body.given("contacts");
  if (!items) refuse("contacts", "is required: an array of contacts");
  if (!items->is(JsonKind::array)) refuse("contacts", "must be an array of contacts");
  return not_too_long(*items, "contacts");
}

core::ContactPatch read_batch_item(const Json& item) {
  if (!item.is(JsonKind::object)) return patch_with_problem("contact", "must be a JSON object");
  return v1::read_contact_patch(item);
}

BulkItem read_bulk_item(const Json& item) {
  if (!item.is(JsonKind::object))
    return {.contact = {}, .patch = patch_with_problem("contact", "must be a JSON object")};
  const auto id = item.given("contact_id");
  const bool creates = !id || (id->is(JsonKind::string) && id->text().empty());
  if (creates) return {.contact = {}, .patch = v2::read_contact_patch(item, v2::AddressRule::required)};
  BulkItem read{.contact = id->is(JsonKind::string) ? core::Uuid::parse(id->text()) : std::nullopt,
                .patch = v2::read_contact_patch(item, v2::AddressRule::optional)};
  if (!read.contact) report(read.patch.problems, "contact_id", "must be a contact's UUID");
  return read;
}

void write_json(JsonWriter& json, const Json& value) {
  switch (value.kind()) {
    case JsonKind::null:
      json.null();
      return;
    case JsonKind::boolean:
      json.boolean(value.boolean());
      return;
    case JsonKind::integer:
    case JsonKind::number:
      json.raw(value.text());
      return;
    case JsonKind::string:
      json.string(value.text());
      return;
    case JsonKind::array:
      json.begin_array();
      for (const Json item : value) write_json(json, item);
      json.end_array();
      return;
    case JsonKind::object:
      json.begin_object();
      for (const Json member : value) write_json(json.key(member.name()), member);
      json.end_object();
      return;
  }
}

void write_failed_batch_item(JsonWriter& json, const Json& item, std::string_view error) {
  if (!item.is(JsonKind::object)) return write_failed_bulk_item(json, item, error);
  json.begin_object();
  for (const Json member : item) {
    // A client that sends a failed item again sends our words along.
    if (member.name() != "error") write_json(json.key(member.name()), member);
  }
  json.key("error").string(error).end_object();
}

void write_failed_bulk_item(JsonWriter& json, const Json& item, std::string_view error) {
  json.begin_object().key("contact");
  write_json(json, item);
  json.key("error").string(error).end_object();
}

}  // namespace cardfile::wire
