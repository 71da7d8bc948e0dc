#include "core/error.h"

#include <gtest/gtest.h>

#include "core/print.h"

namespace cardfile::core {
namespace {

TEST(Errors, HaveTheWordsOfTheWire) {
  using enum ErrorCode;
  const std::pair<ErrorCode, std::string_view> words[] = {
      {bad_data, "bad_data"},
      {unauthorized, "unauthorized"},
      {not_found, "not_found"},
      {method_not_allowed, "method_not_allowed"},
      {conflict, "conflict"},
      {precondition_failed, "precondition_failed"},
      {unsupported_media_type, "unsupported_media_type"},
      {rate_limited, "rate_limited"},
      {not_implemented, "not_implemented"},
      {unavailable, "unavailable"},
      {internal_error, "internal_error"},
  };
  for (const auto& [code, word] : words) EXPECT_EQ(to_string(code), word);
}

TEST(Errors, TellEveryFieldAtFaultInOneSentence) {
  const Error error(ErrorCode::bad_data, {{"phone", "required"}, {"first", "too long"}});
  EXPECT_EQ(error.code(), ErrorCode::bad_data);
  EXPECT_STREQ(error.what(), "phone: required; first: too long");
  EXPECT_EQ(error.message(), error.what());
  EXPECT_EQ(error.errors(), (std::vector<FieldError>{{"phone", "required"}, {"first", "too long"}}));
  EXPECT_EQ(error.stored_rev(), std::nullopt);
}

TEST(Errors, NameAHundredFieldsAtMost) {
  const Error error(ErrorCode::bad_data, std::vector<FieldError>(1'000, {"x", "is wrong"}));
  EXPECT_EQ(error.errors().size(), 100U);
  EXPECT_LT(error.message().size(), 2'000U);
}

TEST(Errors, WithoutAFieldHaveAMessageOnly) {
  const Error error(ErrorCode::not_found, "no contact has this id");
  EXPECT_STREQ(error.what(), "no contact has this id");
  EXPECT_TRUE(error.errors().empty());
}

TEST(Errors, OfAFailedPreconditionCarryTheStoredRevision) {
  const Error error = Error::precondition_failed(7);
  EXPECT_EQ(error.code(), ErrorCode::precondition_failed);
  EXPECT_EQ(error.stored_rev(), 7);
  EXPECT_NE(error.message().find("revision 7"), std::string::npos);
}

}  // namespace
}  // namespace cardfile::core
