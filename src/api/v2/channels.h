#pragma once
// Channels of a contact, one at a time (contract, 6). All but one answer with the contact's channels.

#include "api/call.h"
#include "base/task.h"
#include "http/message.h"

namespace cardfile::api::v2 {

base::Task<http::Response> add_channel(const Call& call);     // POST   /v2/contact/{contactID}/channel
base::Task<http::Response> update_channel(const Call& call);  // PUT    /v2/contact/{contactID}/channel
base::Task<http::Response> list_channels(const Call& call);   // GET    /v2/contact/{contactID}/channel
base::Task<http::Response> get_channel(const Call& call);     // GET    /v2/contact/{contactID}/channel/{channelID}
base::Task<http::Response> remove_channel(const Call& call);  // DELETE /v2/contact/{contactID}/channel/{channelID}
base::Task<http::Response> remove_named_channel(const Call& call);  // DELETE /v2/contact/{contactID}/channel

}  // namespace cardfile::api::v2
