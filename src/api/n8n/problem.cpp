#include "api/n8n/problem.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "api/credentials.h"
#include "api/problem.h"
#include "http/path.h"
#include "wire/json_out.h"

namespace cardfile::api::n8n {

namespace {

bool is_phone(const core::FieldError& error) {
  return error.field == "phone_number" || error.field == "phones" || error.field.starts_with("phones[");
}

bool is_inbox(const core::FieldError& error) { return error.field == "inbox_id"; }

std::string_view code_of(const core::Error& error) {
  if (error.code() == core::ErrorCode::bad_data) {
    if (std::ranges::any_of(error.errors(), is_phone)) return "invalid_phone_number";
    if (std::ranges::any_of(error.errors(), is_inbox)) return "inbox_not_found";
  }
  return core::to_string(error.code());
}

http::Response refusal(int status, std::string_view code, std::string_view message) {
  http::Response response{.status = status, .body = {}, .headers = {}};
  wire::JsonWriter json(response.body);
  json.begin_object().key("error_code").string(code).key("message").string(message).end_object();
  return response;
}

}  // namespace

bool is_called(const http::Request& request) { return http::PathSegments(request.path).next() == "n8n"; }

http::Response problem(const core::Error& error) {
  return refusal(status_of(error.code()), code_of(error), error.message());
}

http::Response stranger(const http::Request& request) {
  const int status = status_of(core::ErrorCode::unauthorized);
  const std::string header(kN8nKeyHeader);
  if (request.header(kN8nKeyHeader).empty()) {
    return refusal(status, "missing_api_key", "send a key of the kind n8n: " + header + ": <key>");
  }
  return refusal(status, "invalid_api_key", header + " is no valid key of the kind n8n");
}

}  // namespace cardfile::api::n8n
