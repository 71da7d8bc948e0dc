#pragma once
// Absent: what programs may ask for that the real service has and Cardfile, which keeps contacts, has not.

#include <optional>
#include <string_view>

namespace cardfile::api {

/// What the path is about, "messages"; none when it is not a path of the real service that we know of.
std::optional<std::string_view> absent_feature(std::string_view path);

}  // namespace cardfile::api
