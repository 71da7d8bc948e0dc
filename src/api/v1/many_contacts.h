#pragma once
// Many contacts in one call, v1: list, count, create (contract, 3.6 to 3.8).

#include "api/call.h"
#include "base/task.h"
#include "http/message.h"

namespace cardfile::api::v1 {

base::Task<http::Response> list_contacts(const Call& call);    // POST /v1/contacts
base::Task<http::Response> count_contacts(const Call& call);   // POST /v1/contacts/count
base::Task<http::Response> create_contacts(const Call& call);  // POST /v1/batch/contacts

}  // namespace cardfile::api::v1
