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

/// How many contacts, phones and e-mails the body of a list may name in all that it has, so that one call stays a small
/// part of a transaction.
inline constexpr std::size_t kListNamesMax = 1000;

namespace v1 {

/// Body of POST /v1/list, `uuid` left open: `title`, and any of `local_id`, `members`, `contacts`, `phones`, `emails`.
core::CreateList read_new_list(const Json& body, const core::UuidSource& next_uuid);

/// Body of PUT /v1/list/{id}, `id` left open: any of `title`, `members`, `add_phone`, `remove_phone`. {} as `members`
/// leaves nobody in the list; [], which some clients write for no members, is none given.
core::UpdateList read_list_update(const Json& body, const core::UuidSource& next_uuid);

/// A whole list. `targets` are those of its contacts that have a phone.
void write_list(JsonWriter& json, const core::List& list, const std::vector<core::ListTarget>& targets,
                core::TeamId team);

}  // namespace v1

namespace v2 {

/// Body of POST /v2/lists, `uuid` left open: `title` and `local_id`, and any of `type`, `contacts`, `phones`, `emails`.
core::CreateList read_new_list(const Json& body, const core::UuidSource& next_uuid);

/// Body of PUT /v2/lists/{id}, `id` left open. [] as `contacts` leaves nobody in the list; as `phones` or `emails`,
/// which typed clients fill in, it is none given.
core::UpdateList read_list_update(const Json& body, const core::UuidSource& next_uuid);

/// {"id","rev","uuid"}
void write_created_list(JsonWriter& json, const core::List& list);

}  // namespace v2

/// {"id","rev"}: what an update of either version answers.
void write_updated_list(JsonWriter& json, const core::List& list);

}  // namespace cardfile::wire
