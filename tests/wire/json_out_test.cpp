#include "wire/json_out.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "json_words.h"

namespace cardfile::wire {
namespace {

using namespace std::string_view_literals;

TEST(JsonWriter, SetsCommasBetweenValuesAndNowhereElse) {
  EXPECT_EQ(written([](JsonWriter& json) {
              json.begin_object().key("a").integer(1).key("b").begin_array().null().boolean(true).boolean(false);
              json.begin_object().end_object().begin_array().end_array().end_array().key("c").string("").end_object();
            }),
            R"({"a":1,"b":[null,true,false,{},[]],"c":""})");
  EXPECT_EQ(written([](JsonWriter& json) { json.string("ok"); }), R"("ok")");
}

TEST(JsonWriter, AppendsToWhatIsThere) {
  std::string out = "data: ";
  JsonWriter json(out);
  json.begin_array().raw(R"({"a":1})").raw("2").end_array();
  EXPECT_EQ(out, R"(data: [{"a":1},2])");
}

TEST(JsonWriter, EscapesWhatJsonCannotHoldAndNothingElse) {
  const auto quoted = [](std::string_view text) { return written([&](JsonWriter& json) { json.string(text); }); };
  EXPECT_EQ(quoted("\"\\\n\t\r\b\f"), R"("\"\\\n\t\r\b\f")");
  EXPECT_EQ(quoted("\x01\x1f\0"sv), R"("\u0001\u001f\u0000")");
  EXPECT_EQ(quoted("/<>&'\x7f"), "\"/<>&'\x7f\"");
  EXPECT_EQ(quoted("\xC3\xA9\xF0\x9F\x98\x80\xE2\x80\xA8"), "\"\xC3\xA9\xF0\x9F\x98\x80\xE2\x80\xA8\"");
  EXPECT_EQ(written([](JsonWriter& json) { json.begin_object().key("a\"b").null().end_object(); }), R"({"a\"b":null})");
}

TEST(JsonWriter, FindsTheOneEscapeAnywhereInATextOfAnyLength) {
  for (std::size_t length = 1; length < 130; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      std::string text(length, 'a');
      text[at] = '"';
      const std::string expected = "\"" + text.substr(0, at) + "\\\"" + text.substr(at + 1) + "\"";
      ASSERT_EQ(written([&](JsonWriter& json) { json.string(text); }), expected);
    }
  }
}

TEST(JsonWriter, WritesTheSameWhereverItIsInALongText) {
  constexpr std::string_view kRest =
      R"(",-7,"a\nb",{"literal":true,"made":null},"0a0b0c00-0000-0000-0000-000000000000","1970-01-01T00:00:00.000001Z"])";
  const std::string made = "made";
  for (std::size_t length = 0; length < 2200; ++length) {
    const std::string text(length, 'a');
    ASSERT_EQ(written([&](JsonWriter& json) {
                json.begin_array().string(text).integer(-7).string("a\nb").begin_object();
                json.key("literal").boolean(true).key(std::string_view(made)).null().end_object();
                json.uuid(core::Uuid({10, 11, 12})).time(core::Timestamp(std::chrono::microseconds(1))).end_array();
              }),
              "[\"" + text + std::string(kRest));
  }
}

TEST(JsonWriter, GivesEachValueWhenItIsComplete) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("a").integer(1).end_object();
  EXPECT_EQ(out, R"({"a":1})");
  json.string("b");
  EXPECT_EQ(out, R"({"a":1},"b")");
}

TEST(JsonWriter, WritesIntegersToTheirLimits) {
  EXPECT_EQ(written([](JsonWriter& json) {
              json.begin_array().integer(0).integer(-1);
              json.integer(std::numeric_limits<std::int64_t>::min()).integer(std::numeric_limits<std::int64_t>::max());
              json.end_array();
            }),
            "[0,-1,-9223372036854775808,9223372036854775807]");
}

}  // namespace
}  // namespace cardfile::wire
