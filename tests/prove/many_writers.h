#pragma once
// many_writers: 64 clients write one contact, and nothing that one of them did is undone by another.

#include <optional>

#include "prove/campaign.h"
#include "prove/planted.h"

namespace cardfile::prove {

/// A unit: 64 connections to the real program, version 1 and 2 mixed. Each merges values into a custom field of its
/// own: at the end every field has its last value, and the revisions that were answered are all there are, each once.
/// Then all of them raise a counter in a custom field by reading it and writing one more on the condition that nobody
/// wrote since: it ends at the number of writes that were answered with 200. With a fault, the server is one in this
/// process.
void many_writers(Campaign& campaign, const std::optional<Plant>& plant);
void many_writers(Campaign& campaign);

}  // namespace cardfile::prove
