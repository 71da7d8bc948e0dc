#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "json_words.h"
#include "wire/v1.h"
#include "wire/v2.h"

namespace cardfile::wire {
namespace {

using Problems = std::vector<core::FieldError>;
using Custom = core::CustomPatch;
using CustomProblems = std::vector<core::CustomProblem>;

core::ContactPatch v1_patch(std::string_view body) {
  JsonDocument document;
  return v1::read_contact_patch(document.parse(body));
}

core::ContactPatch v2_patch(std::string_view body, v2::AddressRule rule = v2::AddressRule::optional) {
  JsonDocument document;
  return v2::read_contact_patch(document.parse(body), rule);
}

Problems v2_problems(std::string_view body) { return v2_patch(body).problems; }

TEST(ReadContactPatch, TakesEveryWritableField) {
  const auto patch = v1_patch(R"({"phone":"15105553344","first":"Mina","last":"Okafor","display_name":"Mina O.",
      "email":"mina@example.org","avatar":"https://example.org/m.png","custom":{"701":"Gold"},"assignee_id":77,
      "tags":[{"tag_id":9},{"tag_id":10}],"is_opted_out":true,"email_suppressions":[4,5]})");
  core::ContactPatch expected;
  expected.phone = "15105553344";
  expected.first = "Mina";
  expected.last = "Okafor";
  expected.display_name = "Mina O.";
  expected.email = "mina@example.org";
  expected.avatar = "https://example.org/m.png";
  expected.custom = Custom{{core::FieldId(701), "Gold"}};
  expected.assignee = core::UserId(77);
  expected.tags = {core::TagId(9), core::TagId(10)};
  expected.opted_out = true;
  expected.email_suppressions = {4, 5};
  EXPECT_EQ(patch, expected);
}

TEST(ReadContactPatch, LeavesOutWhatIsAbsentOrNull) {
  core::ContactPatch nothing;
  EXPECT_EQ(v2_patch("{}"), nothing);
  EXPECT_EQ(v2_patch(R"({"phone":null,"first":null,"last":null,"display_name":null,"email":null,"avatar":null,
      "custom":null,"assignee_id":null,"tags":null,"is_opted_out":null,"email_suppressions":null,
      "contact_channels":null})"),
            nothing);
}

TEST(ReadContactPatch, ClearsWithEmptyTextAndEmptyLists) {
  const auto patch = v2_patch(R"({"first":"","last":"","email":"","avatar":"","tags":[],"email_suppressions":[],
      "custom":{},"contact_channels":[]})");
  EXPECT_TRUE(patch.problems.empty());
  EXPECT_EQ(patch.first, "");
  EXPECT_EQ(patch.last, "");
  EXPECT_EQ(patch.email, "");
  EXPECT_EQ(patch.avatar, "");
  EXPECT_EQ(patch.tags, std::vector<core::TagId>{});
  EXPECT_EQ(patch.email_suppressions, std::vector<std::int64_t>{});
  EXPECT_EQ(patch.custom, Custom{});
  EXPECT_EQ(patch.channels, std::vector<core::ChannelDraft>{});
}

TEST(ReadContactPatch, IgnoresMembersThatItDoesNotKnow) {
  const auto patch = v1_patch(R"({"phone":"15105553344","external_id":{"a":[1]},"id":"x","assigned_user_id":"x"})");
  core::ContactPatch expected;
  expected.phone = "15105553344";
  EXPECT_EQ(patch, expected);
}

TEST(ReadContactPatch, GivesValuesTheirNormalForm) {
  const auto patch = v1_patch(R"({"phone":"+1 (510) 555-3344","first":"  Mina ","tags":[{"tag_id":9},{"tag_id":9}]})");
  EXPECT_EQ(patch.phone, "15105553344");
  EXPECT_EQ(patch.first, "Mina");
  EXPECT_EQ(patch.tags, std::vector<core::TagId>{core::TagId(9)});
}

TEST(ReadContactPatch, RefusesABodyThatIsNoObject) {
  for (const auto* body : {"[]", "null", "7", R"("x")", "[{}]"}) {
    const Problems expected = {{"body", "must be a JSON object"}};
    EXPECT_EQ(problems_of([&] { v1_patch(body); }), expected) << body;
    EXPECT_EQ(problems_of([&] { v2_patch(body); }), expected) << body;
  }
}

