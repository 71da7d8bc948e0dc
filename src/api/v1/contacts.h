#pragma once
// Contacts, v1: by integer id (contract, 3).

#include "api/call.h"
#include "base/task.h"
#include "http/message.h"

namespace cardfile::api::v1 {

base::Task<http::Response> create_contact(const Call& call);  // POST   /v1/contact
base::Task<http::Response> get_contact(const Call& call);     // GET    /v1/contact/{id}
base::Task<http::Response> update_contact(const Call& call);  // PUT    /v1/contact/{id}
base::Task<http::Response> delete_contact(const Call& call);  // DELETE /v1/contact/{id}
base::Task<http::Response> find_contact(const Call& call);    // POST   /v1/contact/get

}  // namespace cardfile::api::v1
