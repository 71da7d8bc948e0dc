#include "api/absent.h"

#include <algorithm>
#include <array>

#include "http/path.h"

namespace cardfile::api {

namespace {

struct AbsentPaths {
  std::string_view segment;  // The one that follows the version, with all that is below it.
  std::string_view feature;
};

constexpr auto kAbsent = std::to_array<AbsentPaths>({
    {"message", "messages"},
    {"messages", "messages"},
    {"email", "e-mail messages"},
    {"conversation", "conversations"},
    {"conversations", "conversations"},
    {"schedule", "scheduled messages"},
    {"schedules", "scheduled messages"},
    {"template", "message templates"},
    {"templates", "message templates"},
    {"survey", "surveys"},
    {"surveys", "surveys"},
});

}  // namespace

std::optional<std::string_view> absent_feature(std::string_view path) {
  http::PathSegments segments(path);
  const std::string_view version = segments.next();
  if (version != "v1" && version != "v2") return std::nullopt;
  const std::string_view segment = segments.next();
  const auto* found =
      std::find_if(kAbsent.begin(), kAbsent.end(), [&](const AbsentPaths& paths) { return paths.segment == segment; });
  return found == kAbsent.end() ? std::nullopt : std::optional(found->feature);
}

}  // namespace cardfile::api
