// Who may not: every route, with every id of its path and its body, against other teams' ids, unknown and malformed
// ones, and credentials that are none. The cases are made from the route table and docs/openapi.json; a route without
// an example fails, and so does an id that its body may have and no example has.

#include <gmock/gmock.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "api/documents.h"
#include "api/request_members.h"
#include "api/routes.h"
#include "api/state.h"
#include "api/token_signer.h"
#include "api/world.h"
#include "base/crypto.h"

namespace cardfile::test {
namespace {

using nlohmann::json;

/// A request that succeeds, where there is anything to succeed with. What stands in angle brackets is the id of
/// something; in a body it stands for the JSON value, or for the name of a member. With a question mark, one that is
/// nobody's is passed over, and the rest is done.
struct Example {
  std::string_view method;
  std::string_view pattern;
  std::string_view target;
  std::string_view body;

  bool is_of_n8n() const { return pattern.starts_with("/n8n/"); }
};

// clang-format off
const std::vector<Example> kExamples = {
    {"POST", "/v1/contact", "/v1/contact", R"({"phone":"13125550199","assignee_id":<user>,"tags":[{"tag_id":<tag>}],"custom":{"<?field>":"x"}})"},
    {"GET", "/v1/contact/{id}", "/v1/contact/<contact>", ""},
    {"PUT", "/v1/contact/{id}", "/v1/contact/<contact>", R"({"phone":"13125550199","assignee_id":<user>,"tags":[{"tag_id":<tag>}],"custom":{"<?field>":"x"}})"},
    {"PUT", "/v1/contact/{id}", "/v1/contact/<contact>?overwrite=true", R"({"phone":"13125550199","custom":{"<?field>":"x"}})"},
    {"DELETE", "/v1/contact/{id}", "/v1/contact/<contact>", ""},
    {"POST", "/v1/contact/get", "/v1/contact/get", R"({"id":<contact>})"},
    {"POST", "/v1/contact/get", "/v1/contact/get", R"({"phone":<phone>})"},
    {"POST", "/v1/contacts", "/v1/contacts", R"({"id":<contact>})"},
    {"POST", "/v1/contacts", "/v1/contacts", R"({"assigned":<user>})"},
    {"POST", "/v1/contacts", "/v1/contacts", R"({"parent_id":<contact>})"},
    {"POST", "/v1/contacts/count", "/v1/contacts/count", R"({"id":<contact>,"assigned":<user>})"},
    {"POST", "/v1/contacts/count", "/v1/contacts/count", R"({"parent_id":<contact>})"},
    {"POST", "/v1/batch/contacts", "/v1/batch/contacts", R"([{"phone":"13125550199","assignee_id":<user>,"tags":[{"tag_id":<tag>}],"custom":{"<?field>":"x"}}])"},
    {"POST", "/v1/contact/status", "/v1/contact/status", R"({"id":<contact>})"},
    {"POST", "/v1/contact/status", "/v1/contact/status", R"({"phone":<phone>})"},
    {"POST", "/v1/contact/set_status", "/v1/contact/set_status", R"({"id":<contact>,"status":"blocked"})"},
    {"POST", "/v1/contact/set_status", "/v1/contact/set_status", R"({"phone":<phone>,"status":"blocked"})"},
    {"POST", "/v2/contact", "/v2/contact", R"({"phone":"13125550199","assignee_id":<user>,"tags":[{"tag_id":<tag>}],"custom":{"<?field>":"x"}})"},
    {"POST", "/v2/contact", "/v2/contact", R"({"contact_channels":[{"id":<?channel>,"channel_type":"facebook","channel_id":"eve"}]})"},
    {"GET", "/v2/contact/{contactID}", "/v2/contact/<uuid>", ""},
    {"PUT", "/v2/contact/{contactID}", "/v2/contact/<uuid>", R"({"first":"Eve","assignee_id":<user>,"tags":[{"tag_id":<tag>}],"custom":{"<?field>":"x"}})"},
    {"PUT", "/v2/contact/{contactID}", "/v2/contact/<uuid>", R"({"contact_channels":[{"id":<?channel>,"channel_type":"phone","channel_id":"13125550142","channel_handle":"Eve"}]})"},
    {"PUT", "/v2/contact/{contactID}", "/v2/contact/<uuid>", R"({"contact_channels":[{"id":<?channel>,"channel_type":"facebook","channel_id":"eve"}]})"},
    {"DELETE", "/v2/contact/{contactID}", "/v2/contact/<uuid>", ""},
    {"POST", "/v2/contacts/list", "/v2/contacts/list", R"({"id":<contact>,"assigned":<user>})"},
    {"POST", "/v2/contacts/list", "/v2/contacts/list", R"({"parent_id":<contact>})"},
    {"POST", "/v2/contacts/search", "/v2/contacts/search", R"({"contact_channels":[{"channel_type":"id","channel_ids":[<uuid>]}]})"},
    {"POST", "/v2/contacts/search", "/v2/contacts/search", R"({"contact_channels":[{"channel_type":"id","channel_id":<uuid>}]})"},
    {"POST", "/v2/contacts/search", "/v2/contacts/search", R"({"contact_channels":[{"channel_type":"phone","channel_ids":[<phone>]}]})"},
    {"POST", "/v2/contacts", "/v2/contacts", R"({"contacts":[{"contact_id":<uuid>,"first":"Eve"}]})"},
    {"POST", "/v2/contacts", "/v2/contacts", R"({"contacts":[{"phone":"13125550199","assignee_id":<user>,"tags":[{"tag_id":<tag>}],"custom":{"<?field>":"x"}}]})"},
    {"POST", "/v2/contacts", "/v2/contacts", R"({"contacts":[{"contact_channels":[{"id":<?channel>,"channel_type":"facebook","channel_id":"eve"}]}]})"},
    {"DELETE", "/v2/contacts", "/v2/contacts", R"({"contact_channels":[{"channel_type":"id","channel_ids":[<uuid>]}]})"},
    {"DELETE", "/v2/contacts", "/v2/contacts", R"({"contact_channels":[{"channel_type":"id","channel_id":<uuid>}]})"},
    {"POST", "/v2/contact/{contactID}/channel", "/v2/contact/<uuid>/channel", R"({"channel_type":"email","channel_id":"e@example.org"})"},
    {"PUT", "/v2/contact/{contactID}/channel", "/v2/contact/<uuid>/channel", R"({"id":<channel>,"channel_type":"phone","channel_id":"13125550199"})"},
    {"GET", "/v2/contact/{contactID}/channel", "/v2/contact/<uuid>/channel", ""},
    {"GET", "/v2/contact/{contactID}/channels", "/v2/contact/<uuid>/channels", ""},
    {"GET", "/v2/contact/{contactID}/channel/{channelID}", "/v2/contact/<uuid>/channel/<channel>", ""},
    {"GET", "/v2/contact/{contactID}/channels/{channelID}", "/v2/contact/<uuid>/channels/<channel>", ""},
    {"DELETE", "/v2/contact/{contactID}/channel/{channelID}", "/v2/contact/<uuid>/channel/<channel>", ""},
    {"DELETE", "/v2/contact/{contactID}/channel", "/v2/contact/<uuid>/channel", R"({"channel_type":"phone","channel_id":<phone>})"},
    {"DELETE", "/v2/contact/{contactID}/channel", "/v2/contact/<uuid>/channel?channel_type=phone&channel_id=<phone>", ""},
    {"POST", "/v1/contact-fields", "/v1/contact-fields", "{}"},
    {"POST", "/v1/contacts/fields", "/v1/contacts/fields", R"([{"title":"Shoe size"}])"},
    {"POST", "/v1/tag", "/v1/tag", R"({"tag":"Spring"})"},
    {"GET", "/v1/tag/{id}", "/v1/tag/<tag>", ""},
    {"PUT", "/v1/tag/{id}", "/v1/tag/<tag>", R"({"tag":"Spring"})"},
    {"DELETE", "/v1/tag/{id}", "/v1/tag/<tag>", ""},
    {"POST", "/v1/tags", "/v1/tags", "{}"},
    {"GET", "/v1/team", "/v1/team", ""},
    {"GET", "/v1/users/get", "/v1/users/get?email=grace@example.org", ""},
    {"GET", "/v1/users/get", "/v1/users/get", R"({"email":[<email>]})"},
    {"POST", "/v1/users/update", "/v1/users/update", R"({"users":[{"id":<user>,"first_name":"Eve"}]})"},
    {"GET", "/v1/inboxes", "/v1/inboxes", ""},
    {"POST", "/v2/lists", "/v2/lists", R"({"title":"Spring","local_id":"s","contacts":[<contact>]})"},
    {"PUT", "/v2/lists/{id}", "/v2/lists/<list>", R"({"contacts":[<contact>]})"},
    {"PUT", "/v2/lists/{id}", "/v2/lists/<list>", R"({"add_contacts":[<contact>]})"},
    {"PUT", "/v2/lists/{id}", "/v2/lists/<list>", R"({"remove_contacts":[<?contact>]})"},
    {"PUT", "/v2/lists/{id}", "/v2/lists/<list>", R"({"remove_phones":[<?phone>]})"},
    {"DELETE", "/v2/lists/{id}", "/v2/lists/<list>", ""},
    {"DELETE", "/v2/lists/{id}", "/v2/lists/<list>", R"({"contact_ids":[]})"},
    {"POST", "/v1/list", "/v1/list", R"({"title":"Spring","contacts":[<contact>]})"},
    {"GET", "/v1/list/{id}", "/v1/list/<list>", ""},
    {"PUT", "/v1/list/{id}", "/v1/list/<list>", R"({"title":"Spring"})"},
    {"PUT", "/v1/list/{id}", "/v1/list/<list>", R"({"remove_phone":<?phone>})"},
    {"DELETE", "/v1/list/{id}", "/v1/list/<list>", ""},
    {"POST", "/v1/lists", "/v1/lists", "{}"},
    {"GET", "/n8n/v1/test_auth", "/n8n/v1/test_auth", ""},
    {"GET", "/n8n/v1/contact_fields", "/n8n/v1/contact_fields", ""},
    {"GET", "/n8n/v1/inboxes", "/n8n/v1/inboxes", ""},
    {"GET", "/n8n/v1/lists", "/n8n/v1/lists", ""},
    {"GET", "/n8n/v1/templates", "/n8n/v1/templates", ""},
    {"POST", "/n8n/v1/contacts", "/n8n/v1/contacts", R"({"phone_number":"13125550199","custom":{"<?field>":"x"}})"},
    {"POST", "/n8n/v1/lists", "/n8n/v1/lists", R"({"title":"Spring","contacts":[<contact>]})"},
    {"POST", "/n8n/v1/lists/{id}/members", "/n8n/v1/lists/<list>/members", R"({"action":"add","phone_number":"13125550142"})"},
    {"POST", "/n8n/v1/lists/{id}/members", "/n8n/v1/lists/<list>/members", R"({"action":"remove","phone_number":<?phone>})"},
    {"POST", "/n8n/v1/triggers", "/n8n/v1/triggers", R"({"event":"contact_updated","url":"https://example.org","inbox_id":<inbox>})"},
    {"DELETE", "/n8n/v1/triggers/{id}", "/n8n/v1/triggers/<trigger>", ""},
};
// clang-format on

/// An id in the forms that it may come in, as it stands in a path.
struct Ids {
  std::string ours;
  std::string theirs;
  std::string unknown;
  std::vector<std::string> malformed;
};

const std::vector<std::string> kNoIntegers = {
    "abc", "1.5", "-1", "0x1", "1e3", "%20", "%00", "1%2F2", "99999999999999999999", "9007199254740993"};
const std::vector<std::string> kNoUuids = {
    "abc", "1",           "0b7d6c1e-52a4-4f0b-9c39-6f2f1f6f8a1", "%7B0b7d6c1e-52a4-4f0b-9c39-6f2f1f6f8a10%7D",
    "%00", "..%2F..%2Fv1"};
const std::vector<std::string> kNoPhones = {"abc", "1", "%00", "+", "0123456789"};
const std::vector<std::string> kMalformedNames = {"abc", "1.5", "-7", "", "0x1", "99999999999999999999", "\\u0000"};
const std::vector<std::string> kMalformedValues = {R"("abc")", "1.5",  "-7",    "{}",
                                                   "[1]",      "true", "1e300", R"("\u0000")"};

constexpr std::string_view kN8nKey = "n8n-key-of-team-one";
constexpr std::string_view kTrigger = R"({"event":"contact_updated","url":"https://example.org"})";

/// A world in which the first team has one contact, Ada, and the second some of everything, under ids that the first
/// has not.
class TwoTeams {
 public:
  TwoTeams() {
    const auto ours =
        world.has_contact(R"({"phone":"13125550142","first":"Ada","assignee_id":1,"tags":[{"tag_id":1}]})");
    store(
        core::CreateUser{.id = core::UserId(900'001), .name = "Mallory", .email = "mallory@example.org", .phone = {}});
    store(core::CreateFields{.drafts = {{.id = core::FieldId(900'001), .title = "Mallory's"}}, .problems = {}});
    store(core::CreateInbox{.id = core::InboxId(900'001), .name = "Mallory's", .phones = {}, .members = {}});
    store_of(world.team(), core::CreateInbox{.id = core::InboxId(1), .name = "Ours", .phones = {}, .members = {}});
    store(
        core::CreateTag{.uuid = {}, .id = core::TagId(900'001), .label = "Secret", .color = "#2E86DE", .problems = {}});
    core::Contact theirs;
    world.post("/v2/lists", R"({"title":"Autumn","local_id":"a","contacts":[1]})");
    for (int i = 0; i < 3; ++i) world.send_as(world.other_team(), "POST", "/v1/list", R"({"title":"Mallory's"})");
    world.has_n8n_key(world.team(), kN8nKey);
    world.has_n8n_key(world.other_team(), "n8n-key-of-team-two");
    world.send_bare("POST", "/n8n/v1/triggers", kTrigger, {{"X-Heymarket-API-Key", std::string(kN8nKey)}});
    for (int i = 0; i < 2; ++i) {
      world.send_bare("POST", "/n8n/v1/triggers", kTrigger, {{"X-Heymarket-API-Key", "n8n-key-of-team-two"}});
    }
    for (int i = 0; i < 7; ++i) {  // So that the last one's channel has a number that is none of the first team's.
      core::CreateContact create;
      create.uuid = core::Uuid::from_random({static_cast<std::uint8_t>(200 + i)});
      create.id = core::ContactId(900'001 + i);
      create.patch.phone = "1415555010" + std::to_string(i);
      create.patch.first = "Mallory";
      theirs = *std::get<core::ContactSaved>(store(std::move(create))).contact;
    }
    const std::string stranger = "5f0c1a52-9d0e-4a63-8c57-0f9f2c6f3a99";
    ids = {{"contact", {"1", std::to_string(theirs.id.value()), "900999", kNoIntegers}},
           {"uuid", {ours.uuid.to_string(), theirs.uuid.to_string(), stranger, kNoUuids}},
           {"channel", {"1", std::to_string(theirs.channels.front().id.value()), "900999", kNoIntegers}},
           {"tag", {"1", "900001", "900999", kNoIntegers}},
           {"list", {"1", "3", "900999", kNoIntegers}},
           {"trigger", {"1", "2", "900999", kNoIntegers}},
           {"user", {"1", "900001", "900999", kNoIntegers}},
           {"field", {"12", "900001", "900999", {}}},
           {"inbox", {"1", "900001", "900999", kNoIntegers}},
           {"phone", {"13125550142", std::string(theirs.phone()), "14155550999", kNoPhones}},
           {"email", {"grace@example.org", "mallory@example.org", "nobody@example.org", {}}}};
  }

  Reply send(const Example& example, std::string_view target, std::string_view body) {
    if (!example.is_of_n8n()) return world.send(example.method, target, body);
    return world.send_bare(example.method, target, body, {{"X-Heymarket-API-Key", std::string(kN8nKey)}});
  }

  core::Outcome store(core::Action action) { return store_of(world.other_team(), std::move(action)); }

  core::Outcome store_of(const TestTeam& team, core::Action action) {
    return store::commit_and_wait(world.store(),
                                  {.team = team.id, .actor = {}, .request_id = {}, .action = std::move(action)});
  }

  World world;
  std::map<std::string, Ids> ids;
};

/// The names in angle brackets of a text, in order.
std::vector<std::string> placeholders(std::string_view text) {
  std::vector<std::string> names;
  for (std::size_t begin = text.find('<'); begin != text.npos; begin = text.find('<', begin + 1)) {
    names.emplace_back(text.substr(begin + 1, text.find('>', begin) - begin - 1));
  }
  return names;
}

/// What it is the id of: "?channel" → "channel".
std::string kind_of(const std::string& placeholder) { return placeholder.substr(placeholder.starts_with('?') ? 1 : 0); }

/// An id as it is written in a body.
std::string in_json(const std::string& kind, const std::string& id) {
  return kind == "uuid" || kind == "phone" || kind == "email" ? '"' + id + '"' : id;
}

/// `text` with ids of ours in its placeholders; in the one of that index, `chosen`.
std::string filled(std::string_view text, const std::map<std::string, Ids>& ids, bool in_body, std::size_t index = 99,
                   const std::string& chosen = {}) {
  std::string out;
  std::size_t at = 0;
  std::size_t number = 0;
  for (const std::string& name : placeholders(text)) {
    const std::size_t begin = text.find('<', at);
    out += text.substr(at, begin - at);
    const std::string kind = kind_of(name);
    const std::string& ours = ids.at(kind).ours;
    out += number++ == index ? chosen : in_body ? in_json(kind, ours) : ours;
    at = begin + name.size() + 2;
  }
  return out += text.substr(at);
}

std::string title(const Example& example) { return std::string(example.method) + ' ' + std::string(example.pattern); }

/// The headers, and the answer without what differs from request to request: its request id, and the id that was asked
/// for.
std::string shape(Reply reply, const std::string& asked_for) {
  const auto erase = [&reply](const std::string& text) {
    for (auto at = reply.body.find(text); !text.empty() && at != std::string::npos; at = reply.body.find(text, at)) {
      reply.body.erase(at, text.size());
    }
  };
  erase(reply.header("X-Request-Id"));
  erase(asked_for);
  std::string text = std::to_string(reply.status) + '\n';
  for (const auto& [name, value] : reply.headers) text += name + (name == "X-Request-Id" ? "\n" : ": " + value + '\n');
  return text + reply.body;
}

/// Where an example has an id.
struct Position {
  const Example& example;
  std::string kind;
  bool in_body = false;
  bool passes_over = false;
  std::size_t index = 0;

  /// Sends the example with `text` in its place, and otherwise ids of ours.
  Reply send(TwoTeams& teams, const std::string& text) const {
    return teams.send(example, filled(example.target, teams.ids, false, in_body ? 99 : index, text),
                      filled(example.body, teams.ids, true, in_body ? index : 99, text));
  }
};

/// Calls `check` with each id of each example.
template <class Check>
void for_each_id(const Check& check) {
  for (const Example& example : kExamples) {
    for (const bool in_body : {false, true}) {
      const std::vector<std::string> names = placeholders(in_body ? example.body : example.target);
      for (std::size_t i = 0; i < names.size(); ++i) {
        SCOPED_TRACE(title(example) + ", the " + names[i] + (in_body ? " of its body" : " of its path"));
        check(Position{.example = example,
                       .kind = kind_of(names[i]),
                       .in_body = in_body,
                       .passes_over = names[i].starts_with('?'),
                       .index = i});
      }
    }
  }
}

/// What became of two teams when somebody asked for an id.
struct Asked {
  std::string answer;
  int status = 0;
  State before;
  State after;
};

Asked asked(const Position& position, std::string Ids::*which) {
  TwoTeams teams;
  const std::string& id = teams.ids.at(position.kind).*which;
  const State before = state_of(teams.world);
  const Reply reply = position.send(teams, position.in_body ? in_json(position.kind, id) : id);
  EXPECT_EQ(reply.body.find("Mallory"), std::string::npos) << reply.body;
  // What is passed over is not named, and a short id may be a part of anything.
  return {.answer = shape(reply, position.passes_over ? "" : id),
          .status = reply.status,
          .before = before,
          .after = state_of(teams.world)};
}

/// What is called or looks like an id, and is none of anything that a team has.
bool is_no_id_of_a_team(const std::string& name) {
  static const std::set<std::string> kNone = {"local_id", "role_id", "email_suppressions"};
  return kNone.contains(name);
}

bool refers_to_an_id(const json& schema) {
  static const std::regex kIds("/(Id|IdOrDigits|Uuid|UuidText)$");
  return std::regex_search(schema.value("$ref", ""), kIds) || schema.value("format", "") == "uuid";
}

/// The names of the members of an operation's request that hold an id, as docs/openapi.json has them.
std::set<std::string> id_members(const json& document, const json& operation) {
  std::set<std::string> names;
  for_each_request_member(document, operation, [&](const std::string& name, const json& used, const json& schema) {
    const bool is_id = refers_to_an_id(used) || refers_to_an_id(schema) || name == "id" || name == "custom" ||
                       (name.ends_with("_id") && name != "channel_id") ||
                       schema.value("maximum", json()) == 9007199254740991;
    if (is_id && !is_no_id_of_a_team(name)) names.insert(name);
  });
  return names;
}

/// The names of the members of a body that have a placeholder as their value, in an array, or as a name in them.
void add_members_with_placeholders(const json& value, const std::string& name, std::set<std::string>& names) {
  if (value.is_string() && value.get<std::string>().starts_with('<')) names.insert(name);
  for (const auto& [member, inner] : value.items()) {
    if (value.is_object() && member.starts_with('<')) names.insert(name);
    if (value.is_structured()) add_members_with_placeholders(inner, value.is_object() ? member : name, names);
  }
}

TEST(EveryRoute, HasAnExampleThatSucceeds) {
  std::set<std::string> with_example;
  for (const Example& example : kExamples) {
    with_example.insert(title(example));
    TwoTeams teams;
    const Reply reply =
        teams.send(example, filled(example.target, teams.ids, false), filled(example.body, teams.ids, true));
    EXPECT_EQ(reply.status, 200) << title(example) << reply.body;
    EXPECT_EQ(reply.body.find("failed"), reply.body.find("failed_contacts\":[]")) << reply.body;
  }
  for (const api::Route& route : api::routes()) {
    if (route.access == api::Access::anyone) continue;
    EXPECT_TRUE(with_example.contains(std::string(route.method) + ' ' + std::string(route.pattern)))
        << "add an example for " << route.method << ' ' << route.pattern;
  }
}

/// An operation of docs/openapi.json as title() has a route.
std::string title_of(const std::string& method, const std::string& path) {
  std::string name = method + ' ' + path;
  std::transform(name.begin(), name.begin() + static_cast<std::ptrdiff_t>(method.size()), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return name;
}

TEST(EveryRoute, HasAnExampleWithEachIdThatItMayBeSent) {
  static const std::regex kUnquoted(R"((^|[^"])(<[?a-z]+>))");
  const json document = json::parse(api::openapi_json());
  std::map<std::string, std::set<std::string>> sent;
  for (const Example& example : kExamples) {
    EXPECT_GE(placeholders(example.target).size(), std::ranges::count(example.pattern, '{')) << title(example);
    if (example.body.empty()) continue;
    const std::string quoted = std::regex_replace(std::string(example.body), kUnquoted, R"($1"$2")");
    add_members_with_placeholders(json::parse(quoted), "", sent[title(example)]);
  }
  for (const auto& [path, item] : document["paths"].items()) {
    for (const auto& [method, operation] : item.items()) {
      const std::string name = title_of(method, path);
      EXPECT_THAT(sent[name], testing::IsSupersetOf(id_members(document, operation))) << "add an example for " << name;
    }
  }
}

/// The routes that docs/openapi.json has a body for, as title() has them.
std::set<std::string> routes_with_a_body() {
  std::set<std::string> routes;
  const auto document = json::parse(api::openapi_json());
  for (const auto& [path, item] : document["paths"].items()) {
    for (const auto& [method, operation] : item.items()) {
      if (!operation.contains("requestBody")) continue;
      routes.insert(title_of(method, path));
    }
  }
  return routes;
}

TEST(EveryRoute, TakesItsBodyBehindAByteOrderMarkAsWithoutOne) {
  std::set<std::string> with_body;
  for (const Example& example : kExamples) {
    if (example.body.empty()) continue;
    SCOPED_TRACE(title(example));
    with_body.insert(title(example));
    TwoTeams plain;
    TwoTeams marked;
    const std::string target = filled(example.target, plain.ids, false);
    const std::string body = filled(example.body, plain.ids, true);
    EXPECT_EQ(shape(marked.send(example, target, "\xEF\xBB\xBF" + body), {}),
              shape(plain.send(example, target, body), {}));
    EXPECT_EQ(state_of(marked.world).team.contacts, state_of(plain.world).team.contacts);
    EXPECT_EQ(state_of(marked.world).team.log.size(), state_of(plain.world).team.log.size());
  }
  EXPECT_EQ(with_body, routes_with_a_body()) << "add an example with a body";
}

TEST(EveryRoute, AnswersAnotherTeamsIdLikeAnUnknownOneAndLeavesBothTeamsAlone) {
  for_each_id([](const Position& position) {
    const Asked theirs = asked(position, &Ids::theirs);
    const Asked unknown = asked(position, &Ids::unknown);
    EXPECT_EQ(theirs.answer, unknown.answer);
    EXPECT_TRUE(position.in_body || theirs.status == 404) << theirs.status;
    EXPECT_TRUE(theirs.after.other_team == theirs.before.other_team);
    EXPECT_TRUE(theirs.after == unknown.after) << "one is passed over otherwise than the other";
    EXPECT_TRUE(position.passes_over || theirs.after == theirs.before) << theirs.answer;
    EXPECT_TRUE(!position.passes_over || theirs.status == 200) << theirs.answer;
  });
}

TEST(EveryRoute, RefusesAMalformedIdInItsPath) {
  for_each_id([](const Position& position) {
    if (position.in_body) return;
    TwoTeams teams;
    const State before = state_of(teams.world);
    for (const std::string& id : teams.ids.at(position.kind).malformed) {
      const Reply reply = position.send(teams, id);
      EXPECT_TRUE(reply.status == 400 || reply.status == 404) << id << ": " << reply.status << reply.body;
      EXPECT_TRUE(position.kind != "uuid" || reply.status == 404) << id;
    }
    EXPECT_TRUE(state_of(teams.world) == before);
  });
}

TEST(EveryRoute, RefusesAMalformedIdInItsBodyOrFindsNobody) {
  for_each_id([](const Position& position) {
    if (!position.in_body) return;
    TwoTeams teams;
    const State before = state_of(teams.world);
    for (const std::string& value : position.kind == "field" ? kMalformedNames : kMalformedValues) {
      const Reply reply = position.send(teams, value);
      const bool nobody = reply.status == 200;  // A search, or a bulk call whose item failed.
      const bool refused = reply.status == 400 && (reply["error_code"] == "bad_data" || position.example.is_of_n8n());
      EXPECT_TRUE(nobody || refused || reply.status == 404) << value << ": " << reply.status << reply.body;
    }
    const State after = state_of(teams.world);
    EXPECT_TRUE(position.passes_over || after == before);
    EXPECT_TRUE(after.other_team == before.other_team);
  });
}

const TestSecret kSecret{"8a1d3c52-9d0e-4a63-8c57-0f9f2c6f3a11", "our-secret-key"};
const TestSecret kTheirSecret{"11111111-2222-4333-8444-555555555555", "their-secret-key"};
const TestSecret kRevokedSecret{"99999999-2222-4333-8444-555555555555", "revoked-secret-key"};
const TestSecret kNobodysSecret{"77777777-2222-4333-8444-555555555555", "nobodys-secret-key"};

/// Gives the teams those secrets that somebody has or had.
void has_secrets(World& world) {
  const auto id_of = [](const TestSecret& secret) { return *core::Uuid::parse(secret.id); };
  world.has_secret(world.team(), id_of(kSecret), kSecret.key);
  world.has_secret(world.other_team(), id_of(kTheirSecret), kTheirSecret.key);
  world.has_secret(world.team(), id_of(kRevokedSecret), kRevokedSecret.key);
  store::commit_and_wait(world.store(), {.team = world.team().id,
                                         .actor = {},
                                         .request_id = {},
                                         .action = core::RevokeSecret{.id = id_of(kRevokedSecret)}});
}

/// Signed tokens that open nothing: one of ours but for one thing each.
std::vector<std::string> bad_tokens(core::Timestamp now) {
  using namespace std::chrono_literals;
  const std::string claims = claims_of(kSecret, now);
  const std::string good = token_of(kSecret, now);
  const std::string expiring =
      claims.substr(0, claims.size() - 1) + ",\"exp\":" + std::to_string(unix_seconds(now) - 1) + "}";
  return {token_of(kSecret, now - 301s),
          token_of(kSecret, now + 61s),
          token_of(kTokenHeader, expiring, kSecret.signing_key()),
          token_of(kTokenHeader, claims, kTheirSecret.signing_key()),
          token_of(kTokenHeader, claims, kSecret.id + "||" + kTheirSecret.key),
          token_of(kTokenHeader, claims, kSecret.key),
          token_of(kTokenHeader, claims_of(kTheirSecret, now), kSecret.signing_key()),
          token_of(R"({"alg":"none","typ":"JWT"})", claims, kSecret.signing_key()),
          token_of(kRevokedSecret, now),
          token_of(kNobodysSecret, now),
          good.substr(0, good.rfind('.') + 1),
          good + "A"};
}

TEST(EveryRoute, OfATeamTakesASignedToken) {
  for (const Example& example : kExamples) {
    if (example.is_of_n8n()) continue;
    TwoTeams teams;
    has_secrets(teams.world);
    const Reply reply = teams.world.send_bare(example.method, filled(example.target, teams.ids, false),
                                              filled(example.body, teams.ids, true),
                                              {{"Authorization", "Bearer " + token_of(kSecret, teams.world.now())}});
    EXPECT_EQ(reply.status, 200) << title(example) << reply.body;
  }
}

TEST(EveryRoute, ReachesNothingOfOursWithAnotherTeamsCredentials) {
  for (const Example& example : kExamples) {
    SCOPED_TRACE(title(example));
    TwoTeams teams;
    World& world = teams.world;
    has_secrets(world);
    const auto before = state_of(world).team;
    for (const Headers& theirs : {Headers{{"Authorization", "Bearer " + token_of(kTheirSecret, world.now())}},
                                  Headers{{"Authorization", "Bearer " + world.other_team().key}},
                                  Headers{{"X-Heymarket-API-Key", "n8n-key-of-team-two"}}}) {
      const Reply reply = world.send_bare(example.method, filled(example.target, teams.ids, false),
                                          filled(example.body, teams.ids, true), theirs);
      const bool names_our_contact =
          example.target.find("<contact>") != std::string::npos || example.target.find("<uuid>") != std::string::npos;
      EXPECT_TRUE(!names_our_contact || reply.status == 404 || reply.status == 401) << reply.status << reply.body;
      EXPECT_EQ(reply.body.find("Ada"), std::string::npos) << reply.body;
    }
    EXPECT_TRUE(state_of(world).team == before);
  }
}

TEST(EveryRoute, OfATeamRefusesBadCredentialsAlikeAndDoesNothing) {
  for (const Example& example : kExamples) {
    SCOPED_TRACE(title(example));
    TwoTeams teams;
    World& world = teams.world;
    const std::string& good = world.team().key;
    const std::string revoked = "a-key-that-was-revoked";
    const auto run = [&](core::Action action) {
      return store::commit_and_wait(
          world.store(), {.team = world.team().id, .actor = {}, .request_id = {}, .action = std::move(action)});
    };
    run(core::CreateKey{.name = "old", .digest = base::to_hex(base::sha256(revoked))});
    run(core::RevokeKey{.id = core::KeyId(3)});
    has_secrets(world);
    std::vector<Headers> refused = {{},
                                    {{"Authorization", ""}},
                                    {{"Authorization", "Bearer"}},
                                    {{"Authorization", "Bearer "}},
                                    {{"Authorization", good}},
                                    {{"Authorization", "Bearer " + revoked}},
                                    {{"Authorization", "Bearer " + good + "x"}},
                                    {{"Authorization", "Bearer " + good.substr(1)}},
                                    {{"Authorization", "Token " + good}},
                                    {{"Authorization", "Bearer " + std::string(10'000, 'a')}},
                                    {{"X-Api-Key", good}},
                                    // The right keys in the wrong places, and one of another kind.
                                    {{example.is_of_n8n() ? "Authorization" : "X-Heymarket-API-Key",
                                      example.is_of_n8n() ? "Bearer " + good : std::string(kN8nKey)}},
                                    {{"Authorization", "Bearer " + std::string(kN8nKey)}},
                                    {{"X-Heymarket-API-Key", good}},
                                    {{"X-Heymarket-API-Key", revoked}},
                                    {{"X-Heymarket-API-Key", std::string(kN8nKey) + "x"}}};
    for (const std::string& token : bad_tokens(world.now())) {
      refused.push_back({{"Authorization", "Bearer " + token}});
      refused.push_back({{"X-Heymarket-API-Key", token}});
    }
    const std::string token = token_of(kSecret, world.now());
    refused.push_back({{"Authorization", token}});
    refused.push_back({{"X-Heymarket-API-Key", token}});
    if (example.is_of_n8n()) refused.push_back({{"Authorization", "Bearer " + token}});
    const State before = state_of(teams.world);
    std::set<std::string> shapes;
    for (const Headers& headers : refused) {
      const Reply reply = world.send_bare(example.method, filled(example.target, teams.ids, false),
                                          filled(example.body, teams.ids, true), headers);
      EXPECT_EQ(reply.status, 401);
      EXPECT_TRUE(example.is_of_n8n() || reply["error"] == "unauthorized") << reply.body;
      EXPECT_TRUE(example.is_of_n8n() || reply.header("WWW-Authenticate") == "Bearer");
      shapes.insert(shape(reply, {}));
    }
    // The n8n node is told whether it sent a key at all.
    EXPECT_EQ(shapes.size(), example.is_of_n8n() ? 2U : 1U) << "who is refused does not learn why";
    EXPECT_TRUE(state_of(teams.world) == before);
  }
}

}  // namespace
}  // namespace cardfile::test
