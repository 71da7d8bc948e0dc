// What people entrust to the server stays in its folder: texts that stand nowhere else are put into every field and
// every place of a request, and are looked for in all that the program writes beside its answers.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <signal.h>

#include "support/http_client.h"
#include "support/program.h"

namespace cardfile::test {
namespace {

struct Sent {
  std::string_view method;
  std::string_view target;
  std::string_view body;
};

// Each text has "canary" in it, each phone 1999555, each UUID abad1dea.
constexpr Sent kSent[] = {
    {"POST", "/v1/contact",
     R"({"phone":"19995550001","first":"canary01","last":"canary02","display_name":"canary03","email":"canary04@example.org",
         "avatar":"https://canary05.example.org/a.png","custom":{"1":"canary06","canary07":"canary08"},"is_opted_out":true})"},
    {"POST", "/v1/contact", R"({"phone":"canary11","first":7,"email":"canary12","tags":[{"tag_id":"canary13"}]})"},
    {"POST", "/v1/contact", R"({"phone":"19995550002","first":"canary14)"},
    {"POST", "/v1/contact?canary15=canary16", "canary17"},
    {"GET", "/v1/contact/canary21", ""},
    {"GET", "/v1/contact/19995550003", ""},
    {"POST", "/v1/contact", R"({"phone":"19995550004","first":"canary22"})"},
    {"PUT", "/v1/contact/1?overwrite=canary23", R"({"phone":"19995550001","last":"canary24"})"},
    {"PUT", "/v1/contact/1", R"({"phone":"19995550004","last":"canary25"})"},
    {"PUT", "/v1/contact/1", R"({"phone":"19995550001","custom":{"1":"canary26"},"tags":[{"tag_id":99}]})"},
    {"PUT", "/v1/contact/1", R"({"phone":"19995550001","first":"canary27"})"},
    {"POST", "/v1/contact/get", R"({"phone":"19995550001"})"},
    {"POST", "/v1/contacts", R"({"filter":"canary31","order":"canary32","date":"canary33"})"},
    {"POST", "/v1/contacts", R"({"filter":"canary"})"},
    {"POST", "/v1/contacts/count", R"({"filter":"canary34"})"},
    {"POST", "/v1/batch/contacts", R"([{"phone":"19995550005","first":"canary35"},{"phone":"canary36"}])"},
    {"POST", "/v1/contact/status", R"({"phone":"19995550001"})"},
    {"POST", "/v1/contact/set_status", R"({"phone":"19995550001","status":"canary37"})"},
    {"POST", "/v1/contact/set_status", R"({"phone":"19995550001","status":"blocked"})"},
    {"POST", "/v2/contact",
     R"({"first":"canary41","contact_channels":[{"channel_type":"canary42","channel_id":"canary43","channel_handle":"canary44",
         "info_channel":"canary45"},{"channel_type":"email","channel_id":"canary46@example.org"}]})"},
    {"GET", "/v2/contact/abad1dea-0000-4000-8000-000000000001", ""},
    {"PUT", "/v2/contact/canary47", R"({"first":"canary48"})"},
    {"POST", "/v2/contacts/search", R"({"contact_channels":[{"channel_ids":["19995550001","canary51@example.org"]}]})"},
    {"POST", "/v2/contacts", R"({"contacts":[{"phone":"19995550006","first":"canary52"},{"contact_id":"canary53"}]})"},
    {"DELETE", "/v2/contacts",
     R"({"contact_channels":[{"channel_type":"id","channel_ids":["abad1dea-0000-4000-8000-000000000002"]}]})"},
    {"POST", "/v1/contacts/fields", R"([{"title":"canary54"}])"},
    {"POST", "/v1/tag", R"({"tag":"canary55","color":"canary56"})"},
    {"POST", "/v1/tag", R"({"tag":"canary57"})"},
    {"GET", "/v1/users/get?email=canary58@example.org&phone=19995550007", ""},
    {"POST", "/v1/users/update", R"({"users":[{"id":1,"first_name":"canary59","email":"canary60@example.org"}]})"},
    {"POST", "/v2/lists",
     R"({"title":"canary61","local_id":"canary62","phones":["19995550008"],"emails":["canary63@example.org"]})"},
    {"POST", "/v1/list", R"({"title":"canary64","phones":["canary65"]})"},
    {"PUT", "/v1/list/1", R"({"title":"canary66","add_phone":"19995550009"})"},
    {"GET", "/canary71/canary72?canary73=canary74", ""},
    {"CANARY75", "/v1/team", "canary76"},
    {"PATCH", "/v1/contact/19995550010", "canary77"},
    {"GET", "/v1/messages/canary78", ""},
    {"DELETE", "/v1/contact/2", R"({"why":"canary79"})"},
};

