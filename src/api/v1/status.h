#pragma once
// Opt-out and block (contract, 4).

#include "api/call.h"
#include "base/task.h"
#include "http/message.h"

namespace cardfile::api::v1 {

base::Task<http::Response> get_status(const Call& call);  // POST /v1/contact/status
base::Task<http::Response> set_status(const Call& call);  // POST /v1/contact/set_status

}  // namespace cardfile::api::v1
