#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "json_words.h"

namespace cardfile::wire {
namespace {

using namespace std::string_view_literals;

/// A document that is taken, and how the writer spells it.
struct Taken {
  std::string_view text;
  std::string_view spelled;
};

constexpr Taken kTaken[] = {
    // Values alone.
    {"null"sv, "null"sv},
    {"true"sv, "true"sv},
    {"false"sv, "false"sv},
    {"0"sv, "0"sv},
    {"-0"sv, "0"sv},
    {"7"sv, "7"sv},
    {"-7"sv, "-7"sv},
    {"9223372036854775807"sv, "9223372036854775807"sv},
    {"-9223372036854775808"sv, "-9223372036854775808"sv},
    {"\"\""sv, "\"\""sv},
    {"\"Ada\""sv, "\"Ada\""sv},
    {"[]"sv, "[]"sv},
    {"{}"sv, "{}"sv},
    // Blanks in every allowed place.
    {" \t\r\n1 \t\r\n"sv, "1"sv},
    {"[ ]"sv, "[]"sv},
    {"{\n}"sv, "{}"sv},
    {"[1 , 2 ]"sv, "[1,2]"sv},
    {"{ \"a\" : 1 , \"b\" : 2 }"sv, R"({"a":1,"b":2})"sv},
    // Numbers keep their spelling unless they are integers.
    {"1.0"sv, "1.0"sv},
    {"-0.0"sv, "-0.0"sv},
    {"0.1"sv, "0.1"sv},
    {"1e2"sv, "1e2"sv},
    {"1E2"sv, "1E2"sv},
    {"1e+2"sv, "1e+2"sv},
    {"1e-2"sv, "1e-2"sv},
    {"0e1"sv, "0e1"sv},
    {"0e+1"sv, "0e+1"sv},
    {"123.456e78"sv, "123.456e78"sv},
    {"1.7976931348623157e308"sv, "1.7976931348623157e308"sv},
    {"1e-400"sv, "1e-400"sv},
    {"0.3000000000000000000000000000000000004"sv, "0.3000000000000000000000000000000000004"sv},
    {"[1.5 ,2]"sv, "[1.5,2]"sv},
    // Containers.
    {"[null,true,false,1,\"x\",[],{}]"sv, "[null,true,false,1,\"x\",[],{}]"sv},
    {"[[],[[]]]"sv, "[[],[[]]]"sv},
    {"[{\"a\":[{\"b\":{}}]}]"sv, "[{\"a\":[{\"b\":{}}]}]"sv},
    {"{\"\":0}"sv, "{\"\":0}"sv},
    {"{\"a\":{\"a\":{\"a\":1}}}"sv, "{\"a\":{\"a\":{\"a\":1}}}"sv},
    {"[{\"a\":1},{\"a\":2}]"sv, "[{\"a\":1},{\"a\":2}]"sv},
    // Text that looks like structure.
    {R"("[1,2]")"sv, R"("[1,2]")"sv},
    {R"({"a,b":"c:d}"})"sv, R"({"a,b":"c:d}"})"sv},
    {R"("//")"sv, R"("//")"sv},
    // Escapes mean what they stand for.
    {R"("\"\\\/\b\f\n\r\t")"sv, R"("\"\\/\b\f\n\r\t")"sv},
    {R"("\u0041\u00e9\u20ac")"sv, "\"A\xC3\xA9\xE2\x82\xAC\""sv},
    {R"("\u00E9\u20AC")"sv, "\"\xC3\xA9\xE2\x82\xAC\""sv},
    {R"("\ud83d\ude00")"sv, "\"\xF0\x9F\x98\x80\""sv},
    {R"("\uD83D\uDE00!")"sv, "\"\xF0\x9F\x98\x80!\""sv},
    {R"("\ud800\udc00\udbff\udfff")"sv, "\"\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\""sv},
    {R"("\u0000")"sv, R"("\u0000")"sv},
    {R"("a\u0000b")"sv, R"("a\u0000b")"sv},
    {R"("\u001f")"sv, R"("\u001f")"sv},
    {R"("\u007f")"sv, "\"\x7F\""sv},
    {R"("\ufffe\uffff")"sv, "\"\xEF\xBF\xBE\xEF\xBF\xBF\""sv},
    {R"("\u2028")"sv, "\"\xE2\x80\xA8\""sv},
    {R"("\\u0041")"sv, R"("\\u0041")"sv},
    {R"("\\\"")"sv, R"("\\\"")"sv},
    {R"({"\u0061\"":1})"sv, R"({"a\"":1})"sv},
    {R"("just a line that is longer than a register \n and goes on behind its escape")"sv,
     R"("just a line that is longer than a register \n and goes on behind its escape")"sv},
    // UTF-8 as it is.
    {"\"\x7F\""sv, "\"\x7F\""sv},
    {"\"\xC2\x80\xDF\xBF\""sv, "\"\xC2\x80\xDF\xBF\""sv},
    {"\"\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF\""sv,
     "\"\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF\""sv},
    {"\"\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\""sv, "\"\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\""sv},
    {"{\"\xC3\xA9\":1}"sv, "{\"\xC3\xA9\":1}"sv},

