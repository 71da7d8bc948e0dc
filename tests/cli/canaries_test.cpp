// What people entrust to the server stays in its folder: texts that stand nowhere else are put into every field and
// every place of a request, on every route, and are looked for in all that the program writes beside its answers.

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <signal.h>
#include <nlohmann/json.hpp>

#include "api/documents.h"
#include "api/request_members.h"
#include "api/routes.h"
#include "core/change.h"
#include "core/ids.h"
#include "core/time.h"
#include "http/router.h"
#include "store/open.h"
#include "support/http_client.h"
#include "support/program.h"

namespace cardfile::test {
namespace {

using nlohmann::json;

/// Whether all that a request says is taken: it succeeds, and the change log has every text of it.
enum class Kept { no, yes };

struct Sent {
  std::string_view method;
  std::string_view target;
  std::string_view body;
  Kept kept = Kept::no;
};

// Each text has "canary" in it, each phone 1999555, each UUID abad1dea, and <uuid> is the first contact's. Every route
// of the table has a request here that succeeds, and every member of a request that may hold text a canary.
constexpr Sent kSent[] = {
    {"POST", "/v1/contacts/fields", R"([{"title":"canary54"}])", Kept::yes},
    {"POST", "/n8n/v1/triggers", R"({"event":"contact_updated","url":"http://127.0.0.1:1/canary101?canary102"})",
     Kept::yes},
    {"POST", "/v1/contact",
     R"({"phone":"19995550001","first":"canary01","last":"canary02","display_name":"canary03","email":"canary04@example.org",
         "avatar":"https://canary05.example.org/a.png","custom":{"1":"canary06"},"is_opted_out":true})",
     Kept::yes},
    {"POST", "/v1/contact", R"({"phone":"19995550001","custom":{"canary07":"canary08"}})"},
    {"POST", "/v1/contact", R"({"phone":"canary11","first":7,"email":"canary12","tags":[{"tag_id":"canary13"}]})"},
    {"POST", "/v1/contact", R"({"phone":"19995550002","first":"canary14)"},
    {"POST", "/v1/contact?canary15=canary16", "canary17"},
    {"GET", "/v1/contact/canary21", ""},
    {"GET", "/v1/contact/19995550003", ""},
    {"POST", "/v1/contact", R"({"phone":"19995550004","first":"canary22"})", Kept::yes},
    {"PUT", "/v1/contact/1?overwrite=canary23", R"({"phone":"19995550001","last":"canary24"})"},
    {"PUT", "/v1/contact/1", R"({"phone":"19995550004","last":"canary25"})"},
    {"PUT", "/v1/contact/1", R"({"phone":"19995550001","custom":{"1":"canary26"},"tags":[{"tag_id":99}]})"},
    {"PUT", "/v1/contact/1",
     R"({"phone":"19995550001","first":"canary27","last":"canary190","display_name":"canary191","avatar":"canary192",
         "email":"canary193@example.org","custom":{"1":"canary194"}})",
     Kept::yes},
    {"POST", "/v1/contact/get", R"({"phone":"19995550001"})"},
    {"POST", "/v1/contacts", R"({"filter":"canary31","order":"canary32","date":"canary33"})"},
    {"POST", "/v1/contacts", R"({"filter":"canary"})"},
    {"POST", "/v1/contacts/count", R"({"filter":"canary34"})"},
    {"POST", "/v1/batch/contacts",
     R"([{"phone":"19995550023","first":"canary195","last":"canary196","display_name":"canary197","avatar":"canary198",
          "email":"canary199@example.org","custom":{"1":"canary200"}}])",
     Kept::yes},
    {"POST", "/v1/batch/contacts", R"([{"phone":"19995550005","first":"canary35"},{"phone":"canary36"}])"},
    {"POST", "/v1/contact/status", R"({"phone":"19995550001"})"},
    {"POST", "/v1/contact/set_status", R"({"phone":"19995550001","status":"canary37"})"},
    {"POST", "/v1/contact/set_status", R"({"phone":"19995550001","status":"blocked"})"},
    {"POST", "/v2/contact",
     R"({"first":"canary41","contact_channels":[{"channel_type":"canary42","channel_id":"canary43","channel_handle":"canary44",
         "info_channel":"canary45"},{"channel_type":"email","channel_id":"canary46@example.org"}]})",
     Kept::yes},
    {"POST", "/v2/contact",
     R"({"phone":"19995550024","first":"canary201","last":"canary202","display_name":"canary203","avatar":"canary204",
         "email":"canary205@example.org","custom":{"1":"canary206"},
         "contact_channels":[{"channel_type":"facebook","channel_ids":["canary207","canary208"]}]})",
     Kept::yes},
    {"GET", "/v2/contact/abad1dea-0000-4000-8000-000000000001", ""},
    {"PUT", "/v2/contact/canary47", R"({"first":"canary48"})"},
    {"POST", "/v2/contacts/search",
     R"({"contact_channels":[{"channel_id":"canary50","channel_ids":["19995550001","canary51@example.org"]}]})"},
    {"POST", "/v2/contacts", R"({"contacts":[{"phone":"19995550006","first":"canary52"},{"contact_id":"canary53"}]})"},
    {"POST", "/v2/contacts",
     R"({"contacts":[{"phone":"19995550025","first":"canary209","last":"canary210","display_name":"canary211",
         "avatar":"canary212","email":"canary213@example.org","custom":{"1":"canary214"},
         "contact_channels":[{"channel_type":"facebook","channel_id":"canary215","channel_ids":["canary216"],
         "channel_handle":"canary217","info_channel":"canary218"}]}]})",
     Kept::yes},
    {"DELETE", "/v2/contacts",
     R"({"contact_channels":[{"channel_type":"id","channel_id":"abad1dea-0000-4000-8000-000000000001",
         "channel_ids":["abad1dea-0000-4000-8000-000000000002"]}]})"},
    {"POST", "/v1/tag", R"({"tag":"canary55","color":"canary56"})"},
    {"POST", "/v1/tag", R"({"tag":"canary57"})", Kept::yes},
    {"GET", "/v1/users/get?email=canary58@example.org&phone=19995550007", ""},
    {"GET", "/v1/users/get", R"({"phone":["19995550007"],"email":["canary219@example.org"]})"},
    {"POST", "/v1/users/update", R"({"users":[{"id":1,"first_name":"canary59","email":"canary60@example.org"}]})",
     Kept::yes},
    {"POST", "/v1/users/update",
     R"({"users":[{"id":1,"first_name":"canary220","last_name":"canary221","phone":"19995550026"}]})", Kept::yes},
    {"POST", "/v1/users/update", R"({"users":[{"id":1,"name":"canary222"}]})", Kept::yes},
    {"POST", "/v2/lists",
     R"({"title":"canary61","local_id":"canary62","phones":["19995550008"],"emails":["canary63@example.org"]})",
     Kept::yes},
    {"POST", "/v1/list", R"({"title":"canary64","phones":["canary65"]})"},
    {"PUT", "/v1/list/1", R"({"title":"canary66","add_phone":"19995550009"})", Kept::yes},
    {"PUT", "/v1/list/1", R"({"members":{"19995550027":{"f":"canary223","l":"canary224"}}})", Kept::yes},
    {"PUT", "/v1/list/1", R"({"remove_phone":"19995550027"})"},
    {"GET", "/canary71/canary72?canary73=canary74", ""},
    {"CANARY75", "/v1/team", "canary76"},
    {"PATCH", "/v1/contact/19995550010", "canary77"},
    {"GET", "/v1/messages/canary78", ""},
    {"DELETE", "/v1/contact/2", R"({"why":"canary79"})"},
    {"GET", "/v1/contact/1", ""},
    {"POST", "/v2/contact", R"({"first":"canary112","phone":"19995550020","email":"canary113@example.org"})",
     Kept::yes},
    {"GET", "/v2/contact/<uuid>", ""},
    {"PUT", "/v2/contact/<uuid>", R"({"first":"canary114","email":"canary115@example.org"})", Kept::yes},
    {"POST", "/v2/contacts/list", R"({"filter":"canary"})"},
    {"POST", "/v2/contact/<uuid>/channel",
     R"({"channel_type":"email","channel_id":"canary116@example.org","channel_handle":"canary117",
         "info_channel":"canary225"})",
     Kept::yes},
    {"PUT", "/v2/contact/<uuid>/channel",
     R"({"id":1,"channel_type":"phone","channel_id":"19995550021","channel_handle":"canary226",
         "info_channel":"canary227"})",
     Kept::yes},
    {"GET", "/v2/contact/<uuid>/channel", ""},
    {"GET", "/v2/contact/<uuid>/channels", ""},
    {"GET", "/v2/contact/<uuid>/channel/1", ""},
    {"GET", "/v2/contact/<uuid>/channels/1", ""},
    {"DELETE", "/v2/contact/<uuid>/channel", R"({"channel_type":"email","channel_id":"canary116@example.org"})"},
    {"DELETE", "/v2/contact/<uuid>/channel?channel_type=email&channel_id=canary115@example.org", ""},
    {"DELETE", "/v2/contact/<uuid>/channel/1", ""},
    {"PUT", "/v2/contact/<uuid>",
     R"({"phone":"19995550028","first":"canary228","last":"canary229","display_name":"canary230","avatar":"canary231",
         "email":"canary232@example.org","custom":{"1":"canary233"},
         "contact_channels":[{"channel_type":"facebook","channel_id":"canary234","channel_ids":["canary235"],
         "channel_handle":"canary236","info_channel":"canary237"}]})",
     Kept::yes},
    {"POST", "/v1/contact-fields", R"({"why":"canary118"})"},
    {"GET", "/v1/tag/1", ""},
    {"PUT", "/v1/tag/1", R"({"tag":"canary119"})", Kept::yes},
    {"POST", "/v1/tags", "{}"},
    {"DELETE", "/v1/tag/1", ""},
    {"GET", "/v1/team?canary120", ""},
    {"POST", "/v1/users/update", R"({"users":[{"id":1,"first_name":"canary121"}]})", Kept::yes},
    {"GET", "/v1/inboxes", ""},
    {"PUT", "/v2/lists/1",
     R"({"title":"canary122","add_phones":["19995550022"],"add_emails":["canary238@example.org"]})", Kept::yes},
    {"PUT", "/v2/lists/1", R"({"remove_phones":["19995550022"],"remove_emails":["canary238@example.org"]})"},
    {"PUT", "/v2/lists/1", R"({"phones":["19995550029"],"emails":["canary239@example.org"]})", Kept::yes},
    {"POST", "/v1/list",
     R"({"title":"canary123","local_id":"canary240","phones":["19995550033"],"emails":["canary241@example.org"],
         "members":{"19995550034":{"f":"canary242","l":"canary243"}}})",
     Kept::yes},
    {"GET", "/v1/list/1", ""},
    {"POST", "/v1/lists", "{}"},
    {"DELETE", "/v1/list/2", ""},
    {"GET", "/n8n/v1/test_auth?canary124", ""},
    {"GET", "/n8n/v1/contact_fields", ""},
    {"GET", "/n8n/v1/inboxes", ""},
    {"GET", "/n8n/v1/lists", ""},
    {"GET", "/n8n/v1/templates", ""},
    {"POST", "/n8n/v1/triggers", R"({"event":"contact_updated","url":"https://canary125.invalid/canary126?canary127"})",
     Kept::yes},
    {"POST", "/n8n/v1/contacts",
     R"({"phone_number":"19995550035","first_name":"canary128","last_name":"canary244","email":"canary245@example.org",
         "custom":{"1":"canary246"},"note":"canary247"})",
     Kept::yes},
    {"POST", "/n8n/v1/contacts", R"({"phone_number":"19995550001","custom":{"canary129":"canary130"}})"},
    {"POST", "/n8n/v1/lists",
     R"({"title":"canary131","local_id":"canary248","phones":["19995550036"],"emails":["canary249@example.org"],
         "members":{"19995550037":{"f":"canary250","l":"canary251"}}})",
     Kept::yes},
    {"POST", "/n8n/v1/lists/1/members", R"({"action":"add","phone_number":"19995550001"})"},
    {"DELETE", "/n8n/v1/triggers/3", ""},
    {"DELETE", "/v2/lists/1", ""},
    {"DELETE", "/v2/contact/<uuid>", ""},
    {"GET", "/healthz?canary132", ""},
    {"GET", "/readyz", ""},
    {"GET", "/openapi.json", ""},
    {"GET", "/docs", ""},
};

