#include "core/text.h"

#include <gtest/gtest.h>

namespace cardfile::core {
namespace {

TEST(Text, LosesBlanksAtItsEndsOnly) {
  EXPECT_EQ(trimmed("  Ada  Lovelace\t\r\n"), "Ada  Lovelace");
  EXPECT_EQ(trimmed("\v\fAda"), "Ada");
  EXPECT_EQ(trimmed("Ada"), "Ada");
  EXPECT_EQ(trimmed(" \t\n"), "");
  EXPECT_EQ(trimmed(""), "");
  EXPECT_EQ(trimmed("\u00a0Ada\u00a0"), "\u00a0Ada\u00a0");  // A no-break space was typed on purpose.
}

TEST(Text, IsUtf8AsFarAsItIs) {
  for (const std::string_view text : {"", "Ada", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                                      "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(valid_utf8(text), text.size()) << text;
  }
  // A continuation alone, overlong forms, surrogates, past the last character, cut off.
  for (const std::string_view text :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80", "\xFF", "\xC3", "\xE2\x82", "\xF0\x9F\x98"}) {
    EXPECT_EQ(valid_utf8(text), 0U);
    EXPECT_EQ(valid_utf8("Zo\xC3\xAB" + std::string(text)), 4U);
  }
}

TEST(Text, IsCountedInCharactersNotBytes) {
  EXPECT_EQ(length_of(""), 0U);
  EXPECT_EQ(length_of("Ada"), 3U);
  EXPECT_EQ(length_of("Zoë"), 3U);
  EXPECT_EQ(length_of("日本"), 2U);
  EXPECT_EQ(length_of("😀"), 1U);
  EXPECT_EQ(length_of("👩‍🚀"), 3U);  // Woman, joiner, rocket: three code points.
}

TEST(Text, KnowsControlCharactersFromOthers) {
  EXPECT_TRUE(has_control_character(std::string_view("a\0b", 3)));
  EXPECT_TRUE(has_control_character("a\x1f"));
  EXPECT_TRUE(has_control_character("a\x7f"));
  EXPECT_TRUE(has_control_character("a\tb"));
  EXPECT_FALSE(has_control_character(" ~äöü😀"));
  EXPECT_FALSE(has_control_character(""));
}

TEST(Text, IsPlainWithTabsAndLineEnds) {
  EXPECT_TRUE(is_plain_text("Name\tAda\r\nCity\tLondon"));
  EXPECT_TRUE(is_plain_text("😀"));
  EXPECT_FALSE(is_plain_text("a\vb"));
  EXPECT_FALSE(is_plain_text("a\x1b[0m"));
  EXPECT_FALSE(is_plain_text(std::string_view("\0", 1)));
}

TEST(Text, BecomesLowerCaseInAsciiOnly) {
  EXPECT_EQ(lower_ascii("ADA@Example.ORG [Z]"), "ada@example.org [z]");
  EXPECT_EQ(lower_ascii("ZOË"), "zoË");
}

}  // namespace
}  // namespace cardfile::core
