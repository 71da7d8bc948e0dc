#pragma once
// Many contacts in one call, v2: list, search, create and update, delete (contract, 5.5 to 5.8).

#include "api/call.h"
#include "base/task.h"
#include "http/message.h"

namespace cardfile::api::v2 {

base::Task<http::Response> list_contacts(const Call& call);    // POST   /v2/contacts/list
base::Task<http::Response> search_contacts(const Call& call);  // POST   /v2/contacts/search
base::Task<http::Response> save_contacts(const Call& call);    // POST   /v2/contacts
base::Task<http::Response> delete_contacts(const Call& call);  // DELETE /v2/contacts

}  // namespace cardfile::api::v2
