#pragma once
// Change JSON: what an entry of the change log says of the fields, as the text of a column.

#include <string>
#include <string_view>
#include <vector>

#include "core/change.h"

namespace cardfile::wire {

/// {"first":["Ada","Grace"],"custom.12":[null,"pro"]}: each field with what it was and what it became, in the order
/// given; a field stands there once. Channels have the form of their column (columns.h). A list is one of channels in
/// the field "channels" and one of integers in every other, so that an empty one can be told too.
std::string changes_to_json(const std::vector<core::FieldChange>& changes);

/// The changes that changes_to_json() was given. Throws std::runtime_error for any other text: the store is damaged.
std::vector<core::FieldChange> parse_changes(std::string_view text);

}  // namespace cardfile::wire
