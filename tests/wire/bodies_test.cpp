#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "json_words.h"
#include "wire/v1.h"

namespace cardfile::wire {
namespace {

using Problems = std::vector<core::FieldError>;

v1::ContactSelector selector(std::string_view body) {
  JsonDocument document;
  return v1::read_contact_selector(document.parse(body));
}

core::CreateFields fields(std::string_view body) {
  JsonDocument document;
  return v1::read_fields(document.parse(body));
}

core::CreateTag tag(std::string_view body) {
  JsonDocument document;
  return v1::read_tag(document.parse(body));
}

std::optional<core::Timestamp> tags_before(std::string_view body) {
  JsonDocument document;
  return v1::read_updated_before(document.parse(body));
}

TEST(ReadContactSelector, TakesAPhoneOrAnIdInEitherForm) {
  EXPECT_EQ(selector(R"({"phone":"+1 510 555 3344"})"), v1::ContactSelector(core::Address{"phone", "15105553344"}));
  EXPECT_EQ(selector(R"({"id":40117})"), v1::ContactSelector(core::ContactId(40117)));
  EXPECT_EQ(selector(R"({"id":"40117"})"), v1::ContactSelector(core::ContactId(40117)));
}

TEST(ReadContactSelector, LetsThePhoneWin) {
  EXPECT_EQ(selector(R"({"id":40117,"phone":"15105553344"})"),
            v1::ContactSelector(core::Address{"phone", "15105553344"}));
  EXPECT_EQ(selector(R"({"id":"oops","phone":"15105553344"})"),
            v1::ContactSelector(core::Address{"phone", "15105553344"}));
  EXPECT_EQ(selector(R"({"id":40117,"phone":""})"), v1::ContactSelector(core::ContactId(40117)));
  EXPECT_EQ(selector(R"({"id":40117,"phone":null})"), v1::ContactSelector(core::ContactId(40117)));
}

TEST(ReadContactSelector, RefusesWhatNamesNobody) {
  const Problems missing = {{"phone", "is required: the contact's phone, or its id"}};
  EXPECT_EQ(problems_of([] { selector("{}"); }), missing);
  EXPECT_EQ(problems_of([] { selector(R"({"phone":"","id":null})"); }), missing);
  EXPECT_EQ(problems_of([] { selector("[]"); }), (Problems{{"body", "must be a JSON object"}}));
  EXPECT_EQ(problems_of([] { selector(R"({"phone":15105553344})"); }), (Problems{{"phone", "must be a string"}}));
  EXPECT_EQ(problems_of([] { selector(R"({"phone":"oops","id":1})"); }),
            (Problems{{"phone", std::string(core::kPhoneRule)}}));
  for (const std::string id : {"0", "-1", "1.0", "\"x\"", "\"01\"", "9007199254740992", "true", "[1]"}) {
    EXPECT_EQ(problems_of([&] { selector("{\"id\":" + id + "}"); }),
              (Problems{{"id", "must be a contact's id: an integer, or a string of its digits"}}))
        << id;
  }
}

TEST(ReadFields, TakesTitlesInOrder) {
  const auto action = fields(R"([{"title":"Plan"},{"title":"  Renewal date "},{"title":"Plan","x":1}])");
  EXPECT_TRUE(action.problems.empty());
  ASSERT_EQ(action.drafts.size(), 3U);
  EXPECT_EQ(action.drafts[0].title, "Plan");
  EXPECT_EQ(action.drafts[1].title, "Renewal date");
  EXPECT_EQ(action.drafts[2].title, "Plan");
  EXPECT_TRUE(fields("[]").drafts.empty());
}

TEST(ReadFields, NamesEveryTitleThatIsWrong) {
  const std::string rule = "must be 1 to 255 characters in one line";
  EXPECT_EQ(fields(R"([{},{"title":"ok"},{"title":" "},{"title":7},"x",{"title":"a\nb"},{"title":")" +
                   std::string(256, 'a') + R"("}])")
                .problems,
            (Problems{{"[0].title", "is required"},
                      {"[2].title", rule},
                      {"[3].title", "must be a string"},
                      {"[4].title", "is required"},
                      {"[5].title", rule},
                      {"[6].title", rule}}));
  EXPECT_TRUE(fields(R"([{"title":")" + std::string(255, 'a') + R"("}])").problems.empty());
}

TEST(ReadFields, TakesAnArrayOfAtMostAThousand) {
  EXPECT_EQ(problems_of([] { fields(R"({"title":"Plan"})"); }),
            (Problems{{"body", "must be a JSON array of objects with a title"}}));
  std::string body = R"([{"title":"a"})";
  for (int i = 1; i < 1000; ++i) body += R"(,{"title":"a"})";
  EXPECT_EQ(fields(body + "]").drafts.size(), 1000U);
  EXPECT_EQ(problems_of([&] { fields(body + R"(,{"title":"a"}])"); }),
            (Problems{{"body", "must have at most 1000 items"}}));
}

TEST(ReadTag, TakesALabelAndMaybeAColor) {
  const auto renewal = tag(R"({"tag":" Renewal ","color":"#2e86de"})");
  EXPECT_TRUE(renewal.problems.empty());
  EXPECT_EQ(renewal.label, "Renewal");
  EXPECT_EQ(renewal.color, "#2E86DE");
  EXPECT_EQ(tag(R"({"tag":"VIP"})").color, "");
  EXPECT_TRUE(tag(R"({"tag":"VIP","color":null})").problems.empty());
}

TEST(ReadTag, NamesEverythingThatIsWrong) {
  const std::string color_rule = "must be a colour as #RRGGBB";
  EXPECT_EQ(tag("{}").problems, (Problems{{"tag", "is required"}}));
  EXPECT_EQ(tag(R"({"tag":"","color":"red"})").problems,
            (Problems{{"tag", "must be 1 to 255 characters in one line"}, {"color", color_rule}}));
  EXPECT_EQ(tag(R"({"tag":7,"color":7})").problems,
            (Problems{{"tag", "must be a string"}, {"color", "must be a string"}}));
  for (const std::string color : {"#12345", "#1234567", "2E86DE#", "#2E86DG"}) {
    EXPECT_EQ(tag(R"({"tag":"VIP","color":")" + color + "\"}").problems, (Problems{{"color", color_rule}})) << color;
  }
  EXPECT_EQ(problems_of([] { tag("[]"); }), (Problems{{"body", "must be a JSON object"}}));
}

TEST(ReadTagsBefore, TakesADateOrNone) {
  for (const auto* body : {"{}", R"({"date":null})", R"({"date":""})", R"({"limit":2})"}) {
    EXPECT_EQ(tags_before(body), std::nullopt) << body;
  }
  EXPECT_EQ(tags_before(R"({"date":"1970-01-01T00:00:00.000001999Z"})"), core::Timestamp(std::chrono::microseconds(2)));
  EXPECT_EQ(tags_before(R"({"date":"1970-01-01T01:00:00.000001+01:00"})"),
            core::Timestamp(std::chrono::microseconds(1)));
}

TEST(ReadTagsBefore, RefusesADateThatIsNone) {
  const Problems expected = {{"date", "must be an RFC 3339 time such as 2026-03-02T09:15:00Z"}};
  EXPECT_EQ(problems_of([] { tags_before(R"({"date":"yesterday"})"); }), expected);
  EXPECT_EQ(problems_of([] { tags_before(R"({"date":1})"); }), expected);
  EXPECT_EQ(problems_of([] { tags_before("[1]"); }), (Problems{{"body", "must be a JSON object"}}));
}

}  // namespace
}  // namespace cardfile::wire
