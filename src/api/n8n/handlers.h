#pragma once
// The surface of the n8n node (contract, 11).

#include "api/call.h"
#include "base/task.h"
#include "http/message.h"

namespace cardfile::api::n8n {

base::Task<http::Response> test_auth(const Call& call);       // GET  /n8n/v1/test_auth
base::Task<http::Response> list_fields(const Call& call);     // GET  /n8n/v1/contact_fields
base::Task<http::Response> list_inboxes(const Call& call);    // GET  /n8n/v1/inboxes
base::Task<http::Response> list_lists(const Call& call);      // GET  /n8n/v1/lists
base::Task<http::Response> list_templates(const Call& call);  // GET  /n8n/v1/templates
base::Task<http::Response> save_contact(const Call& call);    // POST /n8n/v1/contacts
base::Task<http::Response> create_list(const Call& call);     // POST /n8n/v1/lists
base::Task<http::Response> change_members(const Call& call);  // POST /n8n/v1/lists/{id}/members
base::Task<http::Response> create_trigger(const Call& call);  // POST /n8n/v1/triggers
base::Task<http::Response> delete_trigger(const Call& call);  // DELETE /n8n/v1/triggers/{id}

}  // namespace cardfile::api::n8n
