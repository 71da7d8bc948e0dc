#include "wire/channel_json.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "wire/members.h"

namespace cardfile::wire::v2 {

namespace {

std::string required(const Members& members, std::string_view name) {
  if (!members.given(name)) members.report(name, "is required");
  return members.string(name).value_or("");
}

core::ChannelPatch read_members(const Json& body) {
  require_object(body);
  core::ChannelPatch patch;
  const Members members(body, patch.problems);
  patch.type = required(members, "channel_type");
  patch.value = required(members, "channel_id");
  patch.handle = members.string("channel_handle");
  patch.info = members.string("info_channel");
  return patch;
}

std::optional<core::ChannelId> read_id(const Members& members) {
  const auto value = members.given("id");
  if (!value || (value->is(JsonKind::string) && value->text().empty())) return std::nullopt;
  if (const auto id = id_of(*value)) return core::ChannelId(*id);
  members.report("id", "must be a channel's id: an integer, or a string of its digits");
  return std::nullopt;
}

}  // namespace

core::ChannelPatch read_channel_patch(const Json& body) { return core::normalised_channel(read_members(body)); }

ChannelUpdate read_channel_update(const Json& body) {
  core::ChannelPatch patch = core::normalised_channel(read_members(body));
  const auto id = read_id(Members(body, patch.problems));
  return {.id = id, .patch = std::move(patch)};
}

core::Address read_channel_address(const std::optional<Json>& body, ChannelQuery query,
                                   std::vector<core::FieldError> others) {
  core::ChannelPatch patch;
  patch.problems = std::move(others);
  const auto is_named = [&patch](std::string_view name) {
    return std::ranges::any_of(patch.problems,
                               [name](const core::FieldError& problem) { return problem.field == name; });
  };
  const auto read = [&](std::string_view name, std::optional<std::string> parameter) {
    if (is_named(name)) return std::string();
    if (body && body->given(name)) return Members(*body, patch.problems).string(name).value_or("");
    if (!parameter) report(patch.problems, std::string(name), "is required");
    return std::move(parameter).value_or("");
  };
  patch.type = read("channel_type", std::move(query.type));
  patch.value = read("channel_id", std::move(query.value));
  patch = core::normalised_channel(std::move(patch));
  core::throw_if_any(core::ErrorCode::bad_data, std::move(patch.problems));
  return core::address_of(patch.type, patch.value);
}

}  // namespace cardfile::wire::v2