    // More numbers, and blanks about them.
    {"[ 4]"sv, "[4]"sv},
    {"-0.000000000000000000000000000000000000000000000000000000000000000000000000000001"sv,
     "-0.000000000000000000000000000000000000000000000000000000000000000000000000000001"sv},
    {"[20e1,-1,-0,-0e-0]"sv, "[20e1,-1,0,-0e-0]"sv},
    {"1.7976931348623157E+308"sv, "1.7976931348623157E+308"sv},
    {"5e-324"sv, "5e-324"sv},
    {"1e-1000000"sv, "1e-1000000"sv},
    {"0e1000000"sv, "0e1000000"sv},
    // More containers.
    {"[[]   ]"sv, "[[]]"sv},
    {"[1,null,null,null,2]"sv, "[1,null,null,null,2]"sv},
    {" [] \n"sv, "[]"sv},
    {"{\n\"a\": \"b\"\n}"sv, R"({"a":"b"})"sv},
    {R"({"min": -1.0e+28, "max": 1.0e+28})"sv, R"({"min":-1.0e+28,"max":1.0e+28})"sv},
    {R"({"foo\u0000bar": 42})"sv, R"({"foo\u0000bar":42})"sv},
    {R"({"A":1,"a":2})"sv, R"({"A":1,"a":2})"sv},
    {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"sv,
     "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"sv},
    // More text that looks like something else.
    {R"("a/*b*/c/*d//e")"sv, R"("a/*b*/c/*d//e")"sv},
    {R"("\\a")"sv, R"("\\a")"sv},
    {R"("\\n")"sv, R"("\\n")"sv},
    {R"("null")"sv, R"("null")"sv},
    {R"(" ")"sv, R"(" ")"sv},
    {R"("\u0022\u005c\u002F")"sv, R"("\"\\/")"sv},
    {R"("\u0012\u001F")"sv, R"("\u0012\u001f")"sv},
    {R"("\uFDD0\uD83F\uDFFE\uDBFF\uDFFE")"sv, "\"\xEF\xB7\x90\xF0\x9F\xBF\xBE\xF4\x8F\xBF\xBE\""sv},
    {R"("\u200B\u2064\uFEFF")"sv, "\"\xE2\x80\x8B\xE2\x81\xA4\xEF\xBB\xBF\""sv},
    {"\"\xE2\x80\xA8\xE2\x80\xA9\""sv, "\"\xE2\x80\xA8\xE2\x80\xA9\""sv},
    {"\"\xF0\x9B\xBF\xBF\xEF\xBF\xBF\xF4\x8F\xBF\xBF\""sv, "\"\xF0\x9B\xBF\xBF\xEF\xBF\xBF\xF4\x8F\xBF\xBF\""sv},
    {"\"\xCF\x80\xE2\x8D\x82\xE3\x88\xB4\""sv, "\"\xCF\x80\xE2\x8D\x82\xE3\x88\xB4\""sv},
    {"\"e\xCC\x81\""sv, "\"e\xCC\x81\""sv},
};

TEST(JsonTable, EveryDocumentThatTheRfcAllowsAndWeTakeIsRead) {
  for (const Taken& row : kTaken) {
    SCOPED_TRACE(std::string(row.text));
    std::string spelled;
    EXPECT_NO_THROW(spelled = rewritten(row.text));
    EXPECT_EQ(spelled, row.spelled);
  }
}

/// A document that is refused, and the byte at which.
struct Refused {
  std::string_view text;
  std::size_t offset;
};

constexpr Refused kRefused[] = {
    // Nothing, or too little.
    {""sv, 0},
    {"  \n"sv, 3},
    {"["sv, 1},
    {"{"sv, 1},
    {"[1"sv, 2},
    {"[1,"sv, 3},
    {"[[]"sv, 3},
    {"{\"a\""sv, 4},
    {"{\"a\":"sv, 5},
    {"{\"a\":1"sv, 6},
    {"{\"a\":1,"sv, 7},
    {"{\"a\":{}"sv, 7},
    // Too much.
    {"1 2"sv, 2},
    {"1,2"sv, 2},
    {"{}{}"sv, 2},
    {"[] x"sv, 3},
    {"[1]]"sv, 3},
    {"{\"a\":1}}"sv, 7},
    {"]"sv, 0},
    {"}"sv, 0},
    {"1],[2"sv, 1},
    {"[1],[2]"sv, 4},
    {"null,"sv, 5},
    // Commas and colons.
    {"[,1]"sv, 1},
    {"[1,]"sv, 3},
    {"[1,,2]"sv, 3},
    {"[1 2]"sv, 3},
    {"[\"a\"\"b\"]"sv, 4},
    {"[1:2]"sv, 2},
    {"{,}"sv, 1},
    {"{\"a\":1,}"sv, 7},
    {"{\"a\":1 \"b\":2}"sv, 7},
    {"{\"a\" 1}"sv, 5},
    {"{\"a\":}"sv, 5},
    {"{\"a\"::1}"sv, 5},
    {"{\"a\",1}"sv, 4},
    {"{:1}"sv, 1},
    {"{1:1}"sv, 1},
    {"{a:1}"sv, 1},
    {"{'a':1}"sv, 1},
    {"{null:1}"sv, 1},
    {"[1}"sv, 2},
    {"{\"a\":1]"sv, 6},
    {"{]"sv, 1},
    {"{\"a\":[1}"sv, 7},
    // Words.
    {"nul"sv, 0},
    {"nulll"sv, 0},
    {"Null"sv, 0},
    {"[tru]"sv, 1},
    {"[truex]"sv, 1},
    {"[fals]"sv, 1},
    {"TRUE"sv, 0},
    {"undefined"sv, 0},
    {"NaN"sv, 0},
    {"Infinity"sv, 0},
    {"[-Infinity]"sv, 1},
    {"[-NaN]"sv, 1},
    // Numbers.
    {"+1"sv, 0},
    {"01"sv, 0},
    {"-01"sv, 0},
    {"[007]"sv, 1},
    {"-"sv, 0},
    {"[1.]"sv, 1},
    {".5"sv, 0},
    {"[-.5]"sv, 1},
    {"1e"sv, 0},
    {"1e+"sv, 0},
    {"1.e1"sv, 0},
    {"1.5.2"sv, 0},
    {"1e1e1"sv, 0},
    {"0x10"sv, 0},
    {"1_000"sv, 0},
    {"1a"sv, 0},
    {"--1"sv, 0},
    {"[1 ,-]"sv, 4},
    {"\xEF\xBC\x91"sv, 0},
    {"1e400"sv, 0},
    {"-1e400"sv, 0},
    {"[1.8e308]"sv, 1},
    {"9223372036854775808"sv, 0},
    {"-9223372036854775809"sv, 0},
    {"18446744073709551616"sv, 0},
    {"[100000000000000000000000000]"sv, 1},
    // Strings.
    {"\""sv, 0},
    {"[\"a]"sv, 1},
    {"{\"a\":\"b}"sv, 5},
    {R"("\")"sv, 0},
    {"'a'"sv, 0},
    {"\"a\nb\""sv, 2},
    {"\"a\tb\""sv, 2},
    {"\"a\0b\""sv, 2},
    {"{\"a\x1F\":1}"sv, 3},
    {R"("\x41")"sv, 1},
    {R"("a\a")"sv, 2},
    {R"("\'")"sv, 1},
    {R"("\u")"sv, 1},
    {R"("\u12")"sv, 1},
    {R"("\u12G4")"sv, 1},
    {R"("\U0041")"sv, 1},
    {"\"\\\xC3\xA9\""sv, 1},
    {R"({"\q":1})"sv, 2},
    // Surrogates without their other half.
    {R"("\ud800")"sv, 1},
    {R"("\udbff!")"sv, 1},
    {R"("\udc00")"sv, 1},
    {R"("ab\udfff")"sv, 3},
    {R"("\ud800\u0041")"sv, 1},
    {R"("\ud800\ud800")"sv, 1},
    {R"("\ud800\n")"sv, 1},
    {R"("\ud800\udc0")"sv, 1},
    {R"("\udc00\ud800")"sv, 1},
    {R"({"\ud83d":1})"sv, 2},
    // Bytes that are not UTF-8.
    {"\"\x80\""sv, 1},
    {"\"\xBF\""sv, 1},
    {"\"\xC0\x80\""sv, 1},
    {"\"\xC1\xBF\""sv, 1},
    {"\"\xC3\""sv, 1},
    {"\"\xE0\x9F\xBF\""sv, 1},
    {"\"\xE2\x82\""sv, 1},
    {"\"\xED\xA0\x80\""sv, 1},
    {"\"\xED\xBF\xBF\""sv, 1},
    {"\"\xF0\x8F\xBF\xBF\""sv, 1},
    {"\"\xF4\x90\x80\x80\""sv, 1},
    {"\"\xF5\x80\x80\x80\""sv, 1},
    {"\"ab\xFF\""sv, 3},
    {"[1,\xFE]"sv, 3},
    // Other encodings, marks and bytes between the values.
    {"\xEF\xBB\xBF{}"sv, 0},
    {"\xFF\xFE[\0]\0"sv, 0},
    {"{}\0"sv, 2},
    {"[1\0]"sv, 1},
    {"[\f]"sv, 1},
    {"[1,\v2]"sv, 3},
    {"[\xC2\xA0]"sv, 1},
    {"[\xE2\x81\xA0]"sv, 1},
    {"[1]\x1A"sv, 3},
    // What people add to JSON.
    {"/* a */ 1"sv, 0},
    {"[1] // a"sv, 4},
    {"# a"sv, 0},
    {"[1,...]"sv, 3},
    {"<html>"sv, 0},
    {"a=1&b=2"sv, 0},
    // More of each.
    {"[1 true]"sv, 3},
    {"[a\xE5]"sv, 2},
    {"[\"\"],"sv, 5},
    {"[\"x\",,]"sv, 5},
    {"[x"sv, 1},
    {"[3[4]]"sv, 2},
    {"[\xFF]"sv, 1},
    {"[1;2]"sv, 1},
    {"[,]"sv, 1},
    {"[-]"sv, 1},
    {"[   , \"\"]"sv, 4},
    {"[\"a\",\n4\n,1,"sv, 11},
    {"[1,,"sv, 3},
    {"[\"\v\"\\f]"sv, 2},
    {"[*]"sv, 1},
    {"[\"\""sv, 3},
    {"[1,\n1\n,1"sv, 8},
    {"[{}"sv, 3},
    {"123\0"sv, 0},
    {"[++1]"sv, 1},
    {"[+Inf]"sv, 1},
    {"[-1.0.]"sv, 1},
    {"[-2.]"sv, 1},
    {"[.-1]"sv, 1},
    {"[.2e-3]"sv, 1},
    {"[0.1.2]"sv, 1},
    {"[0.3e+]"sv, 1},
    {"[0.3e]"sv, 1},
    {"[0.e1]"sv, 1},
    {"[0E+]"sv, 1},
    {"[0E]"sv, 1},
    {"[1.0e-]"sv, 1},
    {"[1 000.0]"sv, 3},
    {"[1eE2]"sv, 1},
    {"[2.e+3]"sv, 1},
    {"[2.e-3]"sv, 1},
    {"[9.e+]"sv, 1},
    {"[1+2]"sv, 1},
    {"[0x1]"sv, 1},
    {"[0x42]"sv, 1},
    {"[0e+-1]"sv, 1},
    {"[-123.123foo]"sv, 1},
    {"[123\xE5]"sv, 4},
    {"[1e1\xE5]"sv, 4},
    {"[0\xE5]"sv, 2},
    {"[-foo]"sv, 1},
    {"[- 1]"sv, 1},
    {"[-1x]"sv, 1},
    {"[1ea]"sv, 1},
    {"[1e\xE5]"sv, 3},
    {"[1.2a-3]"sv, 1},
    {"[1.8011670033376514H-308]"sv, 1},
    {"[012]"sv, 1},
    {"[1e999999999999999999999]"sv, 1},
    {"[\"x\", truth]"sv, 6},
    {"{[: \"x\"}"sv, 1},
    {"{\"x\", null}"sv, 4},
    {"{\xF0\x9F\x87\xA8\xF0\x9F\x87\xAD}"sv, 1},
    {"{\"a\":\"a\" 123}"sv, 9},
    {"{'a': 0}"sv, 1},
    {"{\"\xB9\":\"0\",}"sv, 2},
    {"{\"a\" b}"sv, 5},
    {"{\"a\":1,,}"sv, 7},
    {"{9999E9999:1}"sv, 1},
    {"{null:null,null:null}"sv, 1},
    {"{\"a\":0,,,,,}"sv, 7},
    {"{\"a\":/**/1}"sv, 5},
    {"{\"a\":1}/**/"sv, 7},
    {"{\"a\":1}//"sv, 7},
    {"{\"a\":1}/"sv, 7},
    {"{\"a\":1,,\"b\":2}"sv, 7},
    {"{a: \"b\"}"sv, 1},
    {"{\"a\":\"a"sv, 5},
    {"{\"a\":\"b\",\"c\"}"sv, 12},
    {"{\"a\":\"b\"}#"sv, 9},
    {" "sv, 1},
    {"[\"\\uD800\\\"]"sv, 1},
    {"[\"\\uD800\\u1\"]"sv, 2},
    {"[\"\\uD800\\u1x\"]"sv, 2},
    {"[\xC3\xA9]"sv, 1},
    {"[\"\\\0\"]"sv, 3},
    {"[\"\\\\\\\"]"sv, 1},
    {"[\"\\\t\"]"sv, 3},
    {"[\"\\\xF0\x9F\x8C\x80\"]"sv, 2},
    {"[\"\\\"]"sv, 1},
    {"[\"\\u00A\"]"sv, 2},
    {"[\"\\uD834\\uDd\"]"sv, 2},
    {"[\"\\uD800\\uD800\\x\"]"sv, 2},
    {"[\"\\u\xE5\"]"sv, 4},
    {"[\"\\\xE5\"]"sv, 3},
    {"[\\u0020\"asd\"]"sv, 1},
    {"[\\n]"sv, 1},
    {"abc"sv, 0},
    {"[\"\\"sv, 1},
    {"[\"a\0a\"]"sv, 3},
    {"\"\\UA66D\""sv, 1},
    {"\"\"x"sv, 2},
    {"\xEF\xBB\xBF"sv, 0},
    {"\xEF\xBB"sv, 0},
    {"<.>"sv, 0},
    {"[<null>]"sv, 1},
    {"[1]x"sv, 3},
    {"a\xC3\xA5"sv, 0},
    {"[True]"sv, 1},
    {"1]"sv, 1},
    {"{\"x\": true,"sv, 11},
    {"[][]"sv, 2},
    {"2@"sv, 0},
    {"{}}"sv, 2},
    {"{\"\":"sv, 4},
    {"{\"a\":/*comment*/\"b\"}"sv, 5},
    {"{\"a\": true} \"x\""sv, 12},
    {"['"sv, 1},
    {"[,"sv, 1},
    {"[{"sv, 2},
    {"[\"a"sv, 1},
    {"[\"a\""sv, 4},
    {"{["sv, 1},
    {"{\"a"sv, 1},
    {"{'a'"sv, 1},
    {"[\"\\{[\"\\{[\"\\{[\"\\{"sv, 2},
    {"\xE9"sv, 0},
    {"*"sv, 0},
    {"{\"a\":\"b\"}#{}"sv, 9},
    {"[\\u000A\"\"]"sv, 1},
    {"[ false, nul"sv, 9},
    {"[ true, fals"sv, 8},
    {"[ false, tru"sv, 9},
    {"{\"asd\":\"asd\""sv, 12},
    {"\xC3\xA5"sv, 0},
    {"\xE2\x81\xA0"sv, 0},
    {"\f[]"sv, 0},
    {"[1,2\0]"sv, 3},
    {"{\"a\":1}\0"sv, 7},
    {"[\"\xED\xA0\x80\xED\xB0\x80\"]"sv, 2},
    {"[\"\xF8\x88\x80\x80\x80\"]"sv, 2},
    {"[\"\xFC\x84\x80\x80\x80\x80\"]"sv, 2},
    {"[\"\xC3\xC3\xA9\"]"sv, 2},
    {"\0[\0]"sv, 0},
    {"\xFE\xFF\0[\0]"sv, 0},
    {"[\"\\uDEAD\"]"sv, 2},
    {"[\"\\uDFAA\"]"sv, 2},
    {"[\"\\uD888\\u1234\"]"sv, 2},
    {"[\"\\ud800abc\"]"sv, 2},
    {"[\"\\uDd1e\\uD834\"]"sv, 2},
    {"[123123e100000]"sv, 1},
    {"[-123123123123123123123123123123]"sv, 1},
};

std::string refusal(std::string_view text) {
  JsonDocument document;
  const auto problems = problems_of([&] { document.parse(text); });
  if (problems.size() != 1) return "none";
  return problems[0].field + ": " + problems[0].message;
}

TEST(JsonTable, EveryOtherDocumentIsRefusedAtTheByteWhereItGoesWrong) {
  for (const Refused& row : kRefused) {
    SCOPED_TRACE(std::string(row.text));
    const std::string message = refusal(row.text);
    EXPECT_TRUE(message.starts_with("body: is not JSON: ")) << message;
    EXPECT_TRUE(message.ends_with(" at byte " + std::to_string(row.offset))) << message;
  }
}

// Readers more lenient than ours, each by what it makes of a document before it reads it.

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out(text);
  for (std::size_t at = out.find(from); at != std::string::npos; at = out.find(from, at + to.size())) {
    out.replace(at, from.size(), to);
  }
  return out;
}

