#include "api/v1/people.h"

#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "wire/json_out.h"
#include "wire/people_json.h"

namespace cardfile::api::v1 {

namespace {

/// Of `name` and of `name[]`, as different clients spell a list.
std::vector<std::string> query_list(const Call& call, std::string_view name) {
  std::vector<std::string> values = http::query_values(call.request.query, name);
  std::vector<std::string> more = http::query_values(call.request.query, std::string(name) + "[]");
  values.insert(values.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return values;
}

http::Response show(const Call& call, const std::vector<core::User>& users) {
  std::string body;
  wire::JsonWriter json(body);
  wire::v1::write_memberships(json, users, call.team);
  return ok(std::move(body));
}

}  // namespace

base::Task<http::Response> find_users(const Call& call) {
  const wire::v1::UserQuery query{.phones = query_list(call, "phone"), .emails = query_list(call, "email")};
  const core::UserFilter filter = wire::v1::read_user_filter(call.parameters(), query);
  const auto directory = call.directory();
  std::vector<core::User> users;
  for (const auto& [id, user] : directory->users) {
    if (filter.matches(user)) users.push_back(user);
  }
  co_return show(call, users);
}

base::Task<http::Response> update_users(const Call& call) {
  core::UpdateUsers update = wire::v1::read_user_updates(call.body());
  const core::Outcome outcome = co_await call.commit(std::move(update));
  co_return show(call, std::get<core::UsersSaved>(outcome).users);
}

base::Task<http::Response> list_inboxes(const Call& call) {
  std::string body;
  wire::JsonWriter json(body);
  wire::v1::write_inboxes(json, *call.directory());
  co_return ok(std::move(body));
}

}  // namespace cardfile::api::v1
