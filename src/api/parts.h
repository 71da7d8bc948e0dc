#pragma once
// Parts: what the api works with.

#include <cstdint>

#include "base/log.h"
#include "base/vault.h"
#include "base/worker.h"
#include "core/ids.h"
#include "core/time.h"
#include "http/client.h"
#include "store/store.h"
#include "wire/dialect.h"

namespace cardfile::api {

/// All of it is lent for as long as the Api lives.
struct Parts {
  store::Store& store;
  base::Log& log;
  base::Worker& worker;      // Does what would hold up an event loop.
  const base::Vault& vault;  // What API secrets are sealed with.
  core::Clock clock;
  core::UuidSource next_uuid;
  std::int64_t rate_limit = 0;  // Requests a minute for each team; 0: no limit.
  wire::Dialect dialect = {};
  http::Reach triggers_reach = http::Reach::public_only;  // Where n8n triggers may send to.
};

}  // namespace cardfile::api
