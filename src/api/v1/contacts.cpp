#include "api/v1/contacts.h"

#include <string>
#include <variant>

#include "api/conditional.h"
#include "core/error.h"
#include "wire/json_out.h"
#include "wire/v1.h"

namespace cardfile::api::v1 {

namespace {

/// {"id","rev","uuid"}: what v1 answers to a write (contract, 3.1 and 3.4).
http::Response show_saved(const core::Contact& contact) {
  std::string body;
  wire::JsonWriter json(body);
  wire::v1::write_saved(json, contact);
  return ok_contact(std::move(body), contact.rev);
}

http::Response show(const Call& call, const core::Contact& contact) {
  std::string body;
  wire::JsonWriter json(body);
  wire::v1::write_contact(json, contact, *call.directory());
  return ok_contact(std::move(body), contact.rev);
}

/// A path that names nobody is answered before the store is asked, so the team's fields are looked up here.
core::ContactId contact_id(const Call& call, const core::ContactPatch& patch) {
  if (patch.custom_problems.empty()) return call.contact_id(patch.problems);
  return call.contact_id(core::problems_of(patch, *call.directory()));
}

core::Contact found(const Call& call, const wire::v1::ContactSelector& selector) {
  if (const auto* id = std::get_if<core::ContactId>(&selector)) return call.contact(*id);
  auto contact = call.parts.store.contact_at(call.team, std::get<core::Address>(selector));
  if (!contact) throw core::Error(core::ErrorCode::not_found, "no contact has this phone");
  return std::move(*contact);
}

}  // namespace

base::Task<http::Response> create_contact(const Call& call) {
  core::CreateContact create{.uuid = call.parts.next_uuid(),
                             .id = {},
                             .patch = wire::v1::read_contact_patch(call.body()),
                             .on_duplicate = call.parts.dialect.on_duplicate_phone};
  const core::Outcome outcome = co_await call.commit(std::move(create));
  co_return show_saved(*std::get<core::ContactSaved>(outcome).contact);
}

base::Task<http::Response> get_contact(const Call& call) {
  const core::Contact contact = call.contact(call.contact_id());
  // A tag's name is shown with the contact, and its changes raise no contact's revision.
  const bool is_as_saved = call.directory()->has_unchanged_tags(contact);
  if (is_as_saved && none_match_names(call.request, contact.rev)) co_return not_modified(contact.rev);
  co_return show(call, contact);
}

base::Task<http::Response> update_contact(const Call& call) {
  core::UpdateContact update;
  update.patch = wire::v1::read_contact_patch(call.body());
  update.custom_mode = call.custom_mode(update.patch.problems);
  update.if_match = if_match(call.request, update.patch.problems);
  update.key = contact_id(call, update.patch);
  const core::Outcome outcome = co_await call.commit(std::move(update));
  co_return show_saved(*std::get<core::ContactSaved>(outcome).contact);
}

base::Task<http::Response> delete_contact(const Call& call) {
  std::vector<core::FieldError> problems;
  core::DeleteContact remove;
  remove.if_match = if_match(call.request, problems);
  remove.key = call.contact_id(problems);
  core::throw_if_any(core::ErrorCode::bad_data, std::move(problems));
  co_await call.commit(std::move(remove));
  co_return ok(R"("ok")");
}

base::Task<http::Response> find_contact(const Call& call) {
  co_return show(call, found(call, wire::v1::read_contact_selector(call.body())));
}

}  // namespace cardfile::api::v1
