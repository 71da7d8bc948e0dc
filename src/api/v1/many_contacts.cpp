#include "api/v1/many_contacts.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "api/bulk.h"
#include "wire/bulk_json.h"
#include "wire/contact_query_json.h"
#include "wire/json_out.h"
#include "wire/v1.h"

namespace cardfile::api::v1 {

namespace {

/// Without `overwrite` a contact that has the phone already stays as it is; with it, it is updated and its custom
/// values are replaced (contract, 3.8).
core::Action creation(const Call& call, const wire::Json& item, core::CustomMode mode) {
  const bool overwrites = mode == core::CustomMode::overwrite;
  return core::CreateContact{.uuid = call.parts.next_uuid(),
                             .id = {},
                             .patch = wire::read_batch_item(item),
                             .custom_mode = mode,
                             .on_duplicate = overwrites ? core::OnDuplicate::upsert : core::OnDuplicate::keep};
}

store::Contacts contacts_of_answer(const Call& call) {
  const bool shows_contacts = call.parts.dialect.batch_answer == wire::BatchAnswer::contacts;
  return shows_contacts ? store::Contacts::kept : store::Contacts::dropped;
}

/// "ok", or the failed ones of the items of `body` as they were sent; or, as the dialect has it, all of them.
http::Response show(const Call& call, std::vector<store::Work>& works, std::string_view body) {
  const bool shows_contacts = contacts_of_answer(call) == store::Contacts::kept;
  const auto directory = call.directory();
  wire::JsonDocument document;
  const wire::Json items = wire::read_batch(document.parse(body));
  std::string answer;
  wire::JsonWriter json(answer);
  json.begin_array();
  bool any_failed = false;
  auto work = works.begin();
  for (const wire::Json item : items) {
    const auto result = taken(*work++);
    if (const auto* error = std::get_if<core::Error>(&result)) {
      any_failed = true;
      wire::write_failed_batch_item(json, item, error->message());
    } else if (shows_contacts) {
      const auto& saved = std::get<core::ContactSaved>(std::get<core::Outcome>(result));
      wire::v1::write_contact(json, *saved.contact, *directory);
    }
  }
  json.end_array();
  return ok(any_failed || shows_contacts ? std::move(answer) : R"("ok")");
}

}  // namespace

base::Task<http::Response> list_contacts(const Call& call) {
  auto query = wire::v1::read_contact_query(call.parameters(), call.parts.dialect);
  const auto contacts = co_await call.contacts(std::move(query));
  const auto directory = call.directory();
  std::string body;
  wire::JsonWriter json(body);
  json.begin_array();
  for (const core::Contact& contact : contacts) wire::v1::write_contact(json, contact, *directory);
  json.end_array();
  co_return ok(std::move(body));
}

base::Task<http::Response> count_contacts(const Call& call) {
  auto query = wire::v1::read_contact_query(call.parameters(), call.parts.dialect);
  const auto count = co_await call.count(std::move(query));
  if (call.parts.dialect.count_answer == wire::CountAnswer::number) co_return ok(std::to_string(count));
  std::string body;
  wire::JsonWriter json(body);
  json.begin_object().key("count").integer(count).end_object();
  co_return ok(std::move(body));
}

base::Task<http::Response> create_contacts(const Call& call) {
  std::vector<core::FieldError> problems;
  const core::CustomMode mode = call.custom_mode(problems);
  std::vector<core::Action> actions;
  for (const wire::Json item : wire::read_batch(call.body(), std::move(problems))) {
    actions.push_back(creation(call, item, mode));
  }
  // Kept for the answer, which shows failed items as they were sent. It is the text that was read above, so that
  // reading it again cannot fail when all is committed; as a document it would take several times the room until then.
  const std::string body(call.body_text());
  std::vector<store::Work> works = co_await call.commit_all(std::move(actions), contacts_of_answer(call));
  co_return show(call, works, body);
}

}  // namespace cardfile::api::v1