std::string drops_the_mark(std::string_view text) { return replaced(text, "\xEF\xBB\xBF", ""); }
std::string drops_trailing_commas(std::string_view text) { return replaced(text, ",]", "]"); }
std::string drops_comments(std::string_view text) { return replaced(text, "/**/", ""); }
std::string takes_single_quotes(std::string_view text) { return replaced(text, "'", "\""); }
std::string knows_more_words(std::string_view text) { return replaced(text, "NaN", "0"); }
std::string takes_pluses(std::string_view text) { return replaced(text, "+1", "1"); }
std::string takes_any_byte(std::string_view text) { return replaced(text, "\xFF", "?"); }
std::string takes_half_surrogates(std::string_view text) { return replaced(text, "\\ud800", "?"); }
std::string stops_at_a_nul(std::string_view text) { return std::string(text.substr(0, text.find('\0'))); }

TEST(JsonTable, TellsALenientReaderApart) {
  for (const auto planted : {drops_the_mark, drops_trailing_commas, drops_comments, takes_single_quotes,
                             knows_more_words, takes_pluses, takes_any_byte, takes_half_surrogates, stops_at_a_nul}) {
    EXPECT_TRUE(std::any_of(std::begin(kRefused), std::end(kRefused),
                            [&](const Refused& row) { return refusal(planted(row.text)) == "none"; }));
  }
}

