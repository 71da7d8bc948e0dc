#pragma once
// Parts: what the api works with.

#include "base/log.h"
#include "core/ids.h"
#include "core/time.h"
#include "store/store.h"

namespace cardfile::api {

/// All of it is lent for as long as the Api lives.
struct Parts {
  store::Store& store;
  base::Log& log;
  core::Clock clock;
  core::UuidSource next_uuid;
};

}  // namespace cardfile::api
