// Bodies of /v2, given to every reader of them.

#include "core/ids.h"
#include "fuzz/reading.h"
#include "wire/bulk_json.h"
#include "wire/channel_json.h"
#include "wire/contact_query_json.h"
#include "wire/list_json.h"
#include "wire/v2.h"

namespace cardfile::fuzz {

void target(std::string_view bytes) {
  using wire::Json;
  namespace v2 = wire::v2;
  const core::UuidSource next_uuid = [] { return core::Uuid(); };
  with_json(bytes, [&](const Json& body) {
    read([&] { check(v2::read_contact_patch(body, v2::AddressRule::optional)); });
    read([&] {
      const auto patch = v2::read_contact_patch(body, v2::AddressRule::required);
      check(patch);
      const bool has_address = patch.phone || patch.email || (patch.channels && !patch.channels->empty());
      promise(has_address || !patch.problems.empty(), "a contact has an address");
    });
    read([&] { v2::read_channel_patch(body); });
    read([&] { v2::read_channel_update(body); });
    read([&] { v2::read_channel_address(body, {.type = "phone", .value = {}}); });
    read([&] { v2::read_new_list(body, next_uuid); });
    read([&] { v2::read_list_update(body, next_uuid); });
    read([&] {
      const auto search = wire::read_contact_search(body);
      promise(search.addresses.size() + search.contacts.size() <= wire::kSearchValuesMax,
              "a search is within its limit");
    });
    read([&] {
      promise(wire::read_contacts_to_delete(body).size() <= wire::kSearchValuesMax, "a deletion is within its limit");
    });
    read([&] {
      const Json items = wire::read_bulk(body);
      promise(items.size() <= wire::kBulkItemsMax, "a bulk call is within its limit");
      for (const Json item : items) check(wire::read_bulk_item(item).patch);
    });
  });
}

}  // namespace cardfile::fuzz
