// serve --demo: what a newcomer meets first.

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/http_client.h"
#include "support/program.h"

namespace cardfile::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

const HttpClient::Headers kDemoKey = {{"Authorization", "Bearer cardfile-demo-key"},
                                      {"Content-Type", "application/json"}};

// The ids of its keys.
constexpr const char* kOfN8nNode = "1";
constexpr const char* kPrinted = "2";
constexpr const char* kUsual = "3";

void make_demo(const TempFolder& folder) {
  RunningServer demo(folder, {"--demo"});
  demo.port();
  EXPECT_EQ(demo.stop(), 0);
}

void revoke(const TempFolder& folder, const std::string& key) {
  EXPECT_EQ(cardfile(folder, {"key", "revoke", key, "--team", "1", "--data", "data/demo"}).exit_code, 0);
}

std::string body_of(HttpClient& client, std::string_view method, std::string_view target, std::string_view body = {}) {
  const auto reply = client.send(method, target, body);
  return reply ? reply->body : "no answer";
}

std::vector<std::string> curl_lines(const std::string& guide) {
  std::vector<std::string> lines;
  std::istringstream stream(guide);
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("curl ")) lines.push_back(line);
  }
  return lines;
}

TEST(Demo, HasTheContactOfTheExamples) {
  const TempFolder folder;
  RunningServer server(folder, {"--demo"});
  HttpClient client(server.port(), kDemoKey);
  EXPECT_THAT(body_of(client, "GET", "/v1/contact/98765"),
              AllOf(HasSubstr("\"id\":98765"), HasSubstr("\"phone\":\"15105553344\""), HasSubstr("\"first\":\"Ada\""),
                    HasSubstr("\"123\":\"Basic\""), HasSubstr("\"456\":\"Small business\""), HasSubstr("\"rev\":1")));
}

TEST(Demo, TakesTheKeyThatPagesOfTheRealServicePrint) {
  const TempFolder folder;
  RunningServer server(folder, {"--demo"});
  HttpClient client(server.port(), {{"Authorization", "Bearer YOUR_API_KEY"}});
  EXPECT_THAT(body_of(client, "GET", "/v1/contact/98765"), HasSubstr("\"id\":98765"));
}

TEST(Demo, HasFiveHundredOtherContacts) {
  const TempFolder folder;
  RunningServer server(folder, {"--demo"});
  HttpClient client(server.port(), kDemoKey);
  for (const int id : {98265, 98500, 98764}) {
    EXPECT_THAT(body_of(client, "GET", "/v1/contact/" + std::to_string(id)), HasSubstr("\"phone\":\"1"));
  }
  EXPECT_EQ(server.stop(), 0);
  EXPECT_THAT(cardfile(folder, {"check", "--data", "data/demo"}).errors, HasSubstr("501 contacts"));
}

TEST(Demo, HasTwelveCustomFieldsAmongThemThoseOfTheExamples) {
  const TempFolder folder;
  RunningServer server(folder, {"--demo"});
  HttpClient client(server.port(), kDemoKey);
  const std::string fields = body_of(client, "POST", "/v1/contact-fields", "{}");
  EXPECT_EQ(std::ranges::count(fields, '{'), 12);
  EXPECT_THAT(fields,
              AllOf(HasSubstr("{\"id\":123,\"title\":\"Plan\""), HasSubstr("{\"id\":456,\"title\":\"Segment\"")));
}

TEST(Demo, GivesNewContactsIdsAfterItsOwn) {
  const TempFolder folder;
  RunningServer server(folder, {"--demo"});
  HttpClient client(server.port(), kDemoKey);
  EXPECT_THAT(body_of(client, "POST", "/v1/contact", R"({"phone":"12025550199"})"), HasSubstr("\"id\":98766"));
}

