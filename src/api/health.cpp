#include "api/health.h"

#include "core/error.h"

namespace cardfile::api {

base::Task<http::Response> health(const Call&) { co_return ok(R"({"status":"ok"})"); }

base::Task<http::Response> readiness(const Call& call) {
  if (call.draining) throw core::Error(core::ErrorCode::unavailable, "the server is about to stop");
  if (!call.parts.store.write_failure().empty()) {
    throw core::Error(core::ErrorCode::unavailable, "the store takes no writes: see the server's log");
  }
  co_return ok(R"({"status":"ready"})");
}

}  // namespace cardfile::api