// What is sent to each route besides, most of it to be refused: in its path, and in its body.
constexpr std::string_view kIds[] = {"canary141", "19995550030", "abad1dea-0000-4000-8000-000000000009"};
constexpr std::string_view kBodies[] = {
    R"({"phone":"19995550031","first":"canary142","last":"canary143","display_name":"canary144","email":"canary145",
        "avatar":"canary146","custom":{"1":"canary147","canary148":1},"tags":[{"tag_id":"canary149"}],"id":"canary150",
        "contact_id":"canary151","channel_type":"canary152","channel_id":"canary153","channel_handle":"canary154",
        "contact_channels":[{"channel_type":"canary155","channel_ids":["canary156"]}],"contacts":["canary157"],
        "filter":"canary158","order":"canary159","status":"canary160","tag":"canary161","color":"canary162",
        "users":[{"id":"canary163","first_name":"canary164"}],"title":"canary165","local_id":"canary166",
        "phones":["canary167"],"emails":["canary168"],"phone_number":"canary169","members":{"canary170":{"f":1,"l":"canary171"}},
        "note":"canary252","first_name":"canary253","last_name":"canary254",
        "action":"canary172","event":"canary173","url":"https://canary174.invalid","canary175":"canary176"})",
    R"([{"phone":"19995550032","title":"canary177"},"canary178"])",
    R"({"canary179":"canary180)",
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

