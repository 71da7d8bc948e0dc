#pragma once
// Channel JSON: bodies of the channel endpoints (contract, 6).

#include <optional>
#include <string>
#include <vector>

#include "core/address.h"
#include "core/error.h"
#include "core/ids.h"
#include "core/patch.h"
#include "wire/json_in.h"

namespace cardfile::wire::v2 {

/// Body of POST and PUT /v2/contact/{contactID}/channel: `channel_type` and `channel_id` are required. `id`, as an
/// integer or a string of its digits, is read for PUT only. The patch is normalised. Throws Error(bad_data) when
/// `body` is no object; everything else that is wrong is in the patch's `problems`.
core::ChannelPatch read_channel_patch(const Json& body);
struct ChannelUpdate {
  std::optional<core::ChannelId> id;
  core::ChannelPatch patch;
};
ChannelUpdate read_channel_update(const Json& body);

/// The channel that DELETE /v2/contact/{contactID}/channel names: by the body's members, or, where one is missing, by
/// the query's parameter of the same name. Throws Error(bad_data) naming every field at fault, `others` of the request
/// among them; a member that is one of those is not named again.
struct ChannelQuery {
  std::optional<std::string> type;
  std::optional<std::string> value;
};
core::Address read_channel_address(const std::optional<Json>& body, ChannelQuery query,
                                   std::vector<core::FieldError> others = {});

}  // namespace cardfile::wire::v2