TEST(ReadContactPatch, WantsStringsForTextFields) {
  for (const std::string field : {"phone", "first", "last", "display_name", "email", "avatar"}) {
    for (const std::string value : {"1", "1.5", "true", "[]", "{}"}) {
      EXPECT_EQ(v2_problems("{\"" + field + "\":" + value + "}"), (Problems{{field, "must be a string"}}));
    }
  }
}

TEST(ReadContactPatch, TakesTextNumbersAndBooleansAsCustomValues) {
  const auto patch = v2_patch(R"({"custom":{"1":"text","2":12,"3":1.50,"4":true,"5":false,"6":null,"7":"","8":-1e3}})");
  EXPECT_TRUE(patch.problems.empty());
  EXPECT_EQ(patch.custom, (Custom{{core::FieldId(1), "text"},
                                  {core::FieldId(2), "12"},
                                  {core::FieldId(3), "1.50"},
                                  {core::FieldId(4), "true"},
                                  {core::FieldId(5), "false"},
                                  {core::FieldId(6), std::nullopt},
                                  {core::FieldId(7), ""},
                                  {core::FieldId(8), "-1e3"}}));
}

TEST(ReadContactPatch, TakesAnEmptyListForNoCustomValues) {
  EXPECT_EQ(v2_patch(R"({"custom":[]})").custom, Custom{});
  EXPECT_EQ(v2_problems(R"({"custom":["a"]})"), (Problems{{"custom", "must be an object of field ids to values"}}));
  EXPECT_EQ(v2_problems(R"({"custom":"a"})"), (Problems{{"custom", "must be an object of field ids to values"}}));
}

TEST(ReadContactPatch, DropsCustomKeysThatAreNoIds) {
  const auto patch = v2_patch(
      R"({"custom":{"Plan":"a","01":"b","0":"c","-1":"d"," 1":"e","1.0":"f","9007199254740992":"g","Nested":{},"":[1],
          "12":"kept"}})");
  EXPECT_TRUE(patch.problems.empty());
  EXPECT_EQ(patch.custom, (Custom{{core::FieldId(12), "kept"}}));
}

TEST(ReadContactPatch, TakesNoNestedCustomValues) {
  const std::string rule = "must be a string, number or boolean";
  const auto patch = v2_patch(R"({"custom":{"12":[],"13":{"a":1},"14":"ok"}})");
  EXPECT_EQ(patch.custom_problems, (CustomProblems{{core::FieldId(12), rule}, {core::FieldId(13), rule}}));
  EXPECT_EQ(patch.custom, (Custom{{core::FieldId(14), "ok"}}));
}

TEST(ReadContactPatch, ReadsTheAssigneeAsAUserNobodyOrNotAtAll) {
  EXPECT_EQ(v2_patch(R"({"assignee_id":77})").assignee, core::UserId(77));
  EXPECT_EQ(v2_patch(R"({"assignee_id":9007199254740991})").assignee, core::UserId(core::kIdMax));
  EXPECT_EQ(v2_patch(R"({"assignee_id":-1})").assignee, core::UserId());
  EXPECT_EQ(v2_patch(R"({"assignee_id":0})").assignee, std::nullopt);
  EXPECT_TRUE(v2_problems(R"({"assignee_id":0})").empty());
  for (const std::string value : {"-2", "9007199254740992", "1.0", "\"77\"", "true", "[]"}) {
    EXPECT_EQ(v2_problems("{\"assignee_id\":" + value + "}"),
              (Problems{{"assignee_id", "must be an integer: a user's id, or -1 to unassign"}}));
  }
}

TEST(ReadContactPatch, NamesTheTagThatIsWrong) {
  const std::string rule = "must be an integer: a tag's id";
  EXPECT_EQ(v2_problems(R"({"tags":9})"), (Problems{{"tags", "must be an array of objects with a tag_id"}}));
  EXPECT_EQ(v2_problems(R"({"tags":[{"tag_id":1},{"tag_id":"2"},{"id":3},4,{"tag_id":0},{"tag_id":1.0}]})"),
            (Problems{{"tags[1].tag_id", rule},
                      {"tags[2].tag_id", rule},
                      {"tags[3]", R"(must be an object such as {"tag_id": 9})"},
                      {"tags[4].tag_id", rule},
                      {"tags[5].tag_id", rule}}));
}