TEST(JsonTable, ABadDocumentLeavesNothingBehindForTheNextOne) {
  JsonDocument document;
  for (const Refused& row : kRefused) {
    SCOPED_TRACE(std::string(row.text));
    EXPECT_THROW(document.parse(row.text), core::Error);
    EXPECT_EQ(document.parse(R"({"a":[1,"x"]})").find("a")->size(), 2U);
  }
}

TEST(JsonTable, EveryPrefixOfADocumentIsRefused) {
  constexpr std::string_view kText = R"({"a":[1,-2.5e3,"x\u00e9\n",null],"b":{"c":true,"d":[[],{}]}})";
  EXPECT_EQ(refusal(kText), "none");
  for (std::size_t length = 0; length < kText.size(); ++length) {
    EXPECT_NE(refusal(kText.substr(0, length)), "none") << length;
  }
}

/// The thread's own time that `act` takes.
template <class Act>
std::chrono::milliseconds cost_of(Act&& act) {
  const auto now = [] {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  };
  const auto begin = now();
  act();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now() - begin);
}

TEST(JsonTable, LongDocumentsThatOpenWithoutEndCostNothing) {
  for (const std::string_view piece :
       {"["sv, "{\"a\":"sv, "[{\"\":"sv, "\""sv, "\\"sv, "-"sv, "[1,"sv, "{"sv, "\xF0"sv}) {
    SCOPED_TRACE(std::string(piece));
    std::string text;
    while (text.size() < (1U << 20)) text += piece;
    // A parse that looks at its text a few times takes milliseconds; one that looks at it for each byte takes minutes.
    EXPECT_LT(cost_of([&] { EXPECT_NE(refusal(text), "none"); }), std::chrono::milliseconds(500));
  }
}

}  // namespace
}  // namespace cardfile::wire
