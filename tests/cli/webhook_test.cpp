// webhook: made at the command line, told by the server.

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/http_client.h"
#include "support/program.h"
#include "webhooks/receiver.h"

namespace cardfile::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

class WebhookCommand : public testing::Test {
 protected:
  Finished webhook(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "webhook");
    arguments.insert(arguments.end(), {"--team", "1"});
    return cardfile(folder, arguments);
  }

  std::string create_contact(RunningServer& server, const std::string& body) {
    HttpClient client(server.port(), {{"Authorization", "Bearer " + key}});
    const auto reply = client.send("POST", "/v1/contact", body);
    return reply ? reply->body : "";
  }

  TempFolder folder;
  std::string key = make_team_and_key(folder);
  Receiver receiver;
};

TEST_F(WebhookCommand, ShowsTokenAndSecretOnce) {
  const Finished made = webhook({"create", "--url", "https://example.org/hooks", "--sign"});
  EXPECT_EQ(made.exit_code, 0) << made.errors;
  EXPECT_THAT(made.output, HasSubstr("Webhook 1 of team 1 is made. It is told of: target_opt_out, target_opt_in, "
                                     "target_double_opt_in, target_double_opt_restricted."));
  EXPECT_THAT(made.output, ContainsRegex("\n  token   whk_[A-Za-z0-9_-]{43}\n"));
  EXPECT_THAT(made.output, ContainsRegex("\n  secret  whsec_[A-Za-z0-9+/]{32}\n"));
  const std::string listed = webhook({"list"}).output;
  EXPECT_THAT(listed, HasSubstr("https://example.org/hooks"));
  EXPECT_THAT(listed + webhook({"list", "--json"}).output, Not(ContainsRegex("whk_|whsec_")));
}

TEST_F(WebhookCommand, TellsTheReceiverOfAnOptOutWhileTheServerRuns) {
  RunningServer server(folder);
  server.port();
  const Finished made = webhook({"create", "--url", receiver.url(), "--token", "whk-example", "--event",
                                 "target_opt_out", "--event", "contact_created", "--json"});
  EXPECT_EQ(json_member(made.output, "token"), "whk-example") << made.errors;
  create_contact(server, R"({"phone":"13125550142","first":"Ada","is_opted_out":true})");
  const auto events = receiver.receives(2);
  EXPECT_THAT(events[0].body,
              MatchesRegex(R"(\{"type":"target_opt_out","id":1,"token":"whk-example",.*"unsubscribed":true.*)"));
  EXPECT_THAT(events[1].body, HasSubstr(R"("first":"Ada")"));

  EXPECT_EQ(webhook({"delete", "1"}).output, "Webhook 1 is deleted: it is told nothing more.\n");
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(cardfile(folder, {"check"}).exit_code, 0);
}

TEST_F(WebhookCommand, TellsOfEveryAcknowledgedOptOutInOrderThroughKills) {
  webhook({"create", "--url", receiver.url(), "--event", "target_opt_out"});
  std::int64_t phone = 13'125'550'000;
  std::vector<std::int64_t> acknowledged;
  for (const int creations : {3, 40, 25, 1}) {
    RunningServer server(folder);
    HttpClient client(server.port(), {{"Authorization", "Bearer " + key}});
    for (int i = 0; i < creations; ++i) {
      const auto reply =
          client.send("POST", "/v1/contact", "{\"phone\":\"" + std::to_string(++phone) + "\",\"is_opted_out\":true}");
      ASSERT_TRUE(reply && reply->status == 200);
      acknowledged.push_back(phone);
    }
    server.process().kill();
  }
  RunningServer server(folder);
  server.port();
  const auto phones = [](const std::vector<Received>& events) {
    std::vector<std::int64_t> told;
    for (const Received& event : events) {
      const std::int64_t one = std::stoll(json_member(event.body, "phone"));
      // What is told again was told last.
      if (told.empty() || told.back() != one) told.push_back(one);
    }
    return told;
  };
  for (std::size_t count = acknowledged.size(); phones(receiver.receives(count)).size() < acknowledged.size();) ++count;
  EXPECT_EQ(phones(receiver.received()), acknowledged);
  EXPECT_EQ(server.stop(), 0);
}

TEST_F(WebhookCommand, HasTheServerLogWhatFailedWithoutAddressesAndSecrets) {
  receiver.answers({500});
  RunningServer server(folder);
  server.port();
  webhook({"create", "--url", receiver.url() + "?canary=1", "--token", "canary-token", "--event", "contact_created"});
  create_contact(server, R"({"phone":"13125550142","first":"Ada"})");
  receiver.receives(2);
  EXPECT_EQ(server.stop(), 0);
  const std::string log = server.process().errors();
  EXPECT_THAT(log,
              ContainsRegex("warning webhook_failed team=1 webhook=1 entry=[0-9]+ attempt=1 cause=\"answered 500\""));
  EXPECT_THAT(log, Not(ContainsRegex("canary|13125550142|Ada")));
}

TEST_F(WebhookCommand, KeepsTheTokenOutOfTheFolderInClear) {
  webhook({"create", "--url", "https://example.org/hooks", "--token", "canary-token"});
  for (const auto& file : std::filesystem::directory_iterator(folder / "data")) {
    std::ostringstream bytes;
    bytes << std::ifstream(file.path(), std::ios::binary).rdbuf();
    EXPECT_THAT(bytes.str(), Not(HasSubstr("canary-token"))) << file.path();
  }
}

TEST_F(WebhookCommand, NeedsTheKeyFileThatTheTokenWasSealedWith) {
  webhook({"create", "--url", "https://example.org/hooks"});
  std::filesystem::remove(folder / "data/secrets.key");
  const Finished refused = cardfile(folder, {"serve", "--listen", "127.0.0.1:0"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("secrets.key is missing"));
  EXPECT_THAT(refused.errors, HasSubstr("cardfile webhook list"));
  EXPECT_EQ(webhook({"delete", "1"}).exit_code, 0) << "this is the way out";
}

TEST_F(WebhookCommand, SaysWhatItTakes) {
  const Finished event = webhook({"create", "--url", "https://example.org/", "--event", "message_sent"});
  EXPECT_EQ(event.exit_code, 2);
  EXPECT_THAT(event.errors, HasSubstr("--event: 'message_sent' is no event of a webhook; there are target_opt_out, "));
  const Finished url = webhook({"create", "--url", "ftp://example.org/"});
  EXPECT_EQ(url.exit_code, 2);
  EXPECT_THAT(url.errors, HasSubstr("url: must be an absolute http or https URL"));
  const Finished token = webhook({"create", "--url", "https://example.org/", "--token", std::string(256, 'a')});
  EXPECT_EQ(token.exit_code, 2);
  EXPECT_THAT(token.errors, HasSubstr("--token: must be at most 255 characters in one line"));
  const Finished unknown = webhook({"delete", "7"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.errors,
              HasSubstr("Team 1 has no webhook 7. See which it has with: cardfile webhook list --team 1"));
  EXPECT_FALSE(std::filesystem::exists(folder / "data/secrets.key")) << "nothing was sealed";
}

}  // namespace
}  // namespace cardfile::test
