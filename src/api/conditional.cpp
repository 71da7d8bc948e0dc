#include "api/conditional.h"

#include <algorithm>
#include <vector>

#include "core/ids.h"
#include "core/text.h"

namespace cardfile::api {

namespace {

struct EntityTag {
  bool weak = false;
  std::string_view value;
};

bool is_tag_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x21 && byte != 0x22 && byte != 0x7f;
}

/// The tags of `1#entity-tag` (RFC 9110, 8.8.3); none when the text is anything else. Empty elements do not count
/// (RFC 9110, 5.6.1.2).
std::optional<std::vector<EntityTag>> parse_tags(std::string_view text) {
  std::vector<EntityTag> tags;
  while (true) {
    text = text.substr(std::min(text.find_first_not_of(" \t,"), text.size()));
    if (text.empty()) return tags.empty() ? std::nullopt : std::optional(tags);
    EntityTag tag;
    if (text.starts_with("W/")) {
      tag.weak = true;
      text.remove_prefix(2);
    }
    if (!text.starts_with('"')) return std::nullopt;
    const std::size_t end = text.find('"', 1);
    if (end == std::string_view::npos) return std::nullopt;
    tag.value = text.substr(1, end - 1);
    for (const char c : tag.value) {
      if (!is_tag_character(c)) return std::nullopt;
    }
    tags.push_back(tag);
    text = core::trimmed(text.substr(end + 1));
    if (!text.empty() && !text.starts_with(',')) return std::nullopt;
  }
}

/// All headers of that name as one list, as RFC 9110, 5.3 has it.
std::string joined(const http::Request& request, std::string_view name) {
  std::string list;
  for (const auto& [header, value] : request.headers) {
    if (core::lower_ascii(header) != name) continue;
    if (!list.empty()) list += ',';
    list += value;
  }
  return list;
}

}  // namespace

std::string entity_tag(std::int64_t rev) { return '"' + std::to_string(rev) + '"'; }

std::optional<core::IfMatch> if_match(const http::Request& request, std::vector<core::FieldError>& problems) {
  if (!request.has_header("If-Match")) return std::nullopt;
  const std::string list = joined(request, "if-match");
  if (core::trimmed(list) == "*") return core::IfMatch{.any = true, .revs = {}};
  const auto tags = parse_tags(list);
  if (!tags) {
    problems.push_back({"If-Match", "must be * or revisions in quotes, such as \"7\""});
    return std::nullopt;
  }
  core::IfMatch condition;
  for (const EntityTag& tag : *tags) {
    const auto rev = core::parse_id(tag.value);
    if (rev && !tag.weak) condition.revs.push_back(*rev);
  }
  return condition;
}

bool none_match_names(const http::Request& request, std::int64_t rev) {
  return none_match_names(request, std::to_string(rev));
}

bool none_match_names(const http::Request& request, std::string_view wanted) {
  if (!request.has_header("If-None-Match")) return false;
  const std::string list = joined(request, "if-none-match");
  if (core::trimmed(list) == "*") return true;
  const auto tags = parse_tags(list);
  if (!tags) return false;
  for (const EntityTag& tag : *tags) {
    if (tag.value == wanted) return true;
  }
  return false;
}

http::Response not_modified(std::int64_t rev) {
  http::Response response{.status = 304, .body = {}, .headers = {}};
  response.headers.emplace_back("ETag", entity_tag(rev));
  return response;
}

}  // namespace cardfile::api
