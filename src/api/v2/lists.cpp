#include "api/v2/lists.h"

#include <string>
#include <variant>

#include "wire/json_out.h"
#include "wire/list_json.h"

namespace cardfile::api::v2 {

base::Task<http::Response> create_list(const Call& call) {
  core::CreateList create = wire::v2::read_new_list(call.body(), call.parts.next_uuid);
  create.uuid = call.parts.next_uuid();
  const core::Outcome outcome = co_await call.commit(std::move(create));
  std::string body;
  wire::JsonWriter json(body);
  wire::v2::write_created_list(json, std::get<core::ListSaved>(outcome).list);
  co_return ok(std::move(body));
}

base::Task<http::Response> update_list(const Call& call) {
  core::UpdateList update = wire::v2::read_list_update(call.optional_body(), call.parts.next_uuid);
  update.id = core::ListId(call.id("list", update.problems));
  const core::Outcome outcome = co_await call.commit(std::move(update));
  std::string body;
  wire::JsonWriter json(body);
  wire::write_updated_list(json, std::get<core::ListSaved>(outcome).list);
  co_return ok(std::move(body));
}

/// The contacts stay, those that the body names in `contact_ids` too (contract, 9.4).
base::Task<http::Response> delete_list(const Call& call) {
  call.parameters();  // None makes a difference, but what is not JSON is refused.
  core::DeleteList remove{.id = core::ListId(call.id("list"))};
  const core::ListId id = remove.id;
  co_await call.commit(std::move(remove));
  std::string body;
  wire::JsonWriter json(body);
  json.begin_object().key("deleted").boolean(true).key("id").integer(id.value()).end_object();
  co_return ok(std::move(body));
}

}  // namespace cardfile::api::v2
