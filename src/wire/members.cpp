#include "wire/members.h"

#include "core/ids.h"

namespace cardfile::wire {

void report(std::vector<core::FieldError>& problems, std::string field, std::string_view message) {
  if (problems.size() < core::kProblemsMax) problems.push_back({std::move(field), std::string(message)});
}

void require_object(const Json& body) {
  if (!body.is(JsonKind::object)) throw core::Error(core::ErrorCode::bad_data, {{"body", "must be a JSON object"}});
}

std::optional<std::int64_t> id_of(const Json& value) {
  const bool is_readable = value.is(JsonKind::integer) || value.is(JsonKind::string);
  return is_readable ? core::parse_id(value.text()) : std::nullopt;
}

std::optional<std::string> Members::string(std::string_view name) const {
  const auto value = given(name);
  if (!value) return std::nullopt;
  if (value->is(JsonKind::string)) return std::string(value->text());
  report(name, "must be a string");
  return std::nullopt;
}

std::optional<Json> Members::array(std::string_view name, std::string_view rule) const {
  const auto value = given(name);
  if (!value || value->is(JsonKind::array)) return value;
  report(name, rule);
  return std::nullopt;
}

void Members::report(std::string_view name, std::string_view message) const {
  wire::report(problems_, path_ + std::string(name), message);
}

}  // namespace cardfile::wire
