#pragma once
// Contacts, v2: by UUID, with their channels (contract, 5).

#include "api/call.h"
#include "base/task.h"
#include "http/message.h"

namespace cardfile::api::v2 {

base::Task<http::Response> create_contact(const Call& call);  // POST   /v2/contact
base::Task<http::Response> get_contact(const Call& call);     // GET    /v2/contact/{contactID}
base::Task<http::Response> update_contact(const Call& call);  // PUT    /v2/contact/{contactID}
base::Task<http::Response> delete_contact(const Call& call);  // DELETE /v2/contact/{contactID}

}  // namespace cardfile::api::v2
