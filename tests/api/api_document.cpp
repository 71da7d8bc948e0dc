#include "api/api_document.h"

#include <locale>
#include <map>
#include <mutex>
#include <optional>
#include <regex>
#include <stdexcept>

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "core/text.h"
#include "http/router.h"

namespace cardfile::test {

namespace {

using nlohmann::json;
using Faults = std::vector<std::string>;

/// Patterns are compiled as they are met, by any thread, for which libstdc++ fills a table of the locale's that it does
/// not guard: it is filled before.
void fill_table_of_narrow_characters() {
  const std::locale locale;
  const auto& characters = std::use_facet<std::ctype<char>>(locale);
  for (int c = 0; c < 256; ++c) static_cast<void>(characters.narrow(static_cast<char>(c), '\0'));
}

/// Puts every schema that one of the settings changes in the place of the default one.
void apply(json& value, const std::set<std::string>& settings) {
  const auto choices = value.is_object() ? value.find("x-with-setting") : value.end();
  if (value.is_object() && choices != value.end()) {
    for (const auto& [setting, schema] : choices->items()) {
      if (!settings.contains(setting)) continue;
      json chosen = schema;
      value = std::move(chosen);
      return;
    }
  }
  if (!value.is_structured()) return;
  for (json& child : value) apply(child, settings);
}

std::string shown(const valijson::ValidationResults::Error& error) {
  std::string text;
  for (const std::string& step : error.context) text += step;
  return text + ": " + error.description;
}

/// The most exact of the answers that an operation has for a status: the status, its hundred, or the default.
const json* response_of(const json& responses, int status) {
  for (const std::string& key : {std::to_string(status), std::to_string(status / 100) + "XX", std::string("default")}) {
    if (const auto found = responses.find(key); found != responses.end()) return &*found;
  }
  return nullptr;
}

/// Errors of the n8n node's surface have their own form, be there something at the path or not.
bool is_of_n8n(std::string_view target) {
  const std::string path = std::string(target.substr(0, target.find('?'))) + '/';
  return std::regex_search(path, std::regex("^/+n8n/"));
}

/// An item that failed may be anything at all: bulk calls succeed nevertheless.
bool has_failed_items(const Reply& reply) {
  const json body = json::parse(reply.body, nullptr, false);
  if (body.is_array()) {
    for (const json& item : body) {
      if (item.is_object() && item.contains("error")) return true;
    }
  }
  return body.is_object() && body.contains("failed_contacts") && !body["failed_contacts"].empty();
}

}  // namespace

class ApiDocument::Impl {
 public:
  Impl(std::string_view text, const std::set<std::string>& settings) : document_(json::parse(text)) {
    fill_table_of_narrow_characters();
    apply(document_["components"]["schemas"], settings);
    for (const auto& [path, item] : document_["paths"].items()) {
      for (const auto& [method, operation] : item.items()) {
        std::string upper = method;
        for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        router_.add(upper, path);
        operations_.push_back(&operation);
      }
    }
  }

  Faults faults(std::string_view method, std::string_view target, std::string_view request_body,
                const Reply& reply) const {
    const auto match = router_.find(method, target.substr(0, target.find('?')));
    if (!match) return faults_of_unrouted(target, reply);
    const json& operation = *operations_[match->route];
    const json* response = response_of(operation["responses"], reply.status);
    if (response == nullptr) return {"has no status " + std::to_string(reply.status)};
    Faults faults = faults_of_answer(resolved(*response), reply);
    if (reply.status == 200 && operation.contains("requestBody")) {
      add_faults_of_request(resolved(operation["requestBody"]), request_body, reply, faults);
    }
    return faults;
  }

 private:
  Faults faults_of_unrouted(std::string_view target, const Reply& reply) const {
    Faults faults;
    if (reply.status != 404 && reply.status != 405 && reply.status != 501) {
      faults.push_back("has no such operation, and it is answered " + std::to_string(reply.status));
    }
    if (reply.status == 405 && reply.header("Allow").empty()) faults.push_back("a 405 has no Allow");
    const char* error = is_of_n8n(target) ? "#/components/schemas/N8nError" : "#/components/schemas/Error";
    add_faults_of_json(json{{"$ref", error}}, reply.body, "the answer", faults);
    return faults;
  }

