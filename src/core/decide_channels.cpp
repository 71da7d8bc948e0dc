#include "core/decide_channels.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/address.h"
#include "core/contact_write.h"
#include "core/error.h"
#include "core/text.h"

namespace cardfile::core {

namespace {

bool has_value(const Channel& channel, std::string_view text) {
  if (channel.type == kPhone) return normalise_phone(text) == channel.value;
  return channel.address() == address_of(channel.type, trimmed(text));
}

auto with_address(const std::vector<Channel>& channels, const Address& address) {
  return std::find_if(channels.begin(), channels.end(), [&](const Channel& c) { return c.address() == address; });
}

/// The contact before a write to one of its channels, once nothing but the channel itself can be in the way.
SharedContact before_write(const ContactKey& key, const std::optional<IfMatch>& if_match, const TeamState& state) {
  auto contact = found_or_throw(state, key);
  throw_unless_accepted(if_match, contact->rev);
  return contact;
}

/// A value that another channel of this same contact has is a conflict too: a contact has no address twice.
void throw_if_owned(const Address& address, ContactId contact, const TeamState& state) {
  const auto owner = state.owner_of(address);
  if (!owner) return;
  const std::string whose =
      *owner == contact ? "another channel of the contact" : "contact " + std::to_string(owner->value());
  throw Error(ErrorCode::conflict, {{"channel_id", "belongs to " + whose + " already"}});
}

/// The channel that an update means: its id, or else the oldest of its type, which has the smallest id.
Channel& selected(std::vector<Channel>& channels, const UpdateChannel& action) {
  auto selected = channels.end();
  for (auto channel = channels.begin(); channel != channels.end(); ++channel) {
    const bool meant = action.id ? channel->id == *action.id : channel->type == action.patch.type;
    if (meant && (selected == channels.end() || channel->id < selected->id)) selected = channel;
  }
  if (selected != channels.end()) return *selected;
  if (action.id) throw Error(ErrorCode::not_found, "no channel of the contact has this id");
  throw Error(ErrorCode::not_found, "the contact has no channel of this type");
}

}  // namespace

const Channel& named_channel(const std::vector<Channel>& channels, const ChannelName& name) {
  const auto* address = std::get_if<Address>(&name);
  const std::string_view text = address ? std::string_view() : std::string_view(std::get<std::string>(name));
  const auto id = parse_id(text);
  auto found = channels.end();
  if (id) found = std::find_if(channels.begin(), channels.end(), [&](const Channel& c) { return c.id.value() == *id; });
  if (found == channels.end()) {
    found = std::find_if(channels.begin(), channels.end(),
                         [&](const Channel& c) { return address ? c.address() == *address : has_value(c, text); });
  }
  if (found == channels.end()) throw Error(ErrorCode::not_found, "the contact has no such channel");
  return *found;
}

Decision decide_action(AddChannel& action, const TeamState& state, Recorder& recorder) {
  auto before = before_write(action.key, action.if_match, state);
  ChannelPatch& patch = action.patch;
  throw_if_any(ErrorCode::bad_data, std::move(patch.problems));
  const Address address = address_of(patch.type, patch.value);
  if (with_address(before->channels, address) != before->channels.end()) {
    return recorder.decision(ContactSaved{std::move(before)});
  }
  Contact after = *before;
  auto& channels = after.channels;
  if (channels.size() >= kChannelsMax) {
    throw Error(ErrorCode::bad_data,
                {{"channel_id", "a contact has at most " + std::to_string(kChannelsMax) + " channels"}});
  }
  throw_if_owned(address, before->id, state);
  const Timestamp at = recorder.time();
  channels.push_back(
      {recorder.new_channel(), patch.type, patch.value, patch.handle.value_or(""), patch.info.value_or(""), at, at});
  return saved(recorded(std::move(before), std::move(after), state, recorder), recorder);
}

Decision decide_action(UpdateChannel& action, const TeamState& state, Recorder& recorder) {
  auto before = before_write(action.key, action.if_match, state);
  ChannelPatch& patch = action.patch;
  throw_if_any(ErrorCode::bad_data, std::move(patch.problems));
  Contact after = *before;
  Channel& channel = selected(after.channels, action);
  if (channel.type != patch.type) {
    throw Error(ErrorCode::bad_data, {{"channel_type", "must be the channel's type, which is " + channel.type}});
  }
  const Channel stored = channel;
  const Address address = address_of(patch.type, patch.value);
  if (address != channel.address()) throw_if_owned(address, before->id, state);
  channel.value = patch.value;
  if (patch.handle) channel.handle = *patch.handle;
  if (patch.info) channel.info = *patch.info;
  if (channel != stored) channel.updated = recorder.time();
  return saved(recorded(std::move(before), std::move(after), state, recorder), recorder);
}

Decision decide_action(RemoveChannel& action, const TeamState& state, Recorder& recorder) {
  auto before = before_write(action.key, action.if_match, state);
  Contact after = *before;
  const ChannelId id = named_channel(before->channels, action.name).id;
  std::erase_if(after.channels, [&](const Channel& channel) { return channel.id == id; });
  return saved(recorded(std::move(before), std::move(after), state, recorder), recorder);
}

}  // namespace cardfile::core
