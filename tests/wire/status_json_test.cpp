#include "wire/status_json.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "json_words.h"

namespace cardfile::wire {
namespace {

using Problems = std::vector<core::FieldError>;

core::ContactNames names(std::string_view body) {
  JsonDocument document;
  return v1::read_contact_names(document.parse(body));
}

core::SetStatus set_status(std::string_view body) {
  JsonDocument document;
  return v1::read_set_status(document.parse(body));
}

const Problems kNobody = {{"id", "is required: the contact's id, or its phone"}};

TEST(ReadContactNames, TakesAnIdInEitherFormOrAPhoneOrBoth) {
  EXPECT_EQ(names(R"({"id":7})"), (core::ContactNames{core::ContactId(7), {}}));
  EXPECT_EQ(names(R"({"id":"7","phone":""})"), (core::ContactNames{core::ContactId(7), {}}));
  EXPECT_EQ(names(R"({"phone":"+1 (510) 555-3344","id":null})"), (core::ContactNames{{}, "15105553344"}));
  EXPECT_EQ(names(R"({"phone":"15105553344","id":0})"), (core::ContactNames{{}, "15105553344"}));
  EXPECT_EQ(names(R"({"id":7,"phone":"15105553344"})"), (core::ContactNames{core::ContactId(7), "15105553344"}));
}

TEST(ReadContactNames, RefusesWhatNamesNobody) {
  EXPECT_EQ(problems_of([] { names("{}"); }), kNobody);
  EXPECT_EQ(problems_of([] { names(R"({"id":"","phone":null})"); }), kNobody);
  EXPECT_EQ(problems_of([] { names(R"({"id":0})"); }), kNobody);
  EXPECT_EQ(problems_of([] { names("[]"); }), (Problems{{"body", "must be a JSON object"}}));
  EXPECT_EQ(problems_of([] { names(R"({"id":-1,"phone":"x"})"); }),
            (Problems{{"id", "must be a contact's id: an integer, or a string of its digits"},
                      {"phone", std::string(core::kPhoneRule)}}));
  EXPECT_EQ(problems_of([] { names(R"({"phone":15105553344})"); }), (Problems{{"phone", "must be a string"}}));
  EXPECT_EQ(problems_of([] { names(R"({"id":7,"phone":0})"); }), (Problems{{"phone", "must be a string"}}));
}

TEST(ReadSetStatus, TakesTheFiveWords) {
  EXPECT_EQ(set_status(R"({"id":7,"status":"active"})").status, core::Status::active);
  EXPECT_EQ(set_status(R"({"id":7,"status":"blocked"})").status, core::Status::blocked);
  EXPECT_EQ(set_status(R"({"id":7,"status":"unblocked"})").status, core::Status::unblocked);
  EXPECT_EQ(set_status(R"({"id":7,"status":"subscribed"})").status, core::Status::subscribed);
  EXPECT_EQ(set_status(R"({"id":7,"status":"unsubscribed"})").status, core::Status::unsubscribed);
}

TEST(ReadSetStatus, NamesEveryFieldAtFault) {
  const std::string words = "active, blocked, unblocked, subscribed or unsubscribed";
  EXPECT_EQ(problems_of([] { set_status("{}"); }), (Problems{kNobody.front(), {"status", "is required: " + words}}));
  EXPECT_EQ(problems_of([] { set_status(R"({"phone":"x","status":"muted"})"); }),
            (Problems{{"phone", std::string(core::kPhoneRule)}, {"status", "must be " + words}}));
  EXPECT_EQ(problems_of([] { set_status(R"({"id":7,"status":1})"); }), (Problems{{"status", "must be a string"}}));
}

}  // namespace
}  // namespace cardfile::wire
