#pragma once
// Routes: every path that the server answers, readable as a table.

#include <span>
#include <string_view>

#include "api/call.h"
#include "base/task.h"
#include "http/message.h"

namespace cardfile::api {

/// Who may call.
enum class Access {
  anyone,  // No credentials are looked at.
  team,    // A team's credentials; the call reaches that team and no other.
  n8n      // The same, with a key of the n8n node (contract, 11).
};

using CallHandler = base::Task<http::Response> (*)(const Call& call);

struct Route {
  std::string_view method;
  std::string_view pattern;
  Access access;
  CallHandler handler;
};

std::span<const Route> routes();

}  // namespace cardfile::api
