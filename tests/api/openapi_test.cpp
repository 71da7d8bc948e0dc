// docs/openapi.json and the code say the same, and the server shows both the document and a page of it.

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>

#include "api/credentials.h"
#include "api/documents.h"
#include "api/routes.h"
#include "api/world.h"
#include "core/ids.h"
#include "core/patch.h"
#include "core/query.h"
#include "wire/bulk_json.h"
#include "wire/contact_query_json.h"
#include "wire/v1.h"

namespace cardfile::test {
namespace {

using nlohmann::json;

const json& document() {
  static const json parsed = json::parse(api::openapi_json());
  return parsed;
}

const json& resolved(const json& value) {
  if (!value.contains("$ref")) return value;
  return document().at(json::json_pointer(value["$ref"].get<std::string>().substr(1)));
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

using Visit = std::function<void(const std::string& path, const std::string& method, const json& operation)>;

void for_each_operation(const Visit& visit) {
  for (const auto& [path, item] : document()["paths"].items()) {
    for (const auto& [method, operation] : item.items()) visit(path, upper(method), operation);
  }
}

std::string name_of(const api::Route& route) { return std::string(route.method) + ' ' + std::string(route.pattern); }

/// Everything that stands under a key `schema` or in components/schemas, and the schemas in it.
void for_each_schema(const json& schema, const std::function<void(const json&)>& visit) {
  visit(schema);
  for (const char* key : {"items", "additionalProperties"}) {
    if (schema.contains(key) && schema[key].is_object()) for_each_schema(schema[key], visit);
  }
  for (const char* key : {"properties", "patternProperties", "x-with-setting", "allOf", "anyOf", "oneOf"}) {
    if (!schema.contains(key)) continue;
    for (const json& child : schema[key]) for_each_schema(child, visit);
  }
}

void for_each_schema_under(const json& value, const std::function<void(const json&)>& visit) {
  if (!value.is_structured()) return;
  for (const auto& [key, child] : value.items()) {
    if (key == "example") continue;
    if (key == "schema") {
      for_each_schema(child, visit);
    } else {
      for_each_schema_under(child, visit);
    }
  }
}

TEST(OpenApiDocument, HasEveryRouteAndNoOther) {
  std::set<std::string> served;
  for (const api::Route& route : api::routes()) served.insert(name_of(route));
  std::set<std::string> described;
  for_each_operation(
      [&](const std::string& path, const std::string& method, const json&) { described.insert(method + ' ' + path); });
  EXPECT_EQ(described, served);
}

/// The document's words for who may call.
json security_of(api::Access access) {
  switch (access) {
    case api::Access::anyone:
      return json::array();
    case api::Access::team:
      return document()["security"];
    case api::Access::n8n:
      return json::parse(R"([{"n8nKey":[]}])");
  }
  throw std::logic_error("no such access");
}

TEST(OpenApiDocument, AsksForTheCredentialsThatTheServerAsksFor) {
  std::map<std::string, json> asked;
  for (const api::Route& route : api::routes()) asked[name_of(route)] = security_of(route.access);
  std::map<std::string, json> described;
  for_each_operation([&](const std::string& path, const std::string& method, const json& operation) {
    const json security = operation.value("security", document()["security"]);
    described[method + ' ' + path] = security;
    EXPECT_EQ(security.empty(), !operation["responses"].contains("401")) << method << ' ' << path;
  });
  EXPECT_EQ(described, asked);
  EXPECT_EQ(document()["components"]["securitySchemes"]["n8nKey"]["name"], api::kN8nKeyHeader);
}

TEST(OpenApiDocument, NamesEachOperationOnce) {
  std::set<std::string> names;
  for_each_operation([&](const std::string& path, const std::string& method, const json& operation) {
    EXPECT_TRUE(names.insert(operation.at("operationId")).second) << method << ' ' << path;
  });
}

TEST(OpenApiDocument, DescribesEachParameterOfAPath) {
  const std::regex parameter(R"(\{([^}]+)\})");
  for_each_operation([&](const std::string& path, const std::string& method, const json& operation) {
    std::set<std::string> wanted;
    for (std::sregex_iterator found(path.begin(), path.end(), parameter), end; found != end; ++found) {
      wanted.insert(found->str(1));
    }
    std::set<std::string> described;
    for (const json& reference : operation.value("parameters", json::array())) {
      const json& known = resolved(reference);
      if (known["in"] == "path") described.insert(known["name"]);
    }
    EXPECT_EQ(described, wanted) << method << ' ' << path;
  });
}

TEST(OpenApiDocument, StatesTheLimitsOfTheCode) {
  const auto at = [](const char* pointer) {
    return document()["components"]["schemas"].at(json::json_pointer(pointer)).get<std::int64_t>();
  };
  EXPECT_EQ(at("/Id/maximum"), core::kIdMax);
  EXPECT_EQ(at("/ContactFields/properties/first/maxLength"), core::kTextMax);
  EXPECT_EQ(at("/ContactFields/properties/display_name/maxLength"), core::kDisplayNameMax);
  EXPECT_EQ(at("/ContactFields/properties/avatar/maxLength"), core::kAvatarMax);
  EXPECT_EQ(at("/CustomValues/patternProperties/^[1-9][0-9]*$/maxLength"), core::kCustomValueMax);
  EXPECT_EQ(at("/Contact/properties/tags/maxItems"), core::kTagsMax);
  EXPECT_EQ(at("/Channels/maxItems"), core::kChannelsMax);
  EXPECT_EQ(at("/ContactQuery/properties/limit/maximum"), core::kPageSizeMax);
  EXPECT_EQ(at("/BulkOutcome/properties/contacts/maxItems"), wire::kBulkItemsMax);
  EXPECT_EQ(at("/N8nContactWrite/properties/note/maxLength"), core::kNoteMax);
  EXPECT_EQ(at("/Note/properties/text/maxLength"), core::kNoteMax);
  EXPECT_EQ(at("/Contact/properties/note/maxItems"), core::kNotesMax);
  EXPECT_EQ(at("/BulkDelete/properties/contact_channels/items/properties/channel_ids/maxItems"),
            wire::kSearchValuesMax);
}

TEST(OpenApiDocument, KnowsHowFarAPageForACutTimeGoesOn) {
  for (const char* name : {"Contacts", "ContactsWithChannels"}) {
    const json& schema = document()["components"]["responses"][name]["content"]["application/json"]["schema"];
    EXPECT_EQ(schema.value("maxItems", 0U), core::kLongPageMax) << name;
  }
}

TEST(OpenApiDocument, HasTheVersionOfTheProgram) { EXPECT_EQ(document()["info"]["version"], CARDFILE_VERSION); }

/// What JSON Schema 2020-12, which OpenAPI 3.1 means, and draft 7, which the validator of these tests reads, take the
/// same way. Beside a $ref draft 7 reads nothing, so that nothing may stand there but a description.
TEST(OpenApiDocument, SaysNothingThatItsReadersTakeDifferently) {
  const std::set<std::string> known = {"type",
                                       "enum",
                                       "const",
                                       "properties",
                                       "patternProperties",
                                       "additionalProperties",
                                       "required",
                                       "items",
                                       "minItems",
                                       "maxItems",
                                       "minLength",
                                       "maxLength",
                                       "minimum",
                                       "maximum",
                                       "pattern",
                                       "format",
                                       "allOf",
                                       "anyOf",
                                       "oneOf",
                                       "default",
                                       "examples",
                                       "description"};
  int schemas = 0;
  const auto check = [&](const json& schema) {
    ++schemas;
    for (const auto& [keyword, value] : schema.items()) {
      if (schema.contains("$ref")) {
        EXPECT_TRUE(keyword == "$ref" || keyword == "description") << schema;
      } else {
        EXPECT_TRUE(known.contains(keyword) || keyword.starts_with("x-")) << keyword;
      }
    }
  };
  for_each_schema_under(document(), check);
  for (const json& schema : document()["components"]["schemas"]) for_each_schema(schema, check);
  EXPECT_GT(schemas, 300);
}

TEST(OpenApiDocument, KnowsEveryMemberOfOurAnswers) {
  const json& responses = document()["components"]["responses"];
  std::set<std::string> open;
  std::set<std::string> seen;
  const std::function<void(const json&, const std::string&)> look = [&](const json& schema, const std::string& name) {
    if (schema.contains("properties") && !schema.contains("additionalProperties")) open.insert(name);
    for_each_schema(schema, [&](const json& part) {
      if (&part != &schema && part.contains("properties") && !part.contains("additionalProperties")) open.insert(name);
      if (!part.contains("$ref")) return;
      const std::string reference = part["$ref"];
      if (seen.insert(reference).second) look(resolved(part), reference);
    });
  };
  for (const auto& [name, response] : responses.items()) {
    if (response.contains("content")) look(response["content"]["application/json"]["schema"], name);
  }
  // An error's schema is the common one or the n8n node's, which are closed, and the words of its status.
  std::erase_if(open, [](const std::string& name) {
    const json& schema = name.starts_with("#") ? resolved(json{{"$ref", name}}) : json();
    if (!schema.contains("allOf")) return false;
    const json& form = schema["allOf"][0]["$ref"];
    return form == "#/components/schemas/Error" || form == "#/components/schemas/N8nError";
  });
  EXPECT_EQ(open, std::set<std::string>());
}

TEST(OpenApiJson, IsServedAsItStandsInTheRepository) {
  World world;
  const Reply reply = world.send_bare("GET", "/openapi.json", "", {});
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("Content-Type"), "application/json");
  EXPECT_EQ(reply.body, api::openapi_json());
}

TEST(OpenApiJson, IsNotSentAgainToWhoHasIt) {
  World world;
  for (const char* path : {"/openapi.json", "/docs"}) {
    const Reply first = world.send_bare("GET", path, "", {});
    EXPECT_EQ(first.header("Cache-Control"), "no-cache");
    const Reply second = world.send_bare("GET", path, "", {{"If-None-Match", first.header("ETag")}});
    EXPECT_EQ(second.status, 304) << path;
    EXPECT_EQ(second.header("ETag"), first.header("ETag"));
    EXPECT_EQ(second.body, "");
    EXPECT_EQ(world.send_bare("GET", path, "", {{"If-None-Match", "\"another\""}}).status, 200) << path;
  }
}

TEST(OpenApiJson, TakesNoOtherMethod) {
  World world;
  for (const char* path : {"/openapi.json", "/docs"}) {
    const Reply reply = world.send_bare("POST", path, "{}", {});
    EXPECT_EQ(reply.status, 405);
    EXPECT_EQ(reply.header("Allow"), "GET, HEAD");
  }
}

TEST(DocsPage, LoadsNothingFromAnywhereElse) {
  World world;
  const Reply page = world.send_bare("GET", "/docs", "", {});
  EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8");
  const std::string policy = page.header("Content-Security-Policy");
  EXPECT_EQ(policy.find("default-src 'none'; script-src 'sha256-"), 0U) << policy;
  EXPECT_EQ(policy.find("unsafe"), std::string::npos) << policy;
  EXPECT_EQ(policy.find("http"), std::string::npos) << policy;
  const std::regex foreign(R"((src|href)\s*=\s*["']?(https?:)?//|@import|url\()");
  EXPECT_FALSE(std::regex_search(page.body, foreign));
}

}  // namespace
}  // namespace cardfile::test
