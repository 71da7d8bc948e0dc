#pragma once
// check_directories(): the small things of each team against the change log.

#include <functional>
#include <string>

#include "store/sqlite/db.h"

namespace cardfile::store::sqlite {

using AddFinding = std::function<void(std::string finding)>;

/// Compares every team, user, custom field, tag, inbox, API key, API secret and webhook with what the change log made
/// of it, and calls `add` with a sentence for each that is another. What the log does not tell, the digest of a key and
/// a sealed secret, is not compared; a digest has to look like one. Throws SqliteError.
void check_directories(Connection& connection, const AddFinding& add);

}  // namespace cardfile::store::sqlite
