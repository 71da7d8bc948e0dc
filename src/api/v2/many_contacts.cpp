#include "api/v2/many_contacts.h"

#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "api/bulk.h"
#include "core/contact_page.h"
#include "wire/bulk_json.h"
#include "wire/contact_query_json.h"
#include "wire/json_out.h"
#include "wire/v2.h"

namespace cardfile::api::v2 {

namespace {

http::Response show(const Call& call, const std::vector<core::Contact>& contacts) {
  const auto directory = call.directory();
  std::string body;
  wire::JsonWriter json(body);
  json.begin_array();
  for (const core::Contact& contact : contacts) wire::v2::write_contact(json, contact, *directory, call.parts.dialect);
  json.end_array();
  return ok(std::move(body));
}

/// Each contact once, by id (contract, 5.6). Throws when they hold more than an answer may.
std::vector<core::Contact> found(const Call& call, const wire::ContactSearch& search) {
  std::map<core::ContactId, core::Contact> by_id;
  core::ContactBytes bytes(core::kPageBytesMax);
  const auto add = [&](core::Contact contact) {
    if (by_id.contains(contact.id)) return;
    bytes.add(contact);
    by_id.emplace(contact.id, std::move(contact));
  };
  for (core::Contact& contact : call.parts.store.contacts_at(call.team, search.addresses)) add(std::move(contact));
  for (const core::Uuid& uuid : search.contacts) {
    if (auto contact = call.parts.store.contact(call.team, uuid)) add(std::move(*contact));
  }
  std::vector<core::Contact> contacts;
  contacts.reserve(by_id.size());
  for (auto& [id, contact] : by_id) contacts.push_back(std::move(contact));
  return contacts;
}

core::Action saving(const Call& call, wire::BulkItem item, core::CustomMode mode) {
  if (item.contact) {
    return core::UpdateContact{
        .key = *item.contact, .patch = std::move(item.patch), .custom_mode = mode, .if_match = {}};
  }
  return core::CreateContact{.uuid = call.parts.next_uuid(),
                             .id = {},
                             .patch = std::move(item.patch),
                             .custom_mode = mode,
                             .on_duplicate = call.parts.dialect.on_duplicate_phone};
}

/// {"contacts","failed_contacts"}, both in the order of the items of `body` (contract, 5.7).
http::Response show_saved(const Call& call, std::vector<store::Work>& works, std::string_view body) {
  const auto directory = call.directory();
  wire::JsonDocument document;
  const wire::Json items = wire::read_bulk(document.parse(body));
  std::string contacts;
  std::string failed;
  wire::JsonWriter contacts_json(contacts);
  wire::JsonWriter failed_json(failed);
  contacts_json.begin_object().key("contacts").begin_array();
  failed_json.begin_array();
  auto work = works.begin();
  for (const wire::Json item : items) {
    const auto result = taken(*work++);
    if (const auto* error = std::get_if<core::Error>(&result)) {
      wire::write_failed_bulk_item(failed_json, item, error->message());
    } else {
      const auto& saved = std::get<core::ContactSaved>(std::get<core::Outcome>(result));
      wire::v2::write_contact(contacts_json, *saved.contact, *directory, call.parts.dialect);
    }
  }
  failed_json.end_array();
  contacts_json.end_array().key("failed_contacts").raw(failed).end_object();
  return ok(std::move(contacts));
}

}  // namespace

base::Task<http::Response> list_contacts(const Call& call) {
  auto query = wire::v2::read_contact_query(call.parameters(), call.parts.dialect);
  const auto contacts = co_await call.contacts(std::move(query));
  co_return show(call, contacts);
}

base::Task<http::Response> search_contacts(const Call& call) {
  co_return show(call, found(call, wire::read_contact_search(call.body())));
}

base::Task<http::Response> save_contacts(const Call& call) {
  std::vector<core::FieldError> problems;
  const core::CustomMode mode = call.custom_mode(problems);
  std::vector<core::Action> actions;
  for (const wire::Json item : wire::read_bulk(call.body(), std::move(problems))) {
    actions.push_back(saving(call, wire::read_bulk_item(item), mode));
  }
  // Kept for the answer, which shows failed items as they were sent. It is the text that was read above, so that
  // reading it again cannot fail when all is committed; as a document it would take several times the room until then.
  const std::string body(call.body_text());
  std::vector<store::Work> works = co_await call.commit_all(std::move(actions), store::Contacts::kept);
  co_return show_saved(call, works, body);
}

base::Task<http::Response> delete_contacts(const Call& call) {
  std::vector<core::Action> actions;
  for (const core::Uuid& uuid : wire::read_contacts_to_delete(call.body())) {
    actions.emplace_back(core::DeleteContact{.key = uuid, .if_match = {}});
  }
  std::vector<store::Work> works = co_await call.commit_all(std::move(actions), store::Contacts::dropped);
  // A contact that is gone already is what the caller wants; nothing else can be wrong with an item.
  for (store::Work& work : works) taken(work);
  co_return ok(R"("ok")");
}

}  // namespace cardfile::api::v2
