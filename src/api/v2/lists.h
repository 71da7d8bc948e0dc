#pragma once
// Lists, version 2 (contract, 9.4).

#include "api/call.h"
#include "base/task.h"
#include "http/message.h"

namespace cardfile::api::v2 {

base::Task<http::Response> create_list(const Call& call);  // POST /v2/lists
base::Task<http::Response> update_list(const Call& call);  // PUT  /v2/lists/{id}
base::Task<http::Response> delete_list(const Call& call);  // DELETE /v2/lists/{id}

}  // namespace cardfile::api::v2
