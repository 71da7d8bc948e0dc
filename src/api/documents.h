#pragma once
// Documents: the API described by the server itself, for programs and for people.

#include <string_view>

#include "api/call.h"
#include "base/task.h"
#include "http/message.h"

namespace cardfile::api {

/// docs/openapi.json, byte for byte, and the page that draws it. Both are part of the program.
std::string_view openapi_json();
std::string_view docs_page_html();

/// GET /openapi.json
base::Task<http::Response> get_openapi(const Call& call);

/// GET /docs: a page that loads nothing but /openapi.json.
base::Task<http::Response> get_docs(const Call& call);

}  // namespace cardfile::api
