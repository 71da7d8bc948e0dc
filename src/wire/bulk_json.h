#pragma once
// Bulk JSON: many contacts in one body, and those of them that failed in the answer (contract, 3.8 and 5.7).

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/ids.h"
#include "core/patch.h"
#include "wire/json_in.h"
#include "wire/json_out.h"

namespace cardfile::wire {

/// The most items of a bulk call; with one more it is refused whole.
inline constexpr std::size_t kBulkItemsMax = 1000;

/// The items of POST /v1/batch/contacts, [...] or {"contacts": [...]}. Throws Error(bad_data) when there is no such
/// array, it is too long, or `others` of the request are at fault; they are named in the same answer.
Json read_batch(const Json& body, std::vector<core::FieldError> others = {});
/// The items of POST /v2/contacts, {"contacts": [...]}. Throws likewise.
Json read_bulk(const Json& body, std::vector<core::FieldError> others = {});

/// One item, read so that nothing wrong with it reaches its neighbours: all of it is in the patch's `problems`.
core::ContactPatch read_batch_item(const Json& item);

struct BulkItem {
  std::optional<core::Uuid> contact;  // Whom to update; none: create.
  core::ContactPatch patch;           // Normalised.
};
BulkItem read_bulk_item(const Json& item);

/// Writes any value as it was read.
void write_json(JsonWriter& json, const Json& value);

/// The item as it was sent and `error`; an item that is no object stands under "contact", as on v2.
void write_failed_batch_item(JsonWriter& json, const Json& item, std::string_view error);
/// {"contact": the item as it was sent, "error"}.
void write_failed_bulk_item(JsonWriter& json, const Json& item, std::string_view error);

}  // namespace cardfile::wire
