// Bodies of /v1 and of the n8n node's surface, given to every reader of them.

#include "core/ids.h"
#include "fuzz/reading.h"
#include "wire/bulk_json.h"
#include "wire/list_json.h"
#include "wire/n8n.h"
#include "wire/people_json.h"
#include "wire/status_json.h"
#include "wire/v1.h"

namespace cardfile::fuzz {

void target(std::string_view bytes) {
  using wire::Json;
  namespace v1 = wire::v1;
  const core::UuidSource next_uuid = [] { return core::Uuid(); };
  with_json(bytes, [&](const Json& body) {
    const std::string text = rewritten(body);
    with_json(text, [&](const Json& again) { promise(rewritten(again) == text, "what is written is read as it was"); });

    read([&] { check(v1::read_contact_patch(body)); });
    read([&] { v1::read_contact_selector(body); });
    read([&] { v1::read_fields(body); });
    read([&] { v1::read_tag(body); });
    read([&] { v1::read_tag_update(body); });
    read([&] { v1::read_updated_before(body); });
    read([&] { v1::read_contact_names(body); });
    read([&] { v1::read_set_status(body); });
    read([&] { v1::read_user_filter(body, {.phones = {"13125550142"}, .emails = {}}); });
    read([&] { v1::read_user_updates(body); });
    read([&] { v1::read_new_list(body, next_uuid); });
    read([&] { v1::read_list_update(body, next_uuid); });
    read([&] {
      const Json items = wire::read_batch(body);
      promise(items.size() <= wire::kBulkItemsMax, "a batch is within its limit");
      for (const Json item : items) {
        check(wire::read_batch_item(item));
        std::string failed;
        wire::JsonWriter json(failed);
        wire::write_failed_batch_item(json, item, "why");
        with_json(failed, [](const Json& shown) { promise(shown.find("error").has_value(), "it says why"); });
      }
    });
    read([&] { check(wire::n8n::read_contact(body)); });
    read([&] { wire::n8n::read_list(body, next_uuid); });
    read([&] { wire::n8n::read_member_change(body, next_uuid); });
    read([&] { wire::n8n::read_trigger(body); });
  });
}

}  // namespace cardfile::fuzz
