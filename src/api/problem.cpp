#include "api/problem.h"

#include <string>
#include <string_view>

#include "wire/json_out.h"

namespace cardfile::api {

namespace {

/// The members that every error has.
void begin(wire::JsonWriter& json, std::string_view code, std::string_view message) {
  json.begin_object().key("error").string(code).key("error_code").string(code).key("message").string(message);
}

void end(wire::JsonWriter& json, const core::Uuid& request_id) { json.key("request_id").uuid(request_id).end_object(); }

void write_fields(wire::JsonWriter& json, const std::vector<core::FieldError>& errors) {
  json.key("field").string(errors.front().field).key("errors").begin_array();
  for (const core::FieldError& error : errors) {
    json.begin_object().key("field").string(error.field).key("message").string(error.message).end_object();
  }
  json.end_array();
}

std::string_view code_of(int status) {
  switch (status) {
    case 408:
      return "timeout";
    case 413:
      return "payload_too_large";
    case 431:
      return "headers_too_large";
    case 500:
      return "internal_error";
    case 501:
      return "not_implemented";
    case 503:
      return "unavailable";
    default:
      return "bad_data";
  }
}

}  // namespace

int status_of(core::ErrorCode code) {
  using core::ErrorCode;
  switch (code) {
    case ErrorCode::bad_data:
      return 400;
    case ErrorCode::unauthorized:
      return 401;
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::method_not_allowed:
      return 405;
    case ErrorCode::conflict:
      return 409;
    case ErrorCode::precondition_failed:
      return 412;
    case ErrorCode::unsupported_media_type:
      return 415;
    case ErrorCode::rate_limited:
      return 429;
    case ErrorCode::not_implemented:
      return 501;
    case ErrorCode::unavailable:
      return 503;
    case ErrorCode::internal_error:
      return 500;
  }
  return 500;
}

http::Response problem(const core::Error& error, const core::Uuid& request_id) {
  http::Response response{.status = status_of(error.code()), .body = {}, .headers = {}};
  wire::JsonWriter json(response.body);
  begin(json, core::to_string(error.code()), error.message());
  if (!error.errors().empty()) write_fields(json, error.errors());
  if (const auto rev = error.stored_rev()) json.key("rev").integer(*rev);
  end(json, request_id);
  // RFC 9110, 11.6.1: a 401 says how to come back.
  if (error.code() == core::ErrorCode::unauthorized) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

http::Response problem(const http::ProtocolError& error, const core::Uuid& request_id) {
  http::Response response{.status = error.status, .body = {}, .headers = {}};
  wire::JsonWriter json(response.body);
  begin(json, code_of(error.status), error.message);
  end(json, request_id);
  if (error.status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace cardfile::api
