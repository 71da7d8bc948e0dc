#include "http/message.h"

#include <gtest/gtest.h>

#include "http/answer.h"

namespace cardfile::http {
namespace {

TEST(Request, FindsAHeaderInAnyCaseAndTheFirstOfSeveral) {
  Request request;
  request.headers = {{"X-Request-Id", "one"}, {"x-request-id", "two"}, {"X-Empty", ""}};
  EXPECT_EQ(request.header("X-REQUEST-ID"), "one");
  EXPECT_EQ(request.header("Authorization"), "");
  EXPECT_TRUE(request.has_header("x-empty"));
  EXPECT_FALSE(request.has_header("x-emptyy"));
}

TEST(QueryValue, IsDecodedAndTheLastOneCounts) {
  struct Row {
    const char* query;
    const char* name;
    bool present;
    const char* value;
  };
  const Row rows[] = {
      {"overwrite=true", "overwrite", true, "true"},
      {"", "overwrite", false, ""},
      {"overwrite", "overwrite", true, ""},
      {"overwrite=", "overwrite", true, ""},
      {"=x", "overwrite", false, ""},
      {"&&a=1&&", "a", true, "1"},
      {"a=1&a=2", "a", true, "2"},
      {"a=1&a", "a", true, ""},
      {"a=1=2", "a", true, "1=2"},
      {"q=Ada+King%2C%20Lady", "q", true, "Ada King, Lady"},
      {"q=%2B1", "q", true, "+1"},
      {"phone%5B%5D=1312", "phone[]", true, "1312"},
      {"phone[]=1312", "phone[]", true, "1312"},
      {"q=100%", "q", true, "100%"},
      {"q=%4", "q", true, "%4"},
      {"q=%zz%41", "q", true, "%zzA"},
      {"q=%%41", "q", true, "%A"},
      {"q=%C3%A9", "q", true, "\xC3\xA9"},
      {"Overwrite=1", "overwrite", false, ""},
      {"overwritee=1", "overwrite", false, ""},
  };
  for (const Row& row : rows) {
    const QueryValue found = query_value(row.query, row.name);
    EXPECT_EQ(found.present, row.present) << row.query;
    EXPECT_EQ(found.value, row.value) << row.query;
  }
}

TEST(ReasonPhrase, NamesTheStatusesThatAreSent) {
  EXPECT_EQ(reason_phrase(200), "OK");
  EXPECT_EQ(reason_phrase(409), "Conflict");
  EXPECT_EQ(reason_phrase(412), "Precondition Failed");
  EXPECT_EQ(reason_phrase(429), "Too Many Requests");
  EXPECT_EQ(reason_phrase(431), "Request Header Fields Too Large");
  EXPECT_EQ(reason_phrase(505), "HTTP Version Not Supported");
  EXPECT_EQ(reason_phrase(299), "Unknown");
}

TEST(DateHeader, IsWrittenInTheFixedForm) {
  EXPECT_EQ(date_header(784111777), "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
}

TEST(Answer, WithoutContentHasNoLength) {
  std::string out;
  append_head(out, {.status = 204, .body = {}, .headers = {{"ETag", "\"7\""}}}, {});
  EXPECT_EQ(out, "HTTP/1.1 204 No Content\r\nETag: \"7\"\r\n\r\n");
}

TEST(QueryValues, AreAllOfThatNameInOrder) {
  EXPECT_EQ(query_values("phone[]=1&x=9&phone%5B%5D=%2B2&phone[]", "phone[]"),
            (std::vector<std::string>{"1", "+2", ""}));
  EXPECT_TRUE(query_values("phone=1", "phone[]").empty());
  EXPECT_TRUE(query_values("", "phone").empty());
}

}  // namespace
}  // namespace cardfile::http
