#include "wire/columns.h"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace cardfile::wire {
namespace {

core::Timestamp at(std::int64_t microseconds) { return core::Timestamp(std::chrono::microseconds(microseconds)); }

std::vector<core::Channel> channels() {
  return {{core::ChannelId(1), "phone", "15105553344", "", "", at(1767225600000000), at(1767225600000000)},
          {core::ChannelId(2), "facebook", "a\"b", "h", "i", at(-5), at(7)}};
}

TEST(Columns, HaveACompactForm) {
  EXPECT_EQ(custom_column({{core::FieldId(123), "Premium"}, {core::FieldId(7), ""}}), R"({"7":"","123":"Premium"})");
  EXPECT_EQ(tags_column({core::TagId(9), core::TagId(10)}), "[9,10]");
  EXPECT_EQ(email_suppressions_column({1, 2}), "[1,2]");
  EXPECT_EQ(channels_column(channels()),
            R"([{"id":1,"type":"phone","value":"15105553344","created":1767225600000000},)"
            R"({"id":2,"type":"facebook","value":"a\"b","created":-5,"updated":7,"handle":"h","info":"i"}])");
}

TEST(Columns, OfNotesHaveTheirTextAndDate) {
  const std::vector<core::Note> notes = {{3, at(1767225600000000), "Called \"back\"\n"}, {7, at(5), ""}};
  EXPECT_EQ(notes_column({}), "");
  EXPECT_TRUE(parse_notes_column("").empty());
  EXPECT_EQ(notes_column({notes.back()}), R"([{"id":7,"date":5,"text":""}])");
  EXPECT_EQ(parse_notes_column(notes_column(notes)), notes);
  for (const std::string text : {"{}", "[1]", "[{}]", R"([{"id":"3","date":5,"text":""}])", R"([{"id":3,"date":5}])"}) {
    EXPECT_THROW(parse_notes_column(text), std::runtime_error) << text;
  }
}

TEST(Columns, AreEmptyTextForNothing) {
  EXPECT_EQ(custom_column({}), "");
  EXPECT_EQ(tags_column({}), "");
  EXPECT_EQ(email_suppressions_column({}), "");
  EXPECT_EQ(channels_column({}), "");
  EXPECT_TRUE(parse_custom_column("").empty());
  EXPECT_TRUE(parse_tags_column("").empty());
  EXPECT_TRUE(parse_email_suppressions_column("").empty());
  EXPECT_TRUE(parse_channels_column("").empty());
}

TEST(Columns, ReadBackWhatWasWritten) {
  const core::CustomValues custom = {{core::FieldId(1), ""},
                                     {core::FieldId(2), "a\"\\\n\t\x01 \xF0\x9F\x98\x80"},
                                     {core::FieldId(core::kIdMax), std::string(4096, 'x')}};
  EXPECT_EQ(parse_custom_column(custom_column(custom)), custom);
  const std::vector<core::TagId> tags = {core::TagId(3), core::TagId(1), core::TagId(core::kIdMax)};
  EXPECT_EQ(parse_tags_column(tags_column(tags)), tags);
  const std::vector<std::int64_t> ids = {std::numeric_limits<std::int64_t>::min(), 0, core::kIdMax};
  EXPECT_EQ(parse_email_suppressions_column(email_suppressions_column(ids)), ids);
  EXPECT_EQ(parse_channels_column(channels_column(channels())), channels());
}

TEST(Columns, SayThatTheStoreIsDamagedNotTheRequest) {
  for (const std::string text : {"{", "[]", "7", R"({"x":"y"})", R"({"1":2})", R"({"1":"a","1":"b"})"}) {
    EXPECT_THROW(parse_custom_column(text), std::runtime_error) << text;
  }
  for (const std::string text : {"[", "{}", "7", "[1.5]", R"(["1"])"}) {
    EXPECT_THROW(parse_tags_column(text), std::runtime_error) << text;
    EXPECT_THROW(parse_email_suppressions_column(text), std::runtime_error) << text;
  }
  for (const std::string text : {"{}", "[1]", "[{}]", R"([{"id":"1","type":"phone","value":"1","created":1}])",
                                 R"([{"id":1,"type":"phone","value":"1"}])",
                                 R"([{"id":1,"type":"phone","value":"1","created":1,"updated":"x"}])",
                                 R"([{"id":1,"type":"phone","value":"1","created":1,"handle":null}])"}) {
    EXPECT_THROW(parse_channels_column(text), std::runtime_error) << text;
  }
}

}  // namespace
}  // namespace cardfile::wire
