#pragma once
// The team's users and inboxes (contract, 9.1 and 9.3).

#include "api/call.h"
#include "base/task.h"
#include "http/message.h"

namespace cardfile::api::v1 {

base::Task<http::Response> find_users(const Call& call);    // GET  /v1/users/get
base::Task<http::Response> update_users(const Call& call);  // POST /v1/users/update
base::Task<http::Response> list_inboxes(const Call& call);  // GET  /v1/inboxes

}  // namespace cardfile::api::v1
