#pragma once
// The members that docs/openapi.json lets a request's body have.

#include <functional>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace cardfile::test {

/// A member's name, empty for the body itself, and the name of the array or object for what is in one without a name of
/// its own; its schema where it is used; and the schema that this refers to, or itself.
using VisitMember =
    std::function<void(const std::string& name, const nlohmann::json& used, const nlohmann::json& schema)>;

/// All of them, at any depth. None where the operation takes no body.
void for_each_request_member(const nlohmann::json& document, const nlohmann::json& operation, const VisitMember& visit);

}  // namespace cardfile::test
