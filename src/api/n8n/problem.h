#pragma once
// Problem: how a refusal looks to the n8n node (contract, 11): {"error_code","message"}.

#include "core/error.h"
#include "http/message.h"

namespace cardfile::api::n8n {

/// Whether the request is to this surface, be there something at its path or not.
bool is_called(const http::Request& request);

/// The error's own code, or `invalid_phone_number` or `inbox_not_found` when a phone or an inbox is at fault.
http::Response problem(const core::Error& error);

/// 401 for a request whose key is missing or not good.
http::Response stranger(const http::Request& request);

}  // namespace cardfile::api::n8n
