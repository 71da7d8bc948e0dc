#include "core/url.h"

#include <gtest/gtest.h>

#include <string>

namespace cardfile::core {
namespace {

TEST(Url, IsReadIntoWhereToConnectAndWhatToAskFor) {
  EXPECT_EQ(parse_url("https://example.org"), (Url{true, "example.org", 443, "/"}));
  EXPECT_EQ(parse_url("http://example.org/hooks/7?key=a%20b&x=/"),
            (Url{false, "example.org", 80, "/hooks/7?key=a%20b&x=/"}));
  EXPECT_EQ(parse_url("HTTPS://Hooks.Example.ORG:8443?a=1"), (Url{true, "hooks.example.org", 8443, "/?a=1"}));
  EXPECT_EQ(parse_url("http://192.0.2.7:65535/"), (Url{false, "192.0.2.7", 65535, "/"}));
  EXPECT_EQ(parse_url("https://[2001:DB8::7]/x"), (Url{true, "2001:db8::7", 443, "/x"}));
  EXPECT_EQ(parse_url("https://[::1]:9000"), (Url{true, "::1", 9000, "/"}));
}

TEST(Url, OfAnyOtherFormIsNone) {
  for (const char* text : {"",
                           "example.org",
                           "//example.org/",
                           "ftp://example.org/",
                           "https:/example.org",
                           "https://",
                           "https:///path",
                           "https://?a=1",
                           "https://user@example.org/",
                           "https://user:secret@example.org/",
                           "https://example.org/#part",
                           "https://exam ple.org/",
                           "https://example.org/a b",
                           "https://example.org/\r\nX: y",
                           "https://example.org/\x7f",
                           "https://ex\xc3\xa4mple.org/",
                           "https://example.org/\xc3\xa4",
                           "https://example.org:/",
                           "https://example.org:0/",
                           "https://example.org:65536/",
                           "https://example.org:-1/",
                           "https://example.org:+80/",
                           "https://example.org:80x/",
                           "https://.example.org/",
                           "https://-example.org/",
                           "https://example.org%00/",
                           "https://[::1/",
                           "https://[::1]x/",
                           "https://[example.org]/",
                           "https://[]/",
                           "https://::1/",
                           "https://example.org\\@evil.example/",
                           "https://example.org/<script>",
                           "https://example.org/`"}) {
    EXPECT_EQ(parse_url(text), std::nullopt) << text;
  }
}

TEST(Url, HasAtMost2048Characters) {
  const std::string start = "https://example.org/";
  EXPECT_TRUE(parse_url(start + std::string(kUrlMax - start.size(), 'a')));
  EXPECT_FALSE(parse_url(start + std::string(kUrlMax - start.size() + 1, 'a')));
  EXPECT_FALSE(parse_url("https://" + std::string(254, 'a') + "/"));
}

}  // namespace
}  // namespace cardfile::core
