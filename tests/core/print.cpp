#include "core/print.h"

#include <gtest/gtest.h>

namespace cardfile::core {

void PrintTo(ErrorCode code, std::ostream* out) { *out << to_string(code); }

void PrintTo(const FieldError& error, std::ostream* out) { *out << error.field << ": " << error.message; }

void PrintTo(const Uuid& uuid, std::ostream* out) { *out << uuid.to_string(); }

void PrintTo(const Address& address, std::ostream* out) { *out << address.type << ' ' << address.value; }

void PrintTo(const Channel& channel, std::ostream* out) {
  *out << channel.id.value() << ' ' << channel.type << ' ' << channel.value << " handle '" << channel.handle
       << "' info '" << channel.info << "' " << to_rfc3339(channel.created) << ' ' << to_rfc3339(channel.updated);
}

void PrintTo(const Consent& consent, std::ostream* out) {
  *out << (consent.blocked ? "blocked " : "") << (consent.unsubscribed_admin ? "unsubscribed by the team " : "")
       << (consent.unsubscribed_contact ? "unsubscribed by the contact" : "");
}

void PrintTo(const FieldChange& change, std::ostream* out) {
  *out << change.field << ' ' << testing::PrintToString(change.from) << " -> " << testing::PrintToString(change.to);
}

void PrintTo(const Contact& contact, std::ostream* out) {
  *out << "contact " << contact.id.value() << " rev " << contact.rev << ' ' << to_rfc3339(contact.created) << ' '
       << to_rfc3339(contact.updated);
  for (const FieldChange& change : differences(std::nullopt, contact)) {
    *out << "\n  " << change.field << ' ' << testing::PrintToString(change.to);
  }
}

void PrintTo(const ContactPatch& patch, std::ostream* out) {
  using testing::PrintToString;
  *out << "phone " << PrintToString(patch.phone) << "\n  first " << PrintToString(patch.first) << "\n  last "
       << PrintToString(patch.last) << "\n  display_name " << PrintToString(patch.display_name) << "\n  email "
       << PrintToString(patch.email) << "\n  avatar " << PrintToString(patch.avatar) << "\n  custom "
       << PrintToString(patch.custom) << "\n  tags " << PrintToString(patch.tags) << "\n  email_suppressions "
       << PrintToString(patch.email_suppressions) << "\n  problems " << PrintToString(patch.problems)
       << "\n  custom problems " << PrintToString(patch.custom_problems);
}

}  // namespace cardfile::core
