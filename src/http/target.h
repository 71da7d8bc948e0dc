#pragma once
// Request targets (RFC 9112, section 3.2).

#include <string_view>

#include "http/message.h"

namespace cardfile::http {

/// Fills path and query from method and target. Takes origin-form ("/path?query"), absolute-form ("http://host/path")
/// and "*" with OPTIONS; false for any other. An absolute-form without a path has the path "/".
bool split_target(Request& request);

/// Whether the text can be a Host header's value: a host with or without a port, or nothing.
bool is_host(std::string_view text);

}  // namespace cardfile::http
