#pragma once
// Bulk: what became of each item of a call that is one commit.

#include <variant>

#include "core/decide.h"
#include "core/error.h"
#include "store/store.h"

namespace cardfile::api {

/// The item's outcome, or why the rules refuse it. What is not the item's fault (the store takes no writes, we are
/// broken) concerns all of them, of which nothing is stored then: it is thrown.
std::variant<core::Outcome, core::Error> taken(store::Work& work);

}  // namespace cardfile::api
