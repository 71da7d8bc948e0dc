#pragma once
// Status: opt-out and block as the status calls speak of them (contract, 4).

#include <optional>
#include <string>
#include <string_view>

#include "core/contact.h"
#include "core/ids.h"

namespace cardfile::core {

/// What a status call asks for.
enum class Status { active, blocked, unblocked, subscribed, unsubscribed };
std::string_view to_string(Status status);  // "active"
std::optional<Status> parse_status(std::string_view text);

/// `consent` after that call. Only `active` and `subscribed` undo what the contact itself asked for.
Consent applied(Consent consent, Status status);

/// How the status calls name a contact: by its id, by any phone of it, or by both, which then must agree. At least one
/// is there.
struct ContactNames {
  std::optional<ContactId> id;
  std::optional<std::string> phone;  // Normalised.

  friend bool operator==(const ContactNames&, const ContactNames&) = default;
};

/// The contact that is meant, when `by_id` has the id and `by_phone` the phone; none for a name that nobody has or
/// that was not given. Throws not_found when nobody is meant, and bad_data when the phone is not one of the contact
/// with the id.
ContactId meant_by(const ContactNames& names, std::optional<ContactId> by_id, std::optional<ContactId> by_phone);

}  // namespace cardfile::core
