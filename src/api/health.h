#pragma once
// Health: what monitors and load balancers ask.

#include "api/call.h"
#include "base/task.h"
#include "http/message.h"

namespace cardfile::api {

/// GET /healthz: the process answers.
base::Task<http::Response> health(const Call& call);

/// GET /readyz: requests are welcome; 503 when the store takes no writes or the server is about to stop.
base::Task<http::Response> readiness(const Call& call);

}  // namespace cardfile::api