/// The texts that were entrusted, as they stand in `text`.
std::set<std::string> canaries_in(std::string_view text) {
  static const std::regex kCanary("canary[0-9]+|1999555[0-9]{4}");
  const std::string all(text);
  return {std::sregex_token_iterator(all.begin(), all.end(), kCanary), {}};
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

/// The path of a route with an id in each of its placeholders.
std::string with_ids(std::string_view pattern, std::string_view id) {
  std::string path(pattern);
  for (auto begin = path.find('{'); begin != std::string::npos; begin = path.find('{')) {
    path.replace(begin, path.find('}') + 1 - begin, id);
  }
  return path;
}

std::string title(const api::Route& route) { return std::string(route.method) + ' ' + std::string(route.pattern); }

/// The routes that the log says have answered 200: "POST /v1/contact".
std::set<std::string> routes_that_succeeded(const std::string& log) {
  std::set<std::string> routes;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t method = line.find(" method=");
    const std::size_t route = line.find(" route=");
    const std::size_t status = line.find(" status=200 ");
    if (method == std::string::npos || route == std::string::npos || status == std::string::npos) continue;
    routes.insert(line.substr(method + 8, route - method - 8) + ' ' + line.substr(route + 7, status - route - 7));
  }
  return routes;
}

/// What cannot be a person's: ids, times, and words that are chosen from a few.
bool is_chosen(const std::string& name) {
  static const std::set<std::string> kChosen = {
      "action", "add_contacts", "channel_type", "color", "contact_id",      "contacts", "date",
      "event",  "id",           "inbox_id",     "order", "remove_contacts", "status",   "type"};
  return kChosen.contains(name);
}

