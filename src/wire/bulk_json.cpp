#include "wire/bulk_json.h"

#include <string>
#include <utility>

#include "core/error.h"
#include "wire/members.h"
#include "wire/v1.h"
#include "wire/v2.h"

namespace cardfile::wire {

namespace {

/// `items`, unless there are too many of them in `field`, or something else is at fault.
Json items_of(const Json& items, std::string field, std::vector<core::FieldError> others) {
  if (items.size() > kBulkItemsMax) {
    report(others, std::move(field), "must have at most " + std::to_string(kBulkItemsMax) + " items");
  }
  core::throw_if_any(core::ErrorCode::bad_data, std::move(others));
  return items;
}

core::ContactPatch patch_with_problem(std::string field, std::string_view message) {
  core::ContactPatch patch;
  report(patch.problems, std::move(field), message);
  return patch;
}

}  // namespace

Json read_batch(const Json& body, std::vector<core::FieldError> others) {
  if (body.is(JsonKind::array)) return items_of(body, "body", std::move(others));
  const auto items = body.given("contacts");
  if (items && items->is(JsonKind::array)) return items_of(*items, "contacts", std::move(others));
  report(others, "body", "must be a JSON array of contacts, or an object with such an array in contacts");
  throw core::Error(core::ErrorCode::bad_data, std::move(others));
}

Json read_bulk(const Json& body, std::vector<core::FieldError> others) {
  const bool is_object = body.is(JsonKind::object);
  const auto items = is_object ? body.given("contacts") : std::nullopt;
  if (items && items->is(JsonKind::array)) return items_of(*items, "contacts", std::move(others));
  if (!is_object) {
    report(others, "body", "must be a JSON object");
  } else {
    report(others, "contacts", items ? "must be an array of contacts" : "is required: an array of contacts");
  }
  throw core::Error(core::ErrorCode::bad_data, std::move(others));
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
