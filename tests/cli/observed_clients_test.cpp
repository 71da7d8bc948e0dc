// What client programs of the Heymarket API were seen to need, or they break: one test a habit, over a real connection
// to the real program with its demo data. The numbers are those of the contract's section 14.

#include <chrono>
#include <cstdint>
#include <ctime>
#include <map>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/http_client.h"
#include "support/program.h"

namespace cardfile::test {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

const HttpClient::Headers kCredentials = {{"Authorization", "Bearer cardfile-demo-key"},
                                          {"Accept", "application/json"},
                                          {"Content-Type", "application/json"}};

class AnObservedClient : public testing::Test {
 protected:
  HttpReply send(const std::string& method, const std::string& target, const std::string& body = {}) {
    const auto reply = client.send(method, target, body);
    EXPECT_TRUE(reply) << method << ' ' << target << ": no answer";
    return reply.value_or(HttpReply{});
  }

  /// The bytes as they are, on a connection of their own.
  HttpReply send_bytes(const std::string& bytes) {
    HttpClient raw(server.port(), {});
    EXPECT_TRUE(raw.send_bytes(bytes));
    return raw.receive().value_or(HttpReply{});
  }

  TempFolder folder;
  RunningServer server{folder, {"--demo"}};
  HttpClient client{server.port(), kCredentials};
};

/// All values of a string member in a JSON text, in order.
std::vector<std::string> values(const std::string& json, const std::string& member) {
  const std::regex pattern('"' + member + R"(":\s*"([^"]*)\")");
  std::vector<std::string> found;
  for (std::sregex_iterator at(json.begin(), json.end(), pattern), end; at != end; ++at) found.push_back(at->str(1));
  return found;
}

std::string custom_of(const std::string& contact) {
  const std::size_t begin = contact.find("\"custom\":") + 9;
  return contact.substr(begin, contact.find('}', begin) + 1 - begin);
}

TEST_F(AnObservedClient, 01_FindsABareArrayInAList) {
  EXPECT_THAT(send("POST", "/v1/contacts", "{}").body, StartsWith("[{"));
  const HttpReply nobody = send("POST", "/v1/contacts", R"({"date":"2999-01-01T00:00:00Z"})");
  EXPECT_EQ(nobody.status, 200);
  EXPECT_EQ(nobody.body, "[]");
}

TEST_F(AnObservedClient, 02_FindsInEveryContactATimeThatRisesStrictlyWithEachWrite) {
  const std::string page = send("POST", "/v1/contacts", R"({"limit":1000})").body;
  const std::vector<std::string> times = values(page, "updated");
  EXPECT_EQ(times.size(), values(page, "uuid").size());
  for (std::size_t i = 0; i < times.size(); ++i) {
    EXPECT_THAT(times[i], MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3,6}Z"));
    EXPECT_TRUE(i == 0 || times[i - 1] < times[i]) << times[i];
  }
  std::string last = times.back();
  for (int i = 0; i < 20; ++i) {
    send("PUT", "/v1/contact/98765", R"({"phone":"15105553344"})");
    const std::string now = values(send("GET", "/v1/contact/98765").body, "updated").at(0);
    EXPECT_GT(now, last);
    last = now;
  }
}

TEST_F(AnObservedClient, 03_MayWriteADateInManyWays) {
  for (const char* date : {"2020-01-01T00:00:00Z", "2020-01-01T00:00:00.123Z", "2020-01-01T00:00:00.123456Z",
                           "2020-01-01T00:00:00.123456789Z", "2020-01-01T02:00:00+02:00", "2019-12-31T19:30:00.5-04:30",
                           "2020-01-01T00:00:00+00:00"}) {
    const HttpReply reply = send("POST", "/v1/contacts", R"({"limit":1,"date":")" + std::string(date) + "\"}");
    EXPECT_EQ(reply.status, 200) << date;
    EXPECT_THAT(reply.body, StartsWith("[{")) << date;
  }
}

TEST_F(AnObservedClient, 04_MaySendABodyWithGetAndDeleteOnAConnectionThatStaysInStep) {
  for (const char* body : {"[]", "{}", "null", ""}) {
    EXPECT_THAT(send("GET", "/v1/contact/98765", body).body, StartsWith(R"({"id":98765,)"));
    EXPECT_EQ(send("GET", "/v1/team", body).status, 200);
  }
  const std::string created = send("POST", "/v1/contact", R"({"phone":"15105559901"})").body;
  const std::string id = json_member(created, "id");
  EXPECT_EQ(send("DELETE", "/v1/contact/" + id, "[]").body, R"("ok")");
  EXPECT_EQ(send("GET", "/v1/contact/" + id, "[]").status, 404);
}

