#pragma once
// Print: how a failed test shows core's values.

#include <ostream>

#include "core/address.h"
#include "core/change.h"
#include "core/contact.h"
#include "core/error.h"
#include "core/ids.h"
#include "core/patch.h"

namespace cardfile::core {

void PrintTo(ErrorCode code, std::ostream* out);
void PrintTo(const FieldError& error, std::ostream* out);
void PrintTo(const Uuid& uuid, std::ostream* out);
void PrintTo(const Address& address, std::ostream* out);
void PrintTo(const Channel& channel, std::ostream* out);
void PrintTo(const Consent& consent, std::ostream* out);
void PrintTo(const FieldChange& change, std::ostream* out);
/// As the change log would tell it.
void PrintTo(const Contact& contact, std::ostream* out);
void PrintTo(const ContactPatch& patch, std::ostream* out);

template <class Tag>
void PrintTo(const Id<Tag>& id, std::ostream* out) {
  *out << id.value();
}

}  // namespace cardfile::core
