// Who may not: every route, with every id of its path and its body, against other teams' ids, unknown and malformed
// ones, and credentials that are none. The cases are made from the route table; a route without an example fails.

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "api/routes.h"
#include "api/state.h"
#include "api/world.h"
#include "base/crypto.h"

namespace cardfile::test {
namespace {

/// A request that succeeds, where there is anything to succeed with. What stands in angle brackets is the id of
/// something; in a body it stands for the JSON value.
struct Example {
  std::string_view method;
  std::string_view pattern;
  std::string_view target;
  std::string_view body;

  bool is_of_n8n() const { return pattern.starts_with("/n8n/"); }
};

// clang-format off
const std::vector<Example> kExamples = {
    {"POST", "/v1/contact", "/v1/contact", R"({"phone":"13125550199","assignee_id":<user>,"tags":[{"tag_id":<tag>}]})"},
    {"GET", "/v1/contact/{id}", "/v1/contact/<contact>", ""},
    {"PUT", "/v1/contact/{id}", "/v1/contact/<contact>", R"({"phone":"13125550199","assignee_id":<user>,"tags":[{"tag_id":<tag>}]})"},
    {"DELETE", "/v1/contact/{id}", "/v1/contact/<contact>", ""},
    {"POST", "/v1/contact/get", "/v1/contact/get", R"({"id":<contact>})"},
    {"POST", "/v1/contacts", "/v1/contacts", R"({"id":<contact>})"},
    {"POST", "/v1/contacts", "/v1/contacts", R"({"assigned":<user>})"},
    {"POST", "/v1/contacts", "/v1/contacts", R"({"parent_id":<contact>})"},
    {"POST", "/v1/contacts/count", "/v1/contacts/count", R"({"id":<contact>,"assigned":<user>})"},
    {"POST", "/v1/batch/contacts", "/v1/batch/contacts", R"([{"phone":"13125550199","assignee_id":<user>,"tags":[{"tag_id":<tag>}]}])"},
    {"POST", "/v1/contact/status", "/v1/contact/status", R"({"id":<contact>})"},
    {"POST", "/v1/contact/set_status", "/v1/contact/set_status", R"({"id":<contact>,"status":"blocked"})"},
    {"POST", "/v2/contact", "/v2/contact", R"({"phone":"13125550199","assignee_id":<user>,"tags":[{"tag_id":<tag>}]})"},
    {"GET", "/v2/contact/{contactID}", "/v2/contact/<uuid>", ""},
    {"PUT", "/v2/contact/{contactID}", "/v2/contact/<uuid>", R"({"first":"Eve","assignee_id":<user>,"tags":[{"tag_id":<tag>}]})"},
    {"DELETE", "/v2/contact/{contactID}", "/v2/contact/<uuid>", ""},
    {"POST", "/v2/contacts/list", "/v2/contacts/list", R"({"id":<contact>,"assigned":<user>})"},
    {"POST", "/v2/contacts/search", "/v2/contacts/search", R"({"contact_channels":[{"channel_type":"id","channel_ids":[<uuid>]}]})"},
    {"POST", "/v2/contacts", "/v2/contacts", R"({"contacts":[{"contact_id":<uuid>,"first":"Eve"}]})"},
    {"POST", "/v2/contacts", "/v2/contacts", R"({"contacts":[{"phone":"13125550199","assignee_id":<user>,"tags":[{"tag_id":<tag>}]}]})"},
    {"DELETE", "/v2/contacts", "/v2/contacts", R"({"contact_channels":[{"channel_type":"id","channel_ids":[<uuid>]}]})"},
    {"POST", "/v2/contact/{contactID}/channel", "/v2/contact/<uuid>/channel", R"({"channel_type":"email","channel_id":"e@example.org"})"},
    {"PUT", "/v2/contact/{contactID}/channel", "/v2/contact/<uuid>/channel", R"({"id":<channel>,"channel_type":"phone","channel_id":"13125550199"})"},
    {"GET", "/v2/contact/{contactID}/channel", "/v2/contact/<uuid>/channel", ""},
    {"GET", "/v2/contact/{contactID}/channels", "/v2/contact/<uuid>/channels", ""},
    {"GET", "/v2/contact/{contactID}/channel/{channelID}", "/v2/contact/<uuid>/channel/<channel>", ""},
    {"GET", "/v2/contact/{contactID}/channels/{channelID}", "/v2/contact/<uuid>/channels/<channel>", ""},
    {"DELETE", "/v2/contact/{contactID}/channel/{channelID}", "/v2/contact/<uuid>/channel/<channel>", ""},
    {"DELETE", "/v2/contact/{contactID}/channel", "/v2/contact/<uuid>/channel", R"({"channel_type":"phone","channel_id":"13125550142"})"},
    {"POST", "/v1/contact-fields", "/v1/contact-fields", "{}"},
    {"POST", "/v1/contacts/fields", "/v1/contacts/fields", R"([{"title":"Shoe size"}])"},
    {"POST", "/v1/tag", "/v1/tag", R"({"tag":"Spring"})"},
    {"GET", "/v1/tag/{id}", "/v1/tag/<tag>", ""},
    {"PUT", "/v1/tag/{id}", "/v1/tag/<tag>", R"({"tag":"Spring"})"},
    {"DELETE", "/v1/tag/{id}", "/v1/tag/<tag>", ""},
    {"POST", "/v1/tags", "/v1/tags", "{}"},
    {"GET", "/v1/team", "/v1/team", ""},
    {"GET", "/v1/users/get", "/v1/users/get?email=grace@example.org", ""},
    {"POST", "/v1/users/update", "/v1/users/update", R"({"users":[{"id":<user>,"first_name":"Eve"}]})"},
    {"GET", "/v1/inboxes", "/v1/inboxes", ""},
    {"POST", "/v2/lists", "/v2/lists", R"({"title":"Spring","local_id":"s","contacts":[<contact>]})"},
    {"PUT", "/v2/lists/{id}", "/v2/lists/<list>", R"({"contacts":[<contact>]})"},
    {"PUT", "/v2/lists/{id}", "/v2/lists/<list>", R"({"add_contacts":[<contact>]})"},
    {"DELETE", "/v2/lists/{id}", "/v2/lists/<list>", ""},
    {"POST", "/v1/list", "/v1/list", R"({"title":"Spring"})"},
    {"GET", "/v1/list/{id}", "/v1/list/<list>", ""},
    {"PUT", "/v1/list/{id}", "/v1/list/<list>", R"({"title":"Spring"})"},
    {"DELETE", "/v1/list/{id}", "/v1/list/<list>", ""},
    {"POST", "/v1/lists", "/v1/lists", "{}"},
    {"GET", "/n8n/v1/test_auth", "/n8n/v1/test_auth", ""},
    {"GET", "/n8n/v1/contact_fields", "/n8n/v1/contact_fields", ""},
    {"GET", "/n8n/v1/inboxes", "/n8n/v1/inboxes", ""},
    {"GET", "/n8n/v1/lists", "/n8n/v1/lists", ""},
    {"GET", "/n8n/v1/templates", "/n8n/v1/templates", ""},
    {"POST", "/n8n/v1/contacts", "/n8n/v1/contacts", R"({"phone_number":"13125550199"})"},
    {"POST", "/n8n/v1/lists", "/n8n/v1/lists", R"({"title":"Spring"})"},
    {"POST", "/n8n/v1/lists/{id}/members", "/n8n/v1/lists/<list>/members", R"({"action":"add","phone_number":"13125550142"})"},
    {"POST", "/n8n/v1/triggers", "/n8n/v1/triggers", R"({"event":"contact_updated","url":"https://example.org"})"},
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
const std::vector<std::string> kMalformedValues = {R"("abc")", "1.5",  "-7",    "{}",
                                                   "[1]",      "true", "1e300", R"("\u0000")"};

constexpr std::string_view kN8nKey = "n8n-key-of-team-one";
constexpr std::string_view kTrigger = R"({"event":"contact_updated","url":"https://example.org"})";

/// A world in which the first team has one contact, and the second some of everything, under ids that the first has
/// not.
class TwoTeams {
 public:
  TwoTeams() {
    const auto ours = world.has_contact(R"({"phone":"13125550142","assignee_id":1,"tags":[{"tag_id":1}]})");
    store(core::CreateUser{.id = core::UserId(900'001), .name = "Mallory", .email = {}, .phone = {}});
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
           {"user", {"1", "900001", "900999", kNoIntegers}}};
  }

  Reply send(const Example& example, std::string_view target, std::string_view body) {
    if (!example.is_of_n8n()) return world.send(example.method, target, body);
    return world.send_bare(example.method, target, body, {{"X-Heymarket-API-Key", std::string(kN8nKey)}});
  }

  core::Outcome store(core::Action action) {
    return store::commit_and_wait(
        world.store(), {.team = world.other_team().id, .actor = {}, .request_id = {}, .action = std::move(action)});
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

/// `text` with ids of ours in its placeholders; in the one of that index, `chosen`.
std::string filled(std::string_view text, const std::map<std::string, Ids>& ids, bool in_body, std::size_t index = 99,
                   const std::string& chosen = {}) {
  std::string out;
  std::size_t at = 0;
  std::size_t number = 0;
  for (const std::string& name : placeholders(text)) {
    const std::size_t begin = text.find('<', at);
    out += text.substr(at, begin - at);
    const std::string& ours = ids.at(name).ours;
    const std::string quoted = name == "uuid" ? '"' + ours + '"' : ours;
    out += number++ == index ? chosen : in_body ? quoted : ours;
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

/// Calls `check` for each id of each example: with a function that sends the example with another id in its place, and
/// with that id's forms.
template <class Check>
void for_each_id(const Check& check) {
  for (const Example& example : kExamples) {
    for (const bool in_body : {false, true}) {
      const std::vector<std::string> names = placeholders(in_body ? example.body : example.target);
      for (std::size_t i = 0; i < names.size(); ++i) {
        SCOPED_TRACE(title(example) + ", the " + names[i] + (in_body ? " of its body" : " of its path"));
        const auto send = [&](TwoTeams& teams, const std::string& id) {
          return teams.send(example, filled(example.target, teams.ids, false, in_body ? 99 : i, id),
                            filled(example.body, teams.ids, true, in_body ? i : 99, id));
        };
        check(names[i], in_body, send);
      }
    }
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

TEST(EveryRoute, AnswersAnotherTeamsIdLikeAnUnknownOneAndLeavesBothTeamsAlone) {
  for_each_id([](const std::string& kind, bool in_body, const auto& send) {
    TwoTeams teams;
    const auto written = [&](const std::string& id) { return in_body && kind == "uuid" ? '"' + id + '"' : id; };
    const Ids& ids = teams.ids.at(kind);
    const State before = state_of(teams.world);
    const Reply theirs = send(teams, written(ids.theirs));
    const Reply unknown = send(teams, written(ids.unknown));
    EXPECT_EQ(shape(theirs, ids.theirs), shape(unknown, ids.unknown));
    EXPECT_EQ(theirs.body.find("Mallory"), std::string::npos) << theirs.body;
    EXPECT_TRUE(in_body || theirs.status == 404) << theirs.status;
    EXPECT_TRUE(state_of(teams.world) == before) << theirs.body;
  });
}

TEST(EveryRoute, RefusesAMalformedIdInItsPath) {
  for_each_id([](const std::string& kind, bool in_body, const auto& send) {
    if (in_body) return;
    TwoTeams teams;
    const State before = state_of(teams.world);
    for (const std::string& id : teams.ids.at(kind).malformed) {
      const Reply reply = send(teams, id);
      EXPECT_TRUE(reply.status == 400 || reply.status == 404) << id << ": " << reply.status << reply.body;
      EXPECT_TRUE(kind != "uuid" || reply.status == 404) << id;
    }
    EXPECT_TRUE(state_of(teams.world) == before);
  });
}

TEST(EveryRoute, RefusesAMalformedIdInItsBodyOrFindsNobody) {
  for_each_id([](const std::string&, bool in_body, const auto& send) {
    if (!in_body) return;
    TwoTeams teams;
    const State before = state_of(teams.world);
    for (const std::string& value : kMalformedValues) {
      const Reply reply = send(teams, value);
      const bool nobody = reply.status == 200;  // A search, or a bulk call whose item failed.
      EXPECT_TRUE(nobody || (reply.status == 400 && reply["error_code"] == "bad_data") || reply.status == 404)
          << value << ": " << reply.status << reply.body;
    }
    EXPECT_TRUE(state_of(teams.world) == before);
  });
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
    const std::vector<Headers> refused = {{},
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
