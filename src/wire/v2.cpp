#include "wire/v2.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/text.h"
#include "core/time.h"
#include "wire/contact_json.h"
#include "wire/members.h"

namespace cardfile::wire::v2 {

namespace {

constexpr std::string_view kChannelIdsRule = "must be an array of strings";

/// The values of one item: `channel_id`, then each of `channel_ids`.
std::vector<std::string> read_values(const Members& item) {
  std::vector<std::string> values;
  const bool named = item.given("channel_id") || item.given("channel_ids");
  if (!named) item.report("channel_id", "is required");
  if (auto value = item.string("channel_id")) values.push_back(std::move(*value));
  const auto more = item.array("channel_ids", kChannelIdsRule);
  if (!more) return values;
  for (const Json value : *more) {
    if (!value.is(JsonKind::string)) {
      item.report("channel_ids", kChannelIdsRule);
      return values;
    }
    values.emplace_back(value.text());
  }
  if (more->empty() && !item.given("channel_id")) item.report("channel_ids", "must not be empty without a channel_id");
  return values;
}

/// Only what is sent back as it was read has one; whatever else stands there makes no difference.
std::optional<core::ChannelId> channel_id_of(const Members& item) {
  const auto value = item.given("id");
  const auto id = value ? id_of(*value) : std::nullopt;
  return id ? std::optional(core::ChannelId(*id)) : std::nullopt;
}

void read_channel(const Members& item, std::size_t index, std::vector<core::ChannelDraft>& drafts) {
  if (!item.given("channel_type")) item.report("channel_type", "is required");
  const std::string type = item.string("channel_type").value_or("");
  const auto handle = item.string("channel_handle");
  const auto info = item.string("info_channel");
  const auto id = channel_id_of(item);
  for (std::string& value : read_values(item)) {
    drafts.push_back(
        {.type = type, .value = std::move(value), .handle = handle, .info = info, .id = id, .item = index});
  }
}

std::optional<std::vector<core::ChannelDraft>> read_channels(const Json& object, core::ContactPatch& patch) {
  const Members body(object, patch.problems);
  const auto items = body.array("contact_channels", "must be an array of objects with channel_type and channel_id");
  if (!items) return std::nullopt;
  std::vector<core::ChannelDraft> drafts;
  drafts.reserve(items->size());
  std::size_t index = 0;
  for (const Json item : *items) {
    const std::string path = "contact_channels[" + std::to_string(index) + "]";
    if (item.is(JsonKind::object)) {
      read_channel(Members(item, patch.problems, path + "."), index, drafts);
    } else {
      report(patch.problems, path, "must be an object with channel_type and channel_id");
    }
    ++index;
  }
  return drafts;
}

/// Blanks are no address. A member that is there but cannot be read counts: it has its own problem.
bool brings_address(const Json& body) {
  const auto filled = [&body](std::string_view name) {
    const auto value = body.given(name);
    return value && !(value->is(JsonKind::string) && core::trimmed(value->text()).empty());
  };
  const auto channels = body.given("contact_channels");
  return filled("phone") || filled("email") || (channels && !(channels->is(JsonKind::array) && channels->empty()));
}

}  // namespace

core::ContactPatch read_contact_patch(const Json& body, AddressRule rule) {
  core::ContactPatch patch = read_shared_fields(body);
  patch.channels = read_channels(body, patch);
  if (rule == AddressRule::required && !brings_address(body)) {
    report(patch.problems, "contact_channels",
           "is required: at least one {channel_type, channel_id}, or phone or email");
  }
  // A contact without a phone is shown with an empty one, and may be sent back so. A new one has nothing to clear.
  if (patch.phone && core::trimmed(*patch.phone).empty()) {
    patch.phone.reset();
    patch.clears_phone = rule == AddressRule::optional;
  }
  return core::normalised(std::move(patch));
}

void write_contact(JsonWriter& json, const core::Contact& contact, const core::Directory& directory,
                   const Dialect& dialect) {
  json.begin_object();
  write_shared_members(json, contact, directory);
  json.key("contact_channels");
  write_channels(json, contact, directory.team.id, dialect);
  json.end_object();
}

void write_channels(JsonWriter& json, const core::Contact& contact, core::TeamId team, const Dialect& dialect) {
  json.begin_array();
  for (const core::Channel& channel : contact.channels) write_channel(json, contact, channel, team, dialect);
  json.end_array();
}

void write_channel(JsonWriter& json, const core::Contact& contact, const core::Channel& channel, core::TeamId team,
                   const Dialect& dialect) {
  const bool as_strings = dialect.channel_ids == ChannelIds::strings;
  json.begin_object();
  json.key("id");
  as_strings ? json.string(std::to_string(channel.id.value())) : json.integer(channel.id.value());
  json.key("team_id").integer(team.value());
  json.key("contact_id");
  as_strings ? json.uuid(contact.uuid) : json.integer(contact.id.value());
  json.key("contact_uuid").uuid(contact.uuid);
  json.key("channel_type").string(channel.type);
  json.key("channel_id").string(channel.value);
  json.key("info_channel").string(channel.info);
  json.key("channel_handle").string(channel.handle);
  json.key("created").time(channel.created);
  json.key("updated").time(channel.updated);
  json.end_object();
}

}  // namespace cardfile::wire::v2
