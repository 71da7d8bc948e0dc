#include "api/v1/lists.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "api/v1/newest_first.h"
#include "core/error.h"
#include "wire/json_out.h"
#include "wire/list_json.h"
#include "wire/v1.h"

namespace cardfile::api::v1 {

namespace {

/// A page of lists ends after the list with which it has come to this many contacts.
constexpr std::int64_t kContactsPerPage = core::kListSize;

base::Task<http::Response> show(const Call& call, const core::List& list) {
  std::vector<const core::List*> lists = {&list};
  const auto targets = co_await call.targets(std::move(lists));
  std::string body;
  wire::JsonWriter json(body);
  wire::v1::write_list(json, list, targets.front(), call.team);
  co_return ok(std::move(body));
}

}  // namespace

base::Task<http::Response> create_list(const Call& call) {
  core::CreateList create = wire::v1::read_new_list(call.body(), call.parts.next_uuid);
  create.uuid = call.parts.next_uuid();
  const core::Outcome outcome = co_await call.commit(std::move(create));
  // Of a new list, who is in it is told in any case: a call names no more contacts than are read at once. The list that
  // has the local id already may be long; nothing has been written then, and the call may be refused and sent again.
  co_return co_await show(call, std::get<core::ListSaved>(outcome).list);
}

base::Task<http::Response> get_list(const Call& call) {
  const core::ListId id(call.id("list"));
  const auto directory = call.directory();
  const auto found = directory->lists.find(id);
  if (found == directory->lists.end()) throw core::Error(core::ErrorCode::not_found, "no list has this id");
  co_return co_await show(call, found->second);
}

base::Task<http::Response> update_list(const Call& call) {
  core::UpdateList update = wire::v1::read_list_update(call.optional_body(), call.parts.next_uuid);
  update.id = core::ListId(call.id("list", update.problems));
  const core::Outcome outcome = co_await call.commit(std::move(update));
  std::string body;
  wire::JsonWriter json(body);
  wire::write_updated_list(json, std::get<core::ListSaved>(outcome).list);
  co_return ok(std::move(body));
}

base::Task<http::Response> delete_list(const Call& call) {
  core::DeleteList remove{.id = core::ListId(call.id("list"))};
  co_await call.commit(std::move(remove));
  co_return ok(R"("ok")");
}

base::Task<http::Response> list_lists(const Call& call) {
  const auto parameters = call.parameters();
  const auto before = parameters ? wire::v1::read_updated_before(*parameters) : std::nullopt;
  const auto directory = call.directory();
  std::vector<const core::List*> lists;
  std::int64_t contacts = 0;
  for (const core::List* list : newest_first(directory->lists, before)) {
    lists.push_back(list);
    contacts += list->size;
    if (contacts >= kContactsPerPage) break;
  }
  const auto targets = co_await call.targets(lists);
  std::string body;
  wire::JsonWriter json(body);
  json.begin_array();
  for (std::size_t i = 0; i < lists.size(); ++i) wire::v1::write_list(json, *lists[i], targets[i], call.team);
  json.end_array();
  co_return ok(std::move(body));
}

}  // namespace cardfile::api::v1
