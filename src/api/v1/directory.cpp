#include "api/v1/directory.h"

#include <optional>
#include <string>
#include <variant>

#include "api/v1/newest_first.h"
#include "core/error.h"
#include "wire/json_out.h"
#include "wire/v1.h"

namespace cardfile::api::v1 {

base::Task<http::Response> list_fields(const Call& call) {
  call.parameters();  // There are none, but what is not JSON is refused.
  std::string body;
  wire::JsonWriter json(body);
  wire::v1::write_fields(json, *call.directory());
  co_return ok(std::move(body));
}

base::Task<http::Response> create_fields(const Call& call) {
  core::CreateFields create = wire::v1::read_fields(call.body());
  const core::Outcome outcome = co_await call.commit(std::move(create));
  std::string body;
  wire::JsonWriter json(body);
  wire::v1::write_created_fields(json, std::get<core::FieldsSaved>(outcome));
  co_return ok(std::move(body));
}

base::Task<http::Response> create_tag(const Call& call) {
  core::CreateTag create = wire::v1::read_tag(call.body());
  create.uuid = call.parts.next_uuid();
  const core::Outcome outcome = co_await call.commit(std::move(create));
  std::string body;
  wire::JsonWriter json(body);
  wire::v1::write_saved(json, std::get<core::TagSaved>(outcome).tag);
  co_return ok(std::move(body));
}

base::Task<http::Response> get_tag(const Call& call) {
  const core::TagId id(call.id("tag"));
  const auto directory = call.directory();
  const auto found = directory->tags.find(id);
  if (found == directory->tags.end()) throw core::Error(core::ErrorCode::not_found, "no tag has this id");
  std::string body;
  wire::JsonWriter json(body);
  wire::v1::write_tag(json, found->second, call.team);
  co_return ok(std::move(body));
}

base::Task<http::Response> update_tag(const Call& call) {
  core::UpdateTag update = wire::v1::read_tag_update(call.optional_body());
  update.id = core::TagId(call.id("tag", update.problems));
  const core::Outcome outcome = co_await call.commit(std::move(update));
  std::string body;
  wire::JsonWriter json(body);
  wire::v1::write_saved(json, std::get<core::TagSaved>(outcome).tag);
  co_return ok(std::move(body));
}

base::Task<http::Response> delete_tag(const Call& call) {
  core::DeleteTag remove{.id = core::TagId(call.id("tag"))};
  co_await call.commit(std::move(remove));
  co_return ok(R"("ok")");
}

base::Task<http::Response> list_tags(const Call& call) {
  const auto parameters = call.parameters();
  const auto before = parameters ? wire::v1::read_updated_before(*parameters) : std::nullopt;
  const auto directory = call.directory();
  std::string body;
  wire::JsonWriter json(body);
  json.begin_array();
  for (const core::Tag* tag : newest_first(directory->tags, before)) wire::v1::write_tag(json, *tag, call.team);
  json.end_array();
  co_return ok(std::move(body));
}

base::Task<http::Response> get_team(const Call& call) {
  std::string body;
  wire::JsonWriter json(body);
  wire::v1::write_team(json, *call.directory());
  co_return ok(std::move(body));
}

}  // namespace cardfile::api::v1
