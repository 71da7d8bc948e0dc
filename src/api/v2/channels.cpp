#include "api/v2/channels.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "api/conditional.h"
#include "core/decide_channels.h"
#include "wire/channel_json.h"
#include "wire/json_out.h"
#include "wire/v2.h"

namespace cardfile::api::v2 {

namespace {

http::Response show(const Call& call, const core::Contact& contact) {
  std::string body;
  wire::JsonWriter json(body);
  wire::v2::write_channels(json, contact, call.team, call.parts.dialect);
  return ok_contact(std::move(body), contact.rev);
}

/// The path's channelID: text as it was sent, without its percent escapes.
core::ChannelName channel_in_path(const Call& call) { return call.path[1]; }

}  // namespace

base::Task<http::Response> add_channel(const Call& call) {
  core::AddChannel add;
  add.key = call.contact_uuid();
  add.patch = wire::v2::read_channel_patch(call.body());
  add.if_match = if_match(call.request, add.patch.problems);
  const core::Outcome outcome = co_await call.commit(std::move(add));
  co_return show(call, *std::get<core::ContactSaved>(outcome).contact);
}

base::Task<http::Response> update_channel(const Call& call) {
  const core::Uuid contact = call.contact_uuid();
  wire::v2::ChannelUpdate body = wire::v2::read_channel_update(call.body());
  core::UpdateChannel update{.key = contact, .id = body.id, .patch = std::move(body.patch), .if_match = {}};
  update.if_match = if_match(call.request, update.patch.problems);
  const core::Outcome outcome = co_await call.commit(std::move(update));
  co_return show(call, *std::get<core::ContactSaved>(outcome).contact);
}

base::Task<http::Response> list_channels(const Call& call) {
  const core::Contact contact = call.contact(call.contact_uuid());
  if (none_match_names(call.request, contact.rev)) co_return not_modified(contact.rev);
  co_return show(call, contact);
}

base::Task<http::Response> get_channel(const Call& call) {
  const core::Contact contact = call.contact(call.contact_uuid());
  const core::Channel& channel = core::named_channel(contact.channels, channel_in_path(call));
  if (none_match_names(call.request, contact.rev)) co_return not_modified(contact.rev);
  std::string body;
  wire::JsonWriter json(body);
  wire::v2::write_channel(json, contact, channel, call.team, call.parts.dialect);
  co_return ok_contact(std::move(body), contact.rev);
}

base::Task<http::Response> remove_channel(const Call& call) {
  std::vector<core::FieldError> problems;
  core::RemoveChannel remove{
      .key = call.contact_uuid(), .name = channel_in_path(call), .if_match = if_match(call.request, problems)};
  core::throw_if_any(core::ErrorCode::bad_data, std::move(problems));
  const core::Outcome outcome = co_await call.commit(std::move(remove));
  co_return show(call, *std::get<core::ContactSaved>(outcome).contact);
}

base::Task<http::Response> remove_named_channel(const Call& call) {
  std::vector<core::FieldError> problems;
  wire::v2::ChannelQuery query{.type = call.parameter("channel_type", problems),
                               .value = call.parameter("channel_id", problems)};
  core::RemoveChannel remove{.key = call.contact_uuid(), .name = {}, .if_match = if_match(call.request, problems)};
  remove.name = wire::v2::read_channel_address(call.parameters(), std::move(query), std::move(problems));
  const core::Outcome outcome = co_await call.commit(std::move(remove));
  co_return show(call, *std::get<core::ContactSaved>(outcome).contact);
}

}  // namespace cardfile::api::v2
