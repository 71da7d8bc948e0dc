#pragma once
// What contacts refer to: custom fields, tags, the team (contract, 7, 8 and 9.2).

#include "api/call.h"
#include "base/task.h"
#include "http/message.h"

namespace cardfile::api::v1 {

base::Task<http::Response> list_fields(const Call& call);    // POST /v1/contact-fields
base::Task<http::Response> create_fields(const Call& call);  // POST /v1/contacts/fields
base::Task<http::Response> create_tag(const Call& call);     // POST /v1/tag
base::Task<http::Response> get_tag(const Call& call);        // GET  /v1/tag/{id}
base::Task<http::Response> update_tag(const Call& call);     // PUT  /v1/tag/{id}
base::Task<http::Response> delete_tag(const Call& call);     // DELETE /v1/tag/{id}
base::Task<http::Response> list_tags(const Call& call);      // POST /v1/tags
base::Task<http::Response> get_team(const Call& call);       // GET  /v1/team

}  // namespace cardfile::api::v1
