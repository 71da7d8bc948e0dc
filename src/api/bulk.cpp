#include "api/bulk.h"

namespace cardfile::api {

namespace {

bool is_fault_of_item(core::ErrorCode code) {
  using core::ErrorCode;
  return code == ErrorCode::bad_data || code == ErrorCode::not_found || code == ErrorCode::conflict;
}

}  // namespace

std::variant<core::Outcome, core::Error> taken(store::Work& work) {
  try {
    return work.take();
  } catch (const core::Error& error) {
    if (!is_fault_of_item(error.code())) throw;
    return error;
  }
}

}  // namespace cardfile::api
