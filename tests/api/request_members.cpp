#include "api/request_members.h"

#include <nlohmann/json.hpp>

namespace cardfile::test {
namespace {

using nlohmann::json;

const json& resolved(const json& document, const json& value) {
  const auto reference = value.find("$ref");
  if (reference == value.end()) return value;
  return document.at(json::json_pointer(reference->get<std::string>().substr(1)));
}

void visit_all(const json& document, const std::string& name, const json& used, const VisitMember& visit) {
  const json& schema = resolved(document, used);
  visit(name, used, schema);
  for (const char* choice : {"allOf", "anyOf", "oneOf"})
    for (const json& part : schema.value(choice, json::array())) visit_all(document, name, part, visit);
  for (const char* inner : {"items", "additionalProperties"})
    if (schema.contains(inner) && schema[inner].is_object()) visit_all(document, name, schema[inner], visit);
  const json members = schema.value("properties", json::object());
  for (const auto& [member, value] : members.items()) visit_all(document, member, value, visit);
}

}  // namespace

void for_each_request_member(const json& document, const json& operation, const VisitMember& visit) {
  if (!operation.contains("requestBody")) return;
  const json& body = resolved(document, operation["requestBody"]);
  visit_all(document, "", body.at("content").at("application/json").at("schema"), visit);
}

}  // namespace cardfile::test
