#pragma once
// same_answers: whatever is asked over HTTP, SQLite and the reference engine answer the same and end in the same state.

#include "prove/campaign.h"
#include "prove/planted.h"

namespace cardfile::prove {

/// A unit: a thousand random requests of two teams, of version 1 and 2 and the n8n node, each sent over a socket to a
/// server on SQLite and to one on the engine in memory, which have one clock and give the same ids. Status, headers and
/// body are the same. So are contacts, directory, lists and change log at the end, once more after SQLite was closed
/// and opened again; both stores are sound, and their change logs, replayed from empty, give their contacts. The fault
/// is planted before SQLite.
void same_answers(Campaign& campaign, const Plant& plant);
void same_answers(Campaign& campaign);

}  // namespace cardfile::prove