  Faults faults_of_answer(const json& response, const Reply& reply) const {
    Faults faults;
    const json headers = response.value("headers", json::object());
    for (const auto& [name, header] : headers.items()) {
      add_faults_of_header(name, resolved(header), reply, faults);
    }
    if (!response.contains("content")) {
      if (!reply.body.empty()) faults.push_back("has no body for this answer");
      return faults;
    }
    const json& content = response["content"];
    const std::string type = reply.header("Content-Type");
    if (!content.contains(type)) {
      faults.push_back("has no content type '" + type + "' for this answer");
    } else if (type == "application/json") {
      add_faults_of_json(content[type]["schema"], reply.body, "the answer", faults);
    }
    return faults;
  }

  void add_faults_of_header(const std::string& name, const json& header, const Reply& reply, Faults& faults) const {
    const std::string value = reply.header(name);
    if (!value.empty()) {
      add_faults(header["schema"], json(value), "the header " + name, faults);
    } else if (header.value("required", false)) {
      faults.push_back("has the header " + name + ", and the answer has not");
    }
  }

  void add_faults_of_request(const json& request, std::string_view body, const Reply& reply, Faults& faults) const {
    if (core::trimmed(body).empty()) {
      if (request.value("required", false)) faults.push_back("requires a body, and the server does without");
    } else if (!has_failed_items(reply)) {
      add_faults_of_json(request["content"]["application/json"]["schema"], body, "a request that succeeds", faults);
    }
  }

  void add_faults_of_json(const json& schema, std::string_view text, const std::string& what, Faults& faults) const {
    const json value = json::parse(text, nullptr, false);
    if (value.is_discarded()) {
      faults.push_back(what + " is no JSON: " + std::string(text));
    } else {
      add_faults(schema, value, what, faults);
    }
  }

  void add_faults(const json& schema, const json& value, const std::string& what, Faults& faults) const {
    valijson::Validator validator;
    valijson::ValidationResults results;
    const valijson::adapters::NlohmannJsonAdapter target(value);
    if (validator.validate(compiled(schema), target, &results)) return;
    valijson::ValidationResults::Error error;
    while (results.popError(error)) faults.push_back("forbids " + what + ": " + shown(error));
  }

  /// Schemas are compiled when they are first needed: most tests need few.
  const valijson::Schema& compiled(const json& schema) const {
    const std::lock_guard lock(mutex_);
    std::unique_ptr<valijson::Schema>& known = schemas_[schema.dump()];
    if (!known) {
      const json root = {{"allOf", {schema}}, {"components", {{"schemas", document_["components"]["schemas"]}}}};
      known = std::make_unique<valijson::Schema>();
      valijson::SchemaParser(valijson::SchemaParser::kDraft7)
          .populateSchema(valijson::adapters::NlohmannJsonAdapter(root), *known);
    }
    return *known;
  }

  const json& resolved(const json& value) const {
    const auto reference = value.find("$ref");
    if (reference == value.end()) return value;
    return document_.at(json::json_pointer(reference->get<std::string>().substr(1)));
  }

  json document_;
  http::Router router_;
  std::vector<const json*> operations_;  // In the order of the router's routes.

  mutable std::mutex mutex_;
  mutable std::map<std::string, std::unique_ptr<valijson::Schema>> schemas_;  // Guarded by mutex_; by their text.
};

ApiDocument::ApiDocument(std::string_view text, const std::set<std::string>& settings)
    : impl_(std::make_unique<Impl>(text, settings)) {}

ApiDocument::~ApiDocument() = default;

std::vector<std::string> ApiDocument::faults(std::string_view method, std::string_view target,
                                             std::string_view request_body, const Reply& reply) const {
  return impl_->faults(method, target, request_body, reply);
}

}  // namespace cardfile::test