TEST_F(AnObservedClient, 05_MaySayNoParametersInManyWays) {
  for (const char* path :
       {"/v1/contacts", "/v1/contacts/count", "/v1/contact-fields", "/v1/tags", "/v2/contacts/list"}) {
    const std::string answer = send("POST", path, "{}").body;
    EXPECT_THAT(answer, Not(HasSubstr("\"error\""))) << path;
    for (const char* body : {"", "[]", "null", " \n"}) {
      const HttpReply reply = send("POST", path, body);
      EXPECT_EQ(reply.status, 200) << path << ' ' << body;
      EXPECT_EQ(reply.body, answer) << path << ' ' << body;
    }
  }
}

TEST_F(AnObservedClient, 06_MayWriteAnEmptyCustomObjectAsAnArray) {
  const std::string before = custom_of(send("GET", "/v1/contact/98765").body);
  ASSERT_NE(before, "{}");
  EXPECT_EQ(send("PUT", "/v1/contact/98765", R"({"phone":"15105553344","custom":[]})").status, 200);
  EXPECT_EQ(custom_of(send("GET", "/v1/contact/98765").body), before);
  EXPECT_EQ(send("PUT", "/v1/contact/98765?overwrite=1", R"({"phone":"15105553344","custom":[]})").status, 200);
  EXPECT_EQ(custom_of(send("GET", "/v1/contact/98765").body), "{}");
}

TEST_F(AnObservedClient, 07_MayWriteOverwriteInManyWaysAndKeepsItsCustomValuesWithoutCustom) {
  const std::string before = custom_of(send("GET", "/v1/contact/98765").body);
  for (const char* query : {"", "?overwrite=true", "?overwrite=false", "?overwrite=1", "?overwrite=0",
                            "?overwrite=TRUE", "?overwrite=False"}) {
    EXPECT_EQ(send("PUT", "/v1/contact/98765" + std::string(query), R"({"phone":"15105553344"})").status, 200) << query;
    EXPECT_EQ(custom_of(send("GET", "/v1/contact/98765").body), before) << query;
  }
  for (const char* query : {"?overwrite=yes", "?overwrite=2", "?overwrite="}) {
    EXPECT_EQ(send("PUT", "/v1/contact/98765" + std::string(query), R"({"phone":"15105553344"})").status, 400) << query;
  }
}

TEST_F(AnObservedClient, 08_KeepsWhatItDoesNotSendAndReadsTheOptOutEitherWay) {
  send("PUT", "/v1/contact/98765", R"({"phone":"15105553344","first":"Mina","last":"Okafor","email":"m@example.org"})");
  send("PUT", "/v1/contact/98765", R"({"phone":"15105553344","last":"Lind"})");
  const std::string contact = send("GET", "/v1/contact/98765").body;
  EXPECT_THAT(contact, HasSubstr(R"("first":"Mina","last":"Lind")"));
  EXPECT_THAT(contact, HasSubstr(R"("email":"m@example.org")"));
  EXPECT_THAT(contact, HasSubstr(R"("is_opted_out":false)"));
  send("PUT", "/v1/contact/98765", R"({"phone":"15105553344","is_opted_out":true})");
  EXPECT_THAT(send("GET", "/v1/contact/98765").body, HasSubstr(R"("is_opted_out":true)"));
}

TEST_F(AnObservedClient, 09_FindsJsonWithContentInEverySuccess) {
  const std::string id = json_member(send("POST", "/v1/contact", R"({"phone":"15105559902"})").body, "id");
  const std::vector<HttpReply> replies = {
      send("POST", "/v1/contact/set_status", R"({"id":)" + id + R"(,"status":"blocked"})"),
      send("POST", "/v1/batch/contacts", R"([{"phone":"15105559902"}])"), send("POST", "/v1/contacts/count"),
      send("GET", "/v1/team"), send("DELETE", "/v1/contact/" + id)};
  EXPECT_EQ(replies[0].body, R"("success")");
  EXPECT_EQ(replies[1].body, R"("ok")");
  EXPECT_EQ(replies[4].body, R"("ok")");
  for (HttpReply reply : replies) {
    EXPECT_EQ(reply.status, 200);
    EXPECT_THAT(reply.headers["content-type"], StartsWith("application/json"));
    EXPECT_FALSE(reply.body.empty());
  }
}

