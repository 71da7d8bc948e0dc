#include "api/v2/contacts.h"

#include <string>
#include <variant>

#include "api/conditional.h"
#include "wire/json_out.h"
#include "wire/v2.h"

namespace cardfile::api::v2 {

namespace {

/// Every v2 answer with a contact has the whole of it (contract, 5).
http::Response show(const Call& call, const core::Contact& contact) {
  std::string body;
  wire::JsonWriter json(body);
  wire::v2::write_contact(json, contact, *call.directory(), call.parts.dialect);
  return ok_contact(std::move(body), contact.rev);
}

}  // namespace

base::Task<http::Response> create_contact(const Call& call) {
  core::CreateContact create{.uuid = call.parts.next_uuid(),
                             .id = {},
                             .patch = wire::v2::read_contact_patch(call.body(), wire::v2::AddressRule::required),
                             .on_duplicate = call.parts.dialect.on_duplicate_phone};
  const core::Outcome outcome = co_await call.commit(std::move(create));
  co_return show(call, *std::get<core::ContactSaved>(outcome).contact);
}

base::Task<http::Response> get_contact(const Call& call) {
  const core::Contact contact = call.contact(call.contact_uuid());
  // A tag's name is shown with the contact, and its changes raise no contact's revision.
  const bool is_as_saved = call.directory()->has_unchanged_tags(contact);
  if (is_as_saved && none_match_names(call.request, contact.rev)) co_return not_modified(contact.rev);
  co_return show(call, contact);
}

base::Task<http::Response> update_contact(const Call& call) {
  core::UpdateContact update;
  update.key = call.contact_uuid();
  update.patch = wire::v2::read_contact_patch(call.optional_body(), wire::v2::AddressRule::optional);
  update.custom_mode = call.custom_mode(update.patch.problems);
  update.if_match = if_match(call.request, update.patch.problems);
  const core::Outcome outcome = co_await call.commit(std::move(update));
  co_return show(call, *std::get<core::ContactSaved>(outcome).contact);
}

base::Task<http::Response> delete_contact(const Call& call) {
  std::vector<core::FieldError> problems;
  core::DeleteContact remove;
  remove.key = call.contact_uuid();
  remove.if_match = if_match(call.request, problems);
  core::throw_if_any(core::ErrorCode::bad_data, std::move(problems));
  co_await call.commit(std::move(remove));
  co_return ok(R"("ok")");
}

}  // namespace cardfile::api::v2
