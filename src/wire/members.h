#pragma once
// Members: the typed values of an object from outside, and what was wrong with them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "wire/json_in.h"

namespace cardfile::wire {

/// Adds a problem, unless there are core::kProblemsMax already.
void report(std::vector<core::FieldError>& problems, std::string field, std::string_view message);

/// Throws Error(bad_data) naming "body" unless `body` is an object.
void require_object(const Json& body);

/// An id, as clients send it: an integer, or a string of its digits. None when `value` is neither.
std::optional<std::int64_t> id_of(const Json& value);

/// Reads an object's members. One that is absent or null is not given; one of another type is reported and then not
/// given either. For as long as the document and `problems` live.
class Members {
 public:
  /// `path` stands before each name in a report: "contact_channels[0].".
  Members(const Json& object, std::vector<core::FieldError>& problems, std::string path = {})
      : object_(object), problems_(problems), path_(std::move(path)) {}

  std::optional<Json> given(std::string_view name) const { return object_.given(name); }
  std::optional<std::string> string(std::string_view name) const;
  std::optional<Json> array(std::string_view name, std::string_view rule) const;

  void report(std::string_view name, std::string_view message) const;

 private:
  Json object_;
  std::vector<core::FieldError>& problems_;
  std::string path_;
};

}  // namespace cardfile::wire
