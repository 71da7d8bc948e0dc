#pragma once
// Conditional requests (RFC 9110, 13): a contact's revision is its entity tag.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/command.h"
#include "core/error.h"
#include "http/message.h"

namespace cardfile::api {

/// "7", quotes included.
std::string entity_tag(std::int64_t rev);

/// The request's If-Match; none when there is none. Tags that are no revision of ours match nothing, as do weak ones:
/// If-Match compares strongly. A header that is no list of entity tags is added to `problems`.
std::optional<core::IfMatch> if_match(const http::Request& request, std::vector<core::FieldError>& problems);

/// Whether the request's If-None-Match names that revision, so that 304 answers it. A header that is no list of entity
/// tags names nothing: answering in full is always right.
bool none_match_names(const http::Request& request, std::int64_t rev);
/// The same for an entity tag that is no revision, without its quotes.
bool none_match_names(const http::Request& request, std::string_view wanted);

/// 304 with the entity tag and nothing else.
http::Response not_modified(std::int64_t rev);

}  // namespace cardfile::api
