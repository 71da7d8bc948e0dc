#pragma once
// Credentials: who asks (contract, 1.2).

#include <optional>

#include "http/message.h"
#include "store/store.h"

namespace cardfile::api {

/// The owner of the request's credentials; none when they are missing, unknown or revoked. A returned "none" rather
/// than an Error, since floods of bad credentials must be cheap to refuse.
std::optional<store::KeyOwner> authenticate(const http::Request& request, const store::Store& store);

}  // namespace cardfile::api
