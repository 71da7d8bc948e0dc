#include "api/bulk.h"

#include <gtest/gtest.h>

#include <exception>
#include <stdexcept>

namespace cardfile::test {
namespace {

store::Work refused(std::exception_ptr refusal) { return {.command = {}, .result = std::move(refusal)}; }

TEST(AnItemOfABulkCall, IsRefusedAloneForWhatIsItsFault) {
  using core::ErrorCode;
  for (const auto code : {ErrorCode::bad_data, ErrorCode::not_found, ErrorCode::conflict}) {
    store::Work work = refused(std::make_exception_ptr(core::Error(code, "no")));
    const auto result = api::taken(work);
    ASSERT_TRUE(std::holds_alternative<core::Error>(result));
    EXPECT_EQ(std::get<core::Error>(result).code(), code);
  }
}

TEST(AnItemOfABulkCall, FailsTheWholeCallForWhatIsNotItsFault) {
  store::Work unavailable = refused(std::make_exception_ptr(core::Error(core::ErrorCode::unavailable, "not now")));
  EXPECT_THROW(api::taken(unavailable), core::Error);
  store::Work broken = refused(std::make_exception_ptr(std::runtime_error("broken")));
  EXPECT_THROW(api::taken(broken), std::runtime_error);
}

}  // namespace
}  // namespace cardfile::test