TEST_F(AnObservedClient, 10_FindsAnObjectWithErrorAndMessageInEveryRefusal) {
  for (const auto& [method, path, body, status] :
       std::vector<std::tuple<std::string, std::string, std::string, int>>{{"PUT", "/v1/contact/98765", "{}", 400},
                                                                           {"GET", "/v1/contact/77", "", 404},
                                                                           {"GET", "/nowhere", "", 404},
                                                                           {"PATCH", "/v1/contact/98765", "{}", 405},
                                                                           {"POST", "/v1/message/send", "{}", 501}}) {
    HttpReply reply = send(method, path, body);
    EXPECT_EQ(reply.status, status) << path;
    EXPECT_THAT(reply.headers["content-type"], StartsWith("application/json"));
    EXPECT_THAT(reply.body, MatchesRegex(R"(\{"error":"[a-z_]+","error_code":"[a-z_]+","message":"[^"].*\})"));
  }
  const HttpReply stranger = *HttpClient(server.port(), {}).send("GET", "/v1/team");
  EXPECT_EQ(stranger.status, 401);
  EXPECT_THAT(stranger.body, StartsWith(R"({"error":"unauthorized",)"));
}

TEST_F(AnObservedClient, 11_IsRefusedWithAnObjectForABatchUnlessItHoldsContacts) {
  const std::string count = send("POST", "/v1/contacts/count").body;
  EXPECT_EQ(
      send("POST", "/v1/batch/contacts", R"({"json":[{"phone":"15105559903"}],"query":{"overwrite":false}})").status,
      400);
  EXPECT_EQ(send("POST", "/v1/batch/contacts", R"({"phone":"15105559903"})").status, 400);
  EXPECT_EQ(send("POST", "/v1/contacts/count").body, count);
  EXPECT_EQ(send("POST", "/v1/batch/contacts", R"({"contacts":[{"phone":"15105559903"}]})").body, R"("ok")");
}

TEST_F(AnObservedClient, 12_IsNeverRedirected) {
  EXPECT_EQ(send("POST", "/v1/contacts/", R"({"limit":1})").status, 200);
  EXPECT_EQ(send("PUT", "/v1/contact/98765/?overwrite=true", R"({"phone":"15105553344"})").status, 200);
  EXPECT_EQ(send("GET", "//v1//team").status, 200);
}

TEST_F(AnObservedClient, 13_MaySendMegabytesAfterBeingToldToContinueAndLearnsEarlyWhatIsTooMuch) {
  std::string body = "[";
  for (int i = 0; i < 500; ++i) {
    body += (i ? "," : "") + (R"({"phone":")" + std::to_string(16500000000 + i)) + R"(","note":")" +
            std::string(4000, 'x') + "\"}";
  }
  body += "]";
  ASSERT_GT(body.size(), 2'000'000U);
  const auto head = [&](std::uint64_t length) {
    return "POST /v1/batch/contacts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer cardfile-demo-key\r\n"
           "Expect: 100-continue\r\nContent-Length: " +
           std::to_string(length) + "\r\n\r\n";
  };
  HttpClient raw(server.port(), {});
  ASSERT_TRUE(raw.send_bytes(head(body.size())));
  EXPECT_EQ(raw.receive().value_or(HttpReply{}).status, 100);
  ASSERT_TRUE(raw.send_bytes(body));
  const HttpReply stored = raw.receive().value_or(HttpReply{});
  EXPECT_EQ(stored.status, 200);
  EXPECT_EQ(stored.body, R"("ok")");

  HttpReply refused = send_bytes(head(std::uint64_t{1} << 40));
  EXPECT_EQ(refused.status, 413);
  EXPECT_THAT(refused.body, StartsWith(R"({"error":"payload_too_large",)"));
}

// Signed tokens: tests/api/signed_token_test.cpp has a table of them.
TEST_F(AnObservedClient, 14_MayWriteBearerInAnyCase) {
  for (const char* scheme : {"bearer", "BEARER", "Bearer"}) {
    EXPECT_EQ(send_bytes("GET /v1/team HTTP/1.1\r\nHost: x\r\nAuthorization: " + std::string(scheme) +
                         " cardfile-demo-key\r\n\r\n")
                  .status,
              200);
  }
}

TEST_F(AnObservedClient, 15_MayWriteHeadersInAnyCaseSpeakHttp10AndSendItsOwnRequestId) {
  const std::string theirs = "6f1d0a52-9d0e-4a63-8c57-0f9f2c6f3a11";
  HttpReply reply = send_bytes(
      "GET /v1/team HTTP/1.1\r\nhOST: x\r\nAUTHORIZATION: Bearer cardfile-demo-key\r\nX-Unknown: 1\r\n"
      "x-request-id: " +
      theirs + "\r\nCONNECTION: close\r\n\r\n");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers["connection"], "close");
  EXPECT_THAT(reply.headers["x-request-id"], MatchesRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"));
  EXPECT_NE(reply.headers["x-request-id"], theirs);
  reply = send_bytes("GET /v1/team HTTP/1.0\r\nAuthorization: Bearer cardfile-demo-key\r\n\r\n");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, StartsWith("{\"id\":"));
}

