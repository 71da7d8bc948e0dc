#pragma once
// Bulk: what became of each item of a call that is one commit.

#include <variant>

#include "core/decide.h"
#include "core/error.h"
#include "store/store.h"

namespace cardfile::api {

/// The item's outcome, or why the rules refuse it. What is not the item's fault is thrown, and answers the whole call:
/// the store takes no writes, and nothing is stored; or we are broken, and other items may be.
std::variant<core::Outcome, core::Error> taken(store::Work& work);

}  // namespace cardfile::api
