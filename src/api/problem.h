#pragma once
// Problem: how a refusal looks to the caller (contract, 1.5).

#include "core/error.h"
#include "core/ids.h"
#include "http/message.h"
#include "http/server.h"

namespace cardfile::api {

/// The one place where an error code becomes a status.
int status_of(core::ErrorCode code);

/// A JSON object with `error`, `error_code`, `message` and `request_id`; with `field` and `errors` when fields are at
/// fault, and with `rev` when If-Match named another revision.
http::Response problem(const core::Error& error, const core::Uuid& request_id);

/// The same for what never became a request.
http::Response problem(const http::ProtocolError& error, const core::Uuid& request_id);

}  // namespace cardfile::api