TEST(ReadContactPatch, WantsABooleanForTheOptOut) {
  EXPECT_EQ(v2_patch(R"({"is_opted_out":true})").opted_out, true);
  EXPECT_EQ(v2_patch(R"({"is_opted_out":false})").opted_out, false);
  for (const std::string value : {"\"true\"", "1", "0", "[]"}) {
    EXPECT_EQ(v2_problems("{\"is_opted_out\":" + value + "}"), (Problems{{"is_opted_out", "must be true or false"}}));
  }
}

TEST(ReadContactPatch, WantsIntegersForEmailSuppressions) {
  EXPECT_EQ(v2_problems(R"({"email_suppressions":{}})"),
            (Problems{{"email_suppressions", "must be an array of integers"}}));
  EXPECT_EQ(
      v2_problems(R"({"email_suppressions":[1,"2",3.0]})"),
      (Problems{{"email_suppressions[1]", "must be an integer"}, {"email_suppressions[2]", "must be an integer"}}));
}

TEST(ReadContactPatch, NamesAllFieldsAtFaultAtOnce) {
  const auto patch = v1_patch(
      R"({"phone":"oops","first":1,"email":"nobody","custom":{"7":[],"8":"\u0001"},"tags":{},"is_opted_out":"no"})");
  std::vector<std::string> fields;
  for (const auto& problem : patch.problems) fields.push_back(problem.field);
  EXPECT_EQ(fields, (std::vector<std::string>{"first", "tags", "is_opted_out", "phone", "email"}));
  std::vector<core::FieldId> custom;
  for (const auto& problem : patch.custom_problems) custom.push_back(problem.field);
  EXPECT_EQ(custom, (std::vector{core::FieldId(7), core::FieldId(8)}));
}

TEST(ReadContactPatch, StopsNamingProblemsAfterAHundred) {
  std::string body = R"({"tags":[0)";
  for (int i = 0; i < 5000; ++i) body += ",0";
  EXPECT_EQ(v2_problems(body + "]}").size(), 100U);
}

TEST(ReadContactPatchV1, RequiresThePhone) {
  const Problems missing = {{"phone", "is required: E.164 digits without the +"}};
  EXPECT_EQ(v1_patch("{}").problems, missing);
  EXPECT_EQ(v1_patch(R"({"phone":null,"first":"Mina"})").problems, missing);
  EXPECT_EQ(v1_patch(R"({"phone":15105553344})").problems, (Problems{{"phone", "must be a string"}}));
}

TEST(ReadContactPatchV1, IgnoresChannels) {
  const auto patch = v1_patch(R"({"phone":"15105553344","contact_channels":"whatever"})");
  EXPECT_TRUE(patch.problems.empty());
  EXPECT_FALSE(patch.channels);
}

TEST(ReadContactPatchV2, ReadsChannels) {
  const auto patch = v2_patch(R"({"contact_channels":[
      {"channel_type":"email","channel_id":"theo@example.org","channel_handle":"theo","info_channel":"crm"},
      {"id":7,"channel_type":"phone","channel_id":"15105553344","channel_ids":["15105553345","15105553346"]},
      {"id":{},"channel_type":"facebook","channel_ids":["f1"],"channel_handle":""},
      {"id":"8","channel_type":"facebook","channel_id":"f2"}]})");
  EXPECT_TRUE(patch.problems.empty());
  EXPECT_EQ(patch.channels, (std::vector<core::ChannelDraft>{{"email", "theo@example.org", "theo", "crm", {}, 0},
                                                             {"phone", "15105553344", {}, {}, core::ChannelId(7), 1},
                                                             {"phone", "15105553345", {}, {}, core::ChannelId(7), 1},
                                                             {"phone", "15105553346", {}, {}, core::ChannelId(7), 1},
                                                             {"facebook", "f1", "", {}, {}, 2},
                                                             {"facebook", "f2", {}, {}, core::ChannelId(8), 3}}));
}

