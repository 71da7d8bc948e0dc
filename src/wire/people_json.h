#pragma once
// People JSON: bodies and answers about users and inboxes (contract, 9.1 and 9.3).

#include <optional>
#include <string>
#include <vector>

#include "core/command.h"
#include "core/directory.h"
#include "core/ids.h"
#include "wire/json_in.h"
#include "wire/json_out.h"

namespace cardfile::wire::v1 {

/// What GET /v1/users/get has in its query.
struct UserQuery {
  std::vector<std::string> phones;
  std::vector<std::string> emails;
};

/// The filter of GET /v1/users/get: `phone` and `email` of the body, each an array of strings or one string, and those
/// of the query. Throws Error(bad_data) naming every field at fault, and when there is neither.
core::UserFilter read_user_filter(const std::optional<Json>& body, const UserQuery& query);

/// Body of POST /v1/users/update: {"users": [{"id", …}]}.
core::UpdateUsers read_user_updates(const Json& body);

/// {"memberships": […]}
void write_memberships(JsonWriter& json, const std::vector<core::User>& users, core::TeamId team);

/// All inboxes of the team, by id.
void write_inboxes(JsonWriter& json, const core::Directory& directory);

}  // namespace cardfile::wire::v1