/// The names of the members of an operation's request that may hold text, as docs/openapi.json has them.
std::set<std::string> text_members(const json& document, const json& operation) {
  std::set<std::string> names;
  for_each_request_member(document, operation, [&](const std::string& name, const json&, const json& schema) {
    const json type = schema.value("type", json());
    const bool may_be_text = type == "string" || (type.is_array() && std::ranges::count(type, "string") > 0) ||
                             schema.value("additionalProperties", json()) == true;
    if (may_be_text && !is_chosen(name)) names.insert(name);
  });
  return names;
}

/// The names of the members in which there is something that was entrusted.
void add_members_with_canaries(const json& value, std::set<std::string>& names) {
  for (const auto& [name, member] : value.items()) {
    if (value.is_object() && !leak_in(member.dump(), {}).empty()) names.insert(name);
    if (member.is_structured()) add_members_with_canaries(member, names);
  }
}

/// All texts of the change log of team 1.
std::string texts_of_log(const std::filesystem::path& data) {
  const auto store =
      store::open_sqlite({.folder = data, .indexing = store::Indexing::none}, [] { return core::Timestamp(); });
  std::string texts;
  for (const core::ChangeEntry& entry : store->changes(core::TeamId(1), 0, 100'000, store::kNoLimit)) {
    for (const core::FieldChange& change : entry.changes) {
      if (const auto* text = std::get_if<std::string>(&change.to)) texts += *text + '\n';
      if (const auto* channels = std::get_if<std::vector<core::Channel>>(&change.to))
        for (const core::Channel& channel : *channels)
          texts += channel.type + ' ' + channel.value + ' ' + channel.handle + ' ' + channel.info + '\n';
    }
  }
  return texts;
}

/// A team with a key of either kind and an administrator.
class Team {
 public:
  explicit Team(const TempFolder& folder)
      : folder_(folder),
        key_(make_team_and_key(folder)),
        n8n_key_(made("key", "key", {"--name", "n8n", "--kind", "n8n"})) {
    EXPECT_EQ(made("user", "id", {"--name", "Canary User", "--role", "admin"}), "1");
  }

  /// `member` of what the command line says to have made.
  std::string made(const std::string& what, const std::string& member, std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {what, "create", "--team", "1", "--json"});
    return json_member(cardfile(folder_, arguments).output, member);
  }

  const std::string& key() const { return key_; }
  const std::string& n8n_key() const { return n8n_key_; }
  HttpClient::Headers headers() const {
    return {{"Authorization", "Bearer " + key_}, {"X-Heymarket-API-Key", n8n_key_}};
  }

 private:
  const TempFolder& folder_;
  const std::string key_;
  const std::string n8n_key_;
};

