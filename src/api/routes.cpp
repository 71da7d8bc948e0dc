#include "api/routes.h"

#include <array>

#include "api/documents.h"
#include "api/health.h"
#include "api/n8n/handlers.h"
#include "api/v1/contacts.h"
#include "api/v1/directory.h"
#include "api/v1/lists.h"
#include "api/v1/many_contacts.h"
#include "api/v1/people.h"
#include "api/v1/status.h"
#include "api/v2/channels.h"
#include "api/v2/contacts.h"
#include "api/v2/lists.h"
#include "api/v2/many_contacts.h"

namespace cardfile::api {

std::span<const Route> routes() {
  static constexpr auto kRoutes = std::to_array<Route>({
      {"POST", "/v1/contact", Access::team, v1::create_contact},
      {"GET", "/v1/contact/{id}", Access::team, v1::get_contact},
      {"PUT", "/v1/contact/{id}", Access::team, v1::update_contact},
      {"DELETE", "/v1/contact/{id}", Access::team, v1::delete_contact},
      {"POST", "/v1/contact/get", Access::team, v1::find_contact},
      {"POST", "/v1/contacts", Access::team, v1::list_contacts},
      {"POST", "/v1/contacts/count", Access::team, v1::count_contacts},
      {"POST", "/v1/batch/contacts", Access::team, v1::create_contacts},
      {"POST", "/v1/contact/status", Access::team, v1::get_status},
      {"POST", "/v1/contact/set_status", Access::team, v1::set_status},

      {"POST", "/v2/contact", Access::team, v2::create_contact},
      {"GET", "/v2/contact/{contactID}", Access::team, v2::get_contact},
      {"PUT", "/v2/contact/{contactID}", Access::team, v2::update_contact},
      {"DELETE", "/v2/contact/{contactID}", Access::team, v2::delete_contact},
      {"POST", "/v2/contacts/list", Access::team, v2::list_contacts},
      {"POST", "/v2/contacts/search", Access::team, v2::search_contacts},
      {"POST", "/v2/contacts", Access::team, v2::save_contacts},
      {"DELETE", "/v2/contacts", Access::team, v2::delete_contacts},

      {"POST", "/v2/contact/{contactID}/channel", Access::team, v2::add_channel},
      {"PUT", "/v2/contact/{contactID}/channel", Access::team, v2::update_channel},
      {"GET", "/v2/contact/{contactID}/channel", Access::team, v2::list_channels},
      {"GET", "/v2/contact/{contactID}/channels", Access::team, v2::list_channels},
      {"GET", "/v2/contact/{contactID}/channel/{channelID}", Access::team, v2::get_channel},
      {"GET", "/v2/contact/{contactID}/channels/{channelID}", Access::team, v2::get_channel},
      {"DELETE", "/v2/contact/{contactID}/channel/{channelID}", Access::team, v2::remove_channel},
      {"DELETE", "/v2/contact/{contactID}/channel", Access::team, v2::remove_named_channel},

      {"POST", "/v1/contact-fields", Access::team, v1::list_fields},
      {"POST", "/v1/contacts/fields", Access::team, v1::create_fields},
      {"POST", "/v1/tag", Access::team, v1::create_tag},
      {"GET", "/v1/tag/{id}", Access::team, v1::get_tag},
      {"PUT", "/v1/tag/{id}", Access::team, v1::update_tag},
      {"DELETE", "/v1/tag/{id}", Access::team, v1::delete_tag},
      {"POST", "/v1/tags", Access::team, v1::list_tags},
      {"GET", "/v1/team", Access::team, v1::get_team},
      {"GET", "/v1/users/get", Access::team, v1::find_users},
      {"POST", "/v1/users/update", Access::team, v1::update_users},
      {"GET", "/v1/inboxes", Access::team, v1::list_inboxes},

      {"POST", "/v2/lists", Access::team, v2::create_list},
      {"PUT", "/v2/lists/{id}", Access::team, v2::update_list},
      {"DELETE", "/v2/lists/{id}", Access::team, v2::delete_list},
      {"POST", "/v1/list", Access::team, v1::create_list},
      {"GET", "/v1/list/{id}", Access::team, v1::get_list},
      {"PUT", "/v1/list/{id}", Access::team, v1::update_list},
      {"DELETE", "/v1/list/{id}", Access::team, v1::delete_list},
      {"POST", "/v1/lists", Access::team, v1::list_lists},

      {"GET", "/n8n/v1/test_auth", Access::n8n, n8n::test_auth},
      {"GET", "/n8n/v1/contact_fields", Access::n8n, n8n::list_fields},
      {"GET", "/n8n/v1/inboxes", Access::n8n, n8n::list_inboxes},
      {"GET", "/n8n/v1/lists", Access::n8n, n8n::list_lists},
      {"GET", "/n8n/v1/templates", Access::n8n, n8n::list_templates},
      {"POST", "/n8n/v1/contacts", Access::n8n, n8n::save_contact},
      {"POST", "/n8n/v1/lists", Access::n8n, n8n::create_list},
      {"POST", "/n8n/v1/lists/{id}/members", Access::n8n, n8n::change_members},
      {"POST", "/n8n/v1/triggers", Access::n8n, n8n::create_trigger},
      {"DELETE", "/n8n/v1/triggers/{id}", Access::n8n, n8n::delete_trigger},

      {"GET", "/healthz", Access::anyone, health},
      {"GET", "/readyz", Access::anyone, readiness},
      {"GET", "/openapi.json", Access::anyone, get_openapi},
      {"GET", "/docs", Access::anyone, get_docs},
  });
  return kRoutes;
}

}  // namespace cardfile::api
