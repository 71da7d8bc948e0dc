#pragma once
// Lists, version 1 (contract, 9.4).

#include "api/call.h"
#include "base/task.h"
#include "http/message.h"

namespace cardfile::api::v1 {

base::Task<http::Response> create_list(const Call& call);  // POST /v1/list
base::Task<http::Response> get_list(const Call& call);     // GET  /v1/list/{id}
base::Task<http::Response> update_list(const Call& call);  // PUT  /v1/list/{id}
base::Task<http::Response> delete_list(const Call& call);  // DELETE /v1/list/{id}
base::Task<http::Response> list_lists(const Call& call);   // POST /v1/lists

}  // namespace cardfile::api::v1