// Whole requests, of which the HTTP layer has something to say.
constexpr std::string_view kRaw[] = {
    "GET /canary81 HTTP/1.1\r\nHost: canary82/x\r\n\r\n",
    "GET /canary83 HTTP/9.9\r\nHost: t\r\n\r\n",
    "canary84 canary85\r\n\r\n",
    "POST /v1/contact HTTP/1.1\r\nHost: t\r\nContent-Length: canary86\r\n\r\n",
    "POST /v1/contact HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: canary87\r\n\r\n",
    "POST /v1/contact HTTP/1.1\r\nHost: t\r\nExpect: canary88\r\nContent-Length: 1\r\n\r\n",
    "POST /v1/contact HTTP/1.1\r\nHost: t\r\nContent-Length: 99999999\r\nX-Canary89: canary90\r\n\r\n",
    "GET /v1/team HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer canary91\r\nX-Request-Id: canary92\r\n"
    "User-Agent: canary93\r\nCookie: canary94\r\nReferer: canary95\r\n\r\n",
    "GET /v1/team HTTP/1.1\r\nHost: t\r\nAuthorization: Basic Y2FuYXJ5OTY6\r\n\r\n",
    "GET /v1/team HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer canary97.canary98.canary99\r\n\r\n",
};

/// The first line of `text` in which there is something of what was entrusted; empty when there is none.
std::string leak_in(const std::string& text, const std::vector<std::string>& secrets) {
  std::string lower = text;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  std::vector<std::string> entrusted = secrets;
  entrusted.insert(entrusted.end(), {"canary", "1999555", "abad1dea", "y2fuyxj5"});
  for (const std::string& piece : entrusted) {
    const std::size_t at = lower.find(piece);
    if (at == std::string::npos) continue;
    const std::size_t begin = lower.rfind('\n', at) + 1;
    return text.substr(begin, text.find('\n', at) - begin);
  }
  return {};
}

TEST(Canaries, APlantedLeakIsSeen) {
  EXPECT_EQ(leak_in("one\nfirst=\"Canary01\" x\ntwo\n", {}), "first=\"Canary01\" x");
  EXPECT_EQ(leak_in("phone=+19995550001", {}), "phone=+19995550001");
  EXPECT_EQ(leak_in("key=abcdef", {"abcdef"}), "key=abcdef");
  EXPECT_EQ(leak_in("status=200\n", {"abcdef"}), "");
}

class Canaries : public testing::TestWithParam<int> {};

TEST_P(Canaries, AreInNoLogWhateverHappens) {
  const TempFolder folder;
  const std::string key = make_team_and_key(folder);
  EXPECT_EQ(cardfile(folder, {"user", "create", "--name", "Canary User", "--team", "1", "--role", "admin"}).exit_code,
            0);
  std::string logs;
  std::set<int> statuses;
  {
    RunningServer server(folder, {"--access-log", "--log-level", "debug"});
    HttpClient client(server.port(), {{"Authorization", "Bearer " + key}});
    const auto send_all = [&](HttpClient& sender) {
      for (const auto& [method, target, body] : kSent) {
        const auto reply = sender.send(method, target, body);
        statuses.insert(reply ? reply->status : 0);
      }
    };
    send_all(client);
    for (const std::string_view raw : kRaw) {
      HttpClient once(server.port(), {});
      once.send_bytes(raw);
      const auto reply = once.receive();
      statuses.insert(reply ? reply->status : 0);
    }
    HttpClient conditional(server.port(), {{"Authorization", "Bearer " + key}, {"If-Match", "\"999\""}});
    statuses.insert(conditional.send("PUT", "/v1/contact/1", R"({"phone":"19995550001","first":"canary28"})")->status);
    HttpClient stranger(server.port(), {{"Authorization", "Bearer canary29"}});
    send_all(stranger);
    // The command line works through the server.
    cardfile(folder, {"user", "create", "--name", "Canary Grace", "--team", "1", "--email", "canary101@example.org"});
    cardfile(folder, {"inbox", "create", "--team", "1", "--name", "canary102", "--phone", "19995550011"});
    cardfile(folder, {"key", "create", "--team", "1", "--name", "canary103"});
    server.process().send_signal(GetParam());
    server.process().wait(std::chrono::seconds(60));
    logs += server.process().errors() + server.process().output();
  }
  EXPECT_EQ(statuses, (std::set{200, 400, 401, 404, 405, 409, 412, 413, 417, 501, 505}));
  {
    RunningServer limited(folder, {"--access-log", "--log-level", "debug", "--rate-limit", "1"});
    HttpClient client(limited.port(), {{"Authorization", "Bearer " + key}});
    client.send("POST", "/v1/contacts", R"({"filter":"canary31"})");
    EXPECT_EQ(client.send("POST", "/v1/contact", R"({"phone":"19995550012"})")->status, 429);
    limited.stop();
    logs += limited.process().errors() + limited.process().output();
  }
  EXPECT_NE(logs.find("route=/v1/contact/{id}"), std::string::npos) << "there is a log";
  EXPECT_EQ(leak_in(logs, {key, key.substr(0, 16)}), "");
}

INSTANTIATE_TEST_SUITE_P(HoweverItEnds, Canaries, testing::Values(SIGTERM, SIGABRT, SIGKILL),
                         [](const auto& signal) { return std::string(sigabbrev_np(signal.param)); });

}  // namespace
}  // namespace cardfile::test
