#include "wire/people_json.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "json_words.h"

namespace cardfile::wire {
namespace {

using Problems = std::vector<core::FieldError>;
using Values = std::vector<std::string>;

core::UserFilter filter(std::string_view body, const v1::UserQuery& query = {}) {
  JsonDocument document;
  return v1::read_user_filter(document.parse(body), query);
}

core::UpdateUsers updates(std::string_view body) {
  JsonDocument document;
  return v1::read_user_updates(document.parse(body));
}

TEST(ReadUserFilter, TakesListsOrSingleValuesFromBodyAndQuery) {
  const auto both = filter(R"({"phone":["+1 510 555 3344"],"email":" A@b.c "})", {{"15105553345"}, {"d@e.f"}});
  EXPECT_EQ(both.phones, (Values{"15105553344", "15105553345"}));
  EXPECT_EQ(both.emails, (Values{"A@b.c", "d@e.f"}));
  EXPECT_EQ(v1::read_user_filter(std::nullopt, {{"15105553345"}, {}}).phones, Values{"15105553345"});
}

TEST(ReadUserFilter, NamesEverythingAtFault) {
  EXPECT_EQ(problems_of([] { filter("{}"); }), (Problems{{"phone", "is required: phones, e-mails or both"}}));
  EXPECT_EQ(problems_of([] {
              filter(R"({"phone":["x",7],"email":7})", {{}, {"y"}});
            }),
            (Problems{{"phone[0]", std::string(core::kPhoneRule)},
                      {"phone[1]", "must be a string"},
                      {"email", "must be an array of strings"},
                      {"email", std::string(core::kEmailRule)}}));
}

TEST(ReadUserUpdates, TakesThePartsOfEachUser) {
  const auto action = updates(R"({"users":[{"id":7,"first_name":"A","last_name":"B","role_id":4,"email":"","x":1},
                                           {"id":"8","name":"C","phone":"15105553344"}]})");
  EXPECT_TRUE(action.problems.empty());
  ASSERT_EQ(action.patches.size(), 2U);
  EXPECT_EQ(action.patches[0].id, core::UserId(7));
  EXPECT_EQ(action.patches[0].first, "A");
  EXPECT_EQ(action.patches[0].last, "B");
  EXPECT_EQ(action.patches[0].role, core::Role::member);
  EXPECT_EQ(action.patches[0].email, "");
  EXPECT_EQ(action.patches[0].name, std::nullopt);
  EXPECT_EQ(action.patches[1].id, core::UserId(8));
  EXPECT_EQ(action.patches[1].name, "C");
  EXPECT_EQ(action.patches[1].phone, "15105553344");
}

TEST(ReadUserUpdates, NamesEverythingAtFault) {
  EXPECT_EQ(updates(R"({"users":[{},{"id":0,"first_name":7,"role_id":2},{"id":1,"role_id":"1"}]})").problems,
            (Problems{{"users[0].id", "is required: a user's id"},
                      {"users[1].id", "must be an integer: a user's id"},
                      {"users[1].first_name", "must be a string"},
                      {"users[1].role_id", "must be 1 (admin) or 4 (member)"},
                      {"users[2].role_id", "must be 1 (admin) or 4 (member)"}}));
  EXPECT_EQ(problems_of([] { updates(R"({"users":7})"); }),
            (Problems{{"users", "is required: an array of objects with an id"}}));
  EXPECT_EQ(problems_of([] { updates("[]"); }), (Problems{{"body", "must be a JSON object"}}));
}

}  // namespace
}  // namespace cardfile::wire
