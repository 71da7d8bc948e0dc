#pragma once
// read_your_writes: what was answered with 200 is seen at once, on every way and every connection.

#include <optional>

#include "prove/campaign.h"
#include "prove/planted.h"

namespace cardfile::prove {

/// A unit: eight threads write a contact each at the real program, in either version: they create, update, overwrite,
/// move to another phone, opt out, add channels and delete, in bulk calls too, write through the n8n node's surface and
/// rename the contact's tag. After each 200 every way of reading shows it, each on any of sixteen connections: by id,
/// UUID and phone, lists by time, search by channel and by id, filters, orders by name, counts, status, channels; and
/// what is no longer so is not shown. A contact is shown whole as it was written, and everywhere the same. With a
/// fault, the server is one in this process.
void read_your_writes(Campaign& campaign, const std::optional<Plant>& plant);
void read_your_writes(Campaign& campaign);

}  // namespace cardfile::prove