/// Sends all of kSent; the status and the body of each answer, 0 where there is none.
std::vector<HttpReply> send_each(HttpClient& client) {
  std::string uuid = "abad1dea-0000-4000-8000-000000000001";
  std::vector<HttpReply> replies;
  for (const Sent& sent : kSent) {
    const auto reply = client.send(sent.method, replaced(std::string(sent.target), "<uuid>", uuid), sent.body);
    replies.push_back(reply.value_or(HttpReply{}));
    if (sent.method == "GET" && sent.target == "/v1/contact/1") uuid = json_member(replies.back().body, "uuid");
  }
  return replies;
}

// A canary that the program does not read is in no log whatever happens, and shows nothing.
TEST(Canaries, AreReadInEveryMemberThatMayHoldText) {
  const TempFolder folder;
  const Team team(folder);
  const json document = json::parse(api::openapi_json());
  std::vector<HttpReply> replies;
  {
    RunningServer server(folder, {"--private-triggers"});
    HttpClient client(server.port(), team.headers());
    // So that ids are those that they are below.
    team.made("webhook", "id", {"--url", "http://127.0.0.1:1/", "--token", "canary184"});
    replies = send_each(client);
    server.stop();
  }
  const std::set<std::string> kept = canaries_in(texts_of_log(folder / "data"));
  http::Router router;
  std::vector<std::string> operations;
  std::vector<std::set<std::string>> wanted;
  for (const auto& [path, item] : document["paths"].items()) {
    for (const auto& [method, operation] : item.items()) {
      std::string upper = method;
      for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      router.add(upper, path);
      operations.push_back(upper + ' ' + path);
      wanted.push_back(text_members(document, operation));
    }
  }
  std::vector<std::set<std::string>> read(wanted.size());
  for (std::size_t i = 0; i < std::size(kSent); ++i) {
    const Sent& sent = kSent[i];
    SCOPED_TRACE(std::string(sent.method) + ' ' + std::string(sent.target) + ' ' + std::string(sent.body));
    if (sent.kept == Kept::yes) {
      EXPECT_EQ(replies[i].status, 200) << replies[i].body;
      EXPECT_THAT(kept, testing::IsSupersetOf(canaries_in(sent.body))) << "is not all in the change log";
    }
    const auto match = router.find(sent.method, sent.target.substr(0, sent.target.find('?')));
    if (match && replies[i].status == 200 && !sent.body.empty())
      add_members_with_canaries(json::parse(sent.body), read[match->route]);
  }
  for (std::size_t i = 0; i < wanted.size(); ++i)
    EXPECT_THAT(read[i], testing::IsSupersetOf(wanted[i])) << "add to kSent what is missing at " << operations[i];
}

