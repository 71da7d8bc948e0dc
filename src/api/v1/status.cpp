#include "api/v1/status.h"

#include <optional>
#include <string>
#include <utility>

#include "core/address.h"
#include "core/status.h"
#include "wire/json_out.h"
#include "wire/status_json.h"

namespace cardfile::api::v1 {

namespace {

std::optional<core::ContactId> id_of(const std::optional<core::Contact>& contact) {
  return contact ? std::optional(contact->id) : std::nullopt;
}

core::Contact found(const Call& call, const core::ContactNames& names) {
  std::optional<core::Contact> by_id;
  std::optional<core::Contact> by_phone;
  if (names.id) by_id = call.parts.store.contact(call.team, *names.id);
  if (names.phone) by_phone = call.parts.store.contact_at(call.team, core::address_of(core::kPhone, *names.phone));
  core::meant_by(names, id_of(by_id), id_of(by_phone));
  return by_id ? std::move(*by_id) : std::move(*by_phone);
}

}  // namespace

base::Task<http::Response> get_status(const Call& call) {
  const core::Contact contact = found(call, wire::v1::read_contact_names(call.body()));
  std::string body;
  wire::JsonWriter json(body);
  wire::v1::write_status(json, contact);
  co_return ok_contact(std::move(body), contact.rev);
}

base::Task<http::Response> set_status(const Call& call) {
  core::SetStatus set = wire::v1::read_set_status(call.body());
  co_await call.commit(std::move(set));
  co_return ok(R"("success")");
}

}  // namespace cardfile::api::v1
