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

http::Response show(const Call& call, const core::List& list, const std::vector<core::ListTarget>& targets) {
  std::string body;
  wire::JsonWriter json(body);
  wire::v1::write_list(json, list, targets, call.team);
  return ok(std::move(body));
}

}  // namespace

base::Task<http::Response> create_list(const Call& call) {
  core::CreateList create = wire::v1::read_new_list(call.body(), call.parts.next_uuid);
  create.uuid = call.parts.next_uuid();
  const core::Outcome outcome = co_await call.commit(std::move(create));
  // It is saved: who is in it, as many as a call names at most, is told in any case.
  const core::List& list = std::get<core::ListSaved>(outcome).list;
  co_return show(call, list, call.parts.store.targets(call.team, list.id));
}

base::Task<http::Response> get_list(const Call& call) {
  const core::ListId id(call.id("list"));
  const auto directory = call.directory();
  const auto found = directory->lists.find(id);
  if (found == directory->lists.end()) throw core::Error(core::ErrorCode::not_found, "no list has this id");
  std::vector<const core::List*> lists = {&found->second};
  const auto targets = co_await call.targets(std::move(lists));
  co_return show(call, found->second, targets.front());
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
