#include "core/status.h"

#include <array>

#include "core/error.h"

namespace cardfile::core {

std::string_view to_string(Status status) {
  switch (status) {
    case Status::active:
      return "active";
    case Status::blocked:
      return "blocked";
    case Status::unblocked:
      return "unblocked";
    case Status::subscribed:
      return "subscribed";
    case Status::unsubscribed:
      return "unsubscribed";
  }
  return "active";
}

std::optional<Status> parse_status(std::string_view text) {
  using enum Status;
  for (const Status status : std::array{active, blocked, unblocked, subscribed, unsubscribed}) {
    if (to_string(status) == text) return status;
  }
  return std::nullopt;
}

Consent applied(Consent consent, Status status) {
  switch (status) {
    case Status::active:
      return {};
    case Status::blocked:
      consent.blocked = true;
      return consent;
    case Status::unblocked:
      consent.blocked = false;
      return consent;
    case Status::subscribed:
      consent.unsubscribed_admin = false;
      consent.unsubscribed_contact = false;
      return consent;
    case Status::unsubscribed:
      consent.unsubscribed_admin = true;
      return consent;
  }
  return consent;
}

ContactId meant_by(const ContactNames& names, std::optional<ContactId> by_id, std::optional<ContactId> by_phone) {
  if (names.id && !by_id) throw Error(ErrorCode::not_found, "no contact has this id");
  if (!names.id && !by_phone) throw Error(ErrorCode::not_found, "no contact has this phone");
  if (names.id && names.phone && by_phone != by_id) {
    throw Error(ErrorCode::bad_data, {{"phone", "must be a phone of the contact that id names"}});
  }
  return names.id ? *by_id : *by_phone;
}

}  // namespace cardfile::core