TEST_F(AnObservedClient, 16_MayEscapeCharactersOrNot) {
  for (const char* name : {"Zo\xC3\xAB \xF0\x9F\x98\x80", R"(Zo\u00eb \ud83d\ude00)", R"(\u005aoë 😀)"}) {
    send("PUT", "/v1/contact/98765", R"({"phone":"15105553344","first":")" + std::string(name) + "\"}");
    EXPECT_THAT(send("GET", "/v1/contact/98765").body, HasSubstr("\"first\":\"Zo\xC3\xAB \xF0\x9F\x98\x80\"")) << name;
  }
}

TEST_F(AnObservedClient, 17_FindsANumberForAnIdAndMayLookItUpAsAString) {
  const std::string contact = send("GET", "/v1/contact/98765").body;
  EXPECT_THAT(contact, StartsWith(R"({"id":98765,)"));
  EXPECT_EQ(send("POST", "/v1/contact/get", R"({"id":"98765"})").body, contact);
  EXPECT_EQ(send("POST", "/v1/contact/get", R"({"id":98765})").body, contact);
}

TEST_F(AnObservedClient, 18_MaySendMembersThatNobodyKnows) {
  EXPECT_EQ(
      send("PUT", "/v1/contact/98765", R"({"phone":"15105553344","favourite":{"colour":["blue",1.5,null]}})").status,
      200);
  EXPECT_EQ(send("POST", "/v1/contacts", R"({"limit":1,"favourite":"blue"})").status, 200);
}

TEST_F(AnObservedClient, 20_FindsEmptyCustomAndTagsAsObjectAndArray) {
  const std::string id = json_member(send("POST", "/v1/contact", R"({"phone":"15105559904"})").body, "id");
  const std::string contact = send("GET", "/v1/contact/" + id).body;
  EXPECT_THAT(contact, HasSubstr(R"("custom":{})"));
  EXPECT_THAT(contact, HasSubstr(R"("tags":[])"));
  EXPECT_THAT(contact, Not(HasSubstr("null")));
}

TEST_F(AnObservedClient, 21_ChecksItsCredentialsWithTheTeamAndTheInboxes) {
  EXPECT_EQ(send("GET", "/v1/team").status, 200);
  EXPECT_EQ(send("GET", "/v1/inboxes").status, 200);
  HttpClient wrong(server.port(), {{"Authorization", "Bearer wrong"}});
  EXPECT_EQ(wrong.send("GET", "/v1/team")->status, 401);
  EXPECT_EQ(wrong.send("GET", "/v1/inboxes")->status, 401);
}

TEST(AnObservedClientWithALimit, 19_IsToldInWholeSecondsWhenToComeBack) {
  const TempFolder folder;
  RunningServer server(folder, {"--demo", "--rate-limit", "1"});
  HttpClient client(server.port(), kCredentials);
  EXPECT_EQ(client.send("GET", "/v1/team")->status, 200);
  auto refused = client.send("GET", "/v1/team");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 429);
  EXPECT_THAT(refused->headers["retry-after"], MatchesRegex("[1-9][0-9]*"));
}

}  // namespace
}  // namespace cardfile::test
