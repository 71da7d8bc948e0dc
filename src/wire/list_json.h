#pragma once
// List JSON: bodies and answers about lists (contract, 9.4).
//
// Readers throw Error(bad_data) when a body is no object; everything else at fault is in the result's `problems`. They
// take a source of UUIDs for the contacts that a list may bring along.

#include <vector>

#include "core/command.h"
#include "core/directory.h"
#include "core/ids.h"
#include "wire/json_in.h"
#include "wire/json_out.h"

namespace cardfile::wire {

/// Items of one array, or members of one object, in the body of a list.
inline constexpr std::size_t kListItemsMax = 1000;

namespace v1 {

/// Body of POST /v1/list, `uuid` left open: `title`, and any of `local_id`, `members`, `contacts`, `phones`, `emails`.
core::CreateList read_new_list(const Json& body, const core::UuidSource& next_uuid);

/// Body of PUT /v1/list/{id}, `id` left open: any of `title`, `members`, `add_phone`, `remove_phone`.
core::UpdateList read_list_update(const Json& body, const core::UuidSource& next_uuid);

/// A whole list. `targets` are those of its contacts that have a phone.
void write_list(JsonWriter& json, const core::List& list, const std::vector<core::ListTarget>& targets,
                core::TeamId team);

}  // namespace v1

namespace v2 {

/// Body of POST /v2/lists, `uuid` left open: `title` and `local_id`, and any of `type`, `contacts`, `phones`, `emails`.
core::CreateList read_new_list(const Json& body, const core::UuidSource& next_uuid);

/// Body of PUT /v2/lists/{id}, `id` left open.
core::UpdateList read_list_update(const Json& body, const core::UuidSource& next_uuid);

/// {"id","rev","uuid"}
void write_created_list(JsonWriter& json, const core::List& list);

}  // namespace v2

/// {"id","rev"}: what an update of either version answers.
void write_updated_list(JsonWriter& json, const core::List& list);

}  // namespace cardfile::wire
