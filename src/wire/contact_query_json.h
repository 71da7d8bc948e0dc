#pragma once
// Contact query JSON: which contacts a body asks for, by conditions or by channels (contract, 3.6, 5.6 and 5.8).

#include <cstddef>
#include <optional>
#include <vector>

#include "core/address.h"
#include "core/ids.h"
#include "core/query.h"
#include "wire/dialect.h"
#include "wire/json_in.h"

namespace cardfile::wire {

/// The most values that one search, and the most contacts that one bulk delete, may name.
inline constexpr std::size_t kSearchValuesMax = 1000;

/// Body of POST /v1/contacts and /v1/contacts/count, or of /v2/contacts/list; without one, everybody in the dialect's
/// order. What typed clients send for "not given" (null, "", 0) is not given. Throws Error(bad_data) naming every
/// member at fault.
namespace v1 {
core::ContactQuery read_contact_query(const std::optional<Json>& parameters, const Dialect& dialect);
}
namespace v2 {
core::ContactQuery read_contact_query(const std::optional<Json>& parameters, const Dialect& dialect);
}

/// Who is searched for: the owners of `addresses`, and `contacts`, each once.
struct ContactSearch {
  std::vector<core::Address> addresses;
  std::vector<core::Uuid> contacts;
};

/// Body of POST /v2/contacts/search. A value that can be no address or UUID is nobody's and left out. Throws
/// Error(bad_data) naming every member at fault.
ContactSearch read_contact_search(const Json& body);

/// Body of DELETE /v2/contacts: exactly one filter, of type "id". Throws Error(bad_data) naming every member at fault,
/// each value that is no UUID among them: whoever names a contact by something else is not to take it for deleted.
std::vector<core::Uuid> read_contacts_to_delete(const Json& body);

}  // namespace cardfile::wire