TEST(ReadContactPatchV2, NamesTheChannelThatIsWrong) {
  EXPECT_EQ(v2_problems(R"({"contact_channels":{}})"),
            (Problems{{"contact_channels", "must be an array of objects with channel_type and channel_id"}}));
  EXPECT_EQ(v2_problems(R"({"contact_channels":[7,{},{"channel_type":1,"channel_id":2},
      {"channel_type":"email","channel_ids":["a@b.c",3]},{"channel_type":"email","channel_ids":"a@b.c"},
      {"channel_type":"fax","channel_id":"1","channel_handle":[],"info_channel":false}]})"),
            (Problems{{"contact_channels[0]", "must be an object with channel_type and channel_id"},
                      {"contact_channels[1].channel_type", "is required"},
                      {"contact_channels[1].channel_id", "is required"},
                      {"contact_channels[2].channel_type", "must be a string"},
                      {"contact_channels[2].channel_id", "must be a string"},
                      {"contact_channels[3].channel_ids", "must be an array of strings"},
                      {"contact_channels[4].channel_ids", "must be an array of strings"},
                      {"contact_channels[5].channel_handle", "must be a string"},
                      {"contact_channels[5].info_channel", "must be a string"}}));
}

TEST(ReadContactPatchV2, NamesAllThatIsWrongWithAChannelAtItsPlace) {
  EXPECT_EQ(v2_problems(R"({"contact_channels":[7,{"channel_type":"phone","channel_ids":["1","2"]},
      {"channel_type":1,"channel_id":"x","channel_handle":"a\nb"},
      {"channel_type":"email","channel_id":"x","info_channel":5}]})"),
            (Problems{{"contact_channels[0]", "must be an object with channel_type and channel_id"},
                      {"contact_channels[2].channel_type", "must be a string"},
                      {"contact_channels[3].info_channel", "must be a string"},
                      {"contact_channels[1].channel_id", std::string(core::kPhoneRule)},
                      {"contact_channels[2].channel_handle", "must not have control characters"},
                      {"contact_channels[3].channel_id", std::string(core::kEmailRule)}}));
}

TEST(ReadContactPatchV2, WantsAValueForEachChannel) {
  EXPECT_EQ(v2_problems(R"({"contact_channels":[{"channel_type":"email","channel_ids":[]}]})"),
            (Problems{{"contact_channels[0].channel_ids", "must not be empty without a channel_id"}}));
  EXPECT_EQ(v2_problems(R"({"contact_channels":[{"channel_type":"email","channel_id":"a@b.c","channel_ids":[]}]})"),
            Problems{});
}

TEST(ReadContactPatchV2, RequiresAnAddressForACreateOnly) {
  const Problems missing = {
      {"contact_channels", "is required: at least one {channel_type, channel_id}, or phone or email"}};
  const auto create = [](std::string_view body) { return v2_patch(body, v2::AddressRule::required).problems; };
  EXPECT_EQ(create(R"({"first":"Theo"})"), missing);
  EXPECT_EQ(create(R"({"contact_channels":[]})"), missing);
  EXPECT_EQ(create(R"({"email":"","contact_channels":null})"), missing);
  EXPECT_EQ(create(R"({"email":"   "})"), missing);
  EXPECT_EQ(create(R"({"phone":"","email":" \t"})"), missing);
  EXPECT_EQ(create(R"({"phone":" "})"), missing);
  EXPECT_TRUE(create(R"({"phone":"15105553344"})").empty());
  EXPECT_TRUE(create(R"({"email":"theo@example.org"})").empty());
  EXPECT_TRUE(create(R"({"contact_channels":[{"channel_type":"email","channel_id":"theo@example.org"}]})").empty());
  EXPECT_EQ(create(R"({"phone":7})"), (Problems{{"phone", "must be a string"}}));
  EXPECT_TRUE(v2_problems(R"({"first":"Theo"})").empty());
}

TEST(ReadContactPatchV2, TakesABlankPhoneBesideAnAddressForNone) {
  for (const std::string_view body : {R"({"phone":"","email":"a@b.c"})", R"({"phone":" \t","email":"a@b.c"})"}) {
    const auto patch = v2_patch(body, v2::AddressRule::required);
    EXPECT_EQ(patch.problems, Problems{}) << body;
    EXPECT_FALSE(patch.phone) << body;
    EXPECT_FALSE(patch.clears_phone) << body;
  }
}

TEST(ReadContactPatchV2, TakesABlankPhoneInAnUpdateForOneThatIsToBeCleared) {
  const auto patch = v2_patch(R"({"phone":" ","email":"a@b.c"})", v2::AddressRule::optional);
  EXPECT_EQ(patch.problems, Problems{});
  EXPECT_FALSE(patch.phone);
  EXPECT_TRUE(patch.clears_phone);
}

}  // namespace
}  // namespace cardfile::wire
