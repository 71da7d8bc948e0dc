#include "core/error.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace cardfile::core {

namespace {

std::vector<FieldError> first_of(std::vector<FieldError> errors) {
  errors.resize(std::min(errors.size(), kProblemsMax));
  return errors;
}

std::string sentence(const std::vector<FieldError>& errors) {
  std::string text;
  for (const FieldError& error : errors) {
    if (!text.empty()) text += "; ";
    text += error.field + ": " + error.message;
  }
  return text;
}

}  // namespace

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::bad_data:
      return "bad_data";
    case ErrorCode::unauthorized:
      return "unauthorized";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::method_not_allowed:
      return "method_not_allowed";
    case ErrorCode::conflict:
      return "conflict";
    case ErrorCode::precondition_failed:
      return "precondition_failed";
    case ErrorCode::unsupported_media_type:
      return "unsupported_media_type";
    case ErrorCode::rate_limited:
      return "rate_limited";
    case ErrorCode::not_implemented:
      return "not_implemented";
    case ErrorCode::unavailable:
      return "unavailable";
    case ErrorCode::internal_error:
      return "internal_error";
  }
  return "internal_error";
}

Error::Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

Error::Error(ErrorCode code, std::vector<FieldError> errors) : code_(code), errors_(first_of(std::move(errors))) {
  assert(!errors_.empty());
  message_ = sentence(errors_);
}

Error Error::precondition_failed(std::int64_t stored_rev) {
  Error error(ErrorCode::precondition_failed,
              "the contact is at revision " + std::to_string(stored_rev) + " now: read it again before changing it");
  error.stored_rev_ = stored_rev;
  return error;
}

void throw_if_any(ErrorCode code, std::vector<FieldError> errors) {
  if (!errors.empty()) throw Error(code, std::move(errors));
}

}  // namespace cardfile::core
