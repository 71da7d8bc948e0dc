#pragma once
// JsonReply: the body of an answer, read.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "support/http_client.h"
#include "wire/json_in.h"

namespace cardfile::prove {

/// Throws core::Error when the body is no JSON. Values are as long-lived as this.
class JsonReply {
 public:
  explicit JsonReply(const test::HttpReply& reply) : value_(document_.parse(reply.body)) {}

  const wire::Json& value() const& { return value_; }
  const wire::Json& value() && = delete;

  /// A member of the body's object, or of the first object of its array.
  std::optional<wire::Json> find(std::string_view name) const& {
    if (!value_.is(wire::JsonKind::array)) return value_.find(name);
    return value_.empty() ? std::nullopt : (*value_.begin()).find(name);
  }
  std::optional<wire::Json> find(std::string_view name) && = delete;

  std::optional<bool> boolean(std::string_view name) const {
    const auto member = find(name);
    return member && member->is(wire::JsonKind::boolean) ? std::optional(member->boolean()) : std::nullopt;
  }
  std::optional<std::int64_t> integer(std::string_view name) const {
    const auto member = find(name);
    return member && member->is(wire::JsonKind::integer) ? std::optional(member->integer()) : std::nullopt;
  }
  /// Empty when there is none.
  std::string text(std::string_view name) const {
    const auto member = find(name);
    return std::string(member ? member->text() : std::string_view());
  }

 private:
  wire::JsonDocument document_;
  const wire::Json value_;
};

}  // namespace cardfile::prove