TEST(Demo, PrintsLinesThatWorkWhenPasted) {
  const TempFolder folder;
  RunningServer server(folder, {"--demo"});
  HttpClient client(server.port(), kDemoKey);
  const std::vector<std::string> lines = curl_lines(server.process().output());
  ASSERT_EQ(lines.size(), 3u);
  const auto paste = [&](const std::string& line) {
    const Finished answer = run({.arguments = {"/bin/sh", "-c", line + " --silent --fail"}});
    EXPECT_EQ(answer.exit_code, 0) << line << answer.errors;
    return body_of(client, "GET", "/v1/contact/98765");
  };
  EXPECT_THAT(paste(lines[0]), AllOf(HasSubstr("\"first\":\"Updated\""), HasSubstr("\"email\":\"updated@example.com\""),
                                     HasSubstr("\"123\":\"Basic\"")));
  EXPECT_THAT(paste(lines[1]), AllOf(HasSubstr("\"101\":\"Okafor Garden Design\""), HasSubstr("\"123\":\"Premium\""),
                                     HasSubstr("\"456\":\"Enterprise\"")));
  EXPECT_THAT(paste(lines[2]), HasSubstr("\"custom\":{\"123\":\"Starter\"}"));
}

TEST(Demo, KeepsWhatWasChangedWhenItIsStartedAgain) {
  const TempFolder folder;
  {
    RunningServer server(folder, {"--demo"});
    HttpClient client(server.port(), kDemoKey);
    body_of(client, "PUT", "/v1/contact/98765", R"({"phone":"15105553344","first":"Kept"})");
    EXPECT_EQ(server.stop(), 0);
  }
  RunningServer server(folder, {"--demo"});
  HttpClient client(server.port(), kDemoKey);
  EXPECT_THAT(body_of(client, "GET", "/v1/contact/98765"), HasSubstr("\"first\":\"Kept\""));
}

TEST(Demo, StartsAgainAfterItsKeyWasRevoked) {
  const TempFolder folder;
  make_demo(folder);
  revoke(folder, kUsual);
  RunningServer server(folder, {"--demo"});
  HttpClient usual(server.port(), kDemoKey);
  EXPECT_THAT(body_of(usual, "GET", "/v1/contact/98765"), HasSubstr("\"unauthorized\""));
  HttpClient printed(server.port(), {{"Authorization", "Bearer YOUR_API_KEY"}});
  EXPECT_THAT(body_of(printed, "GET", "/v1/contact/98765"), HasSubstr("\"id\":98765"));
}

TEST(Demo, TellsWhichFolderTheOtherCommandsWorkOn) {
  const TempFolder folder;
  RunningServer server(folder, {"--demo"});
  server.port();
  EXPECT_THAT(server.process().output(), HasSubstr("cardfile team list --data ./data/demo\n"));
  const Finished refused = cardfile(folder, {"team", "list"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("There is no database in ./data: that of the demo is --data ./data/demo"));
  EXPECT_THAT(cardfile(folder, {"team", "list", "--data", "./data/demo"}).output, HasSubstr("1   "));
}

TEST(Demo, ListensOnLoopbackOnly) {
  const TempFolder folder;
  for (const char* address : {"0.0.0.0:0", "[::]:0", "192.0.2.1:0", "[::ffff:127.0.0.1]:0"}) {
    const Finished refused = cardfile(folder, {"serve", "--demo", "--listen", address});
    EXPECT_EQ(refused.exit_code, 2) << address;
    EXPECT_THAT(refused.errors, HasSubstr("loopback"));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Demo, LeavesAFolderAloneThatHoldsOtherData) {
  const TempFolder folder;
  make_team_and_key(folder);
  const Finished refused = cardfile(folder, {"serve", "--demo", "--listen", "127.0.0.1:0", "--data", "data"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("data holds data that is not the demo's."));
  EXPECT_THAT(cardfile(folder, {"check"}).errors, HasSubstr("0 contacts and 2 changes"));
}

TEST(Demo, KeysOpenNothingToOthersWhenTheFolderIsServedWithoutDemo) {
  const std::vector<std::string> keys = {kOfN8nNode, kPrinted, kUsual};
  for (const std::string& left : keys) {
    const TempFolder folder;
    make_demo(folder);
    for (const std::string& key : keys) {
      if (key != left) revoke(folder, key);
    }
    const Finished refused = cardfile(folder, {"serve", "--listen", "0.0.0.0:0", "--data", "data/demo"});
    EXPECT_EQ(refused.exit_code, 1) << left;
    EXPECT_THAT(refused.errors, HasSubstr("a key of the demo's, which everybody knows")) << left;
  }
}

}  // namespace
}  // namespace cardfile::test