class Canaries : public testing::TestWithParam<int> {};

TEST_P(Canaries, AreInNoLogWhateverHappens) {
  const TempFolder folder;
  const Team team(folder);
  const std::string& key = team.key();
  const std::string& n8n_key = team.n8n_key();
  const std::string secret = team.made("secret", "secret", {"--name", "canary181"});
  // Nobody listens there, which is something to log.
  EXPECT_EQ(team.made("webhook", "id", {"--url", "http://127.0.0.1:1/canary182?canary183", "--token", "canary184"}),
            "1");
  std::string logs;
  std::set<int> statuses;
  {
    RunningServer server(folder, {"--access-log", "--log-level", "debug", "--private-triggers"});
    HttpClient client(server.port(), team.headers());
    const auto send_all = [&](HttpClient& sender) {
      for (const HttpReply& reply : send_each(sender)) statuses.insert(reply.status);
      for (const api::Route& route : api::routes()) {
        for (const std::string_view id : kIds) {
          for (const std::string_view body : kBodies) {
            const auto reply = sender.send(route.method, with_ids(route.pattern, id) + "?canary185=canary186", body);
            statuses.insert(reply ? reply->status : 0);
          }
        }
      }
    };
    send_all(client);
    const auto has_logged = [&server](std::string_view event) {
      return becomes_true([&] { return server.process().errors().find(event) != std::string::npos; },
                          std::chrono::seconds(60));
    };
    EXPECT_TRUE(has_logged("webhook_failed")) << "of the webhook";
    EXPECT_TRUE(has_logged("webhook_gave_up")) << "of the trigger, for which there is one attempt";
    for (const std::string_view raw : kRaw) {
      HttpClient once(server.port(), {});
      once.send_bytes(raw);
      const auto reply = once.receive();
      statuses.insert(reply ? reply->status : 0);
    }
    HttpClient conditional(server.port(), {{"Authorization", "Bearer " + key}, {"If-Match", "\"999\""}});
    statuses.insert(conditional.send("PUT", "/v1/contact/3", R"({"phone":"19995550001","first":"canary28"})")->status);
    HttpClient odd(server.port(), {{"Authorization", "Bearer " + key},
                                   {"If-None-Match", "\"canary255\""},
                                   {"X-Request-Id", "canary256"},
                                   {"User-Agent", "canary257"},
                                   {"Cookie", "canary258"},
                                   {"X-Forwarded-For", "canary259"}});
    statuses.insert(odd.send("GET", "/v1/contact/3")->status);
    HttpClient sure(server.port(), {{"Authorization", "Bearer " + key}, {"If-Match", "canary260"}});
    statuses.insert(sure.send("PUT", "/v1/contact/3", R"({"phone":"19995550001","first":"canary261"})")->status);
    HttpClient stranger(server.port(), {{"Authorization", "Bearer canary29"}, {"X-Heymarket-API-Key", "canary30"}});
    send_all(stranger);
    // The command line works through the server.
    cardfile(folder, {"user", "create", "--name", "Canary Grace", "--team", "1", "--email", "canary187@example.org"});
    cardfile(folder, {"inbox", "create", "--team", "1", "--name", "canary188", "--phone", "19995550011"});
    cardfile(folder, {"key", "create", "--team", "1", "--name", "canary189"});
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
  const std::set<std::string> succeeded = routes_that_succeeded(logs);
  for (const api::Route& route : api::routes()) {
    EXPECT_TRUE(succeeded.contains(title(route))) << "nothing succeeds at " << title(route) << "; add it to kSent";
  }
  EXPECT_EQ(leak_in(logs, {key, key.substr(0, 16), n8n_key, n8n_key.substr(0, 16), secret, secret.substr(0, 16)}), "");
}

INSTANTIATE_TEST_SUITE_P(HoweverItEnds, Canaries, testing::Values(SIGTERM, SIGABRT, SIGKILL),
                         [](const auto& signal) { return std::string(sigabbrev_np(signal.param)); });

}  // namespace
}  // namespace cardfile::test
