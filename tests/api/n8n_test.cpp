// The surface of the n8n node.

#include <gtest/gtest.h>

#include <string>

#include "api/routes.h"
#include "api/world.h"

namespace cardfile::test {
namespace {

using core::Contact;

constexpr const char* kKey = "n8n-key-of-team-one";
constexpr const char* kOtherKey = "n8n-key-of-team-two";
const Headers kDryRun = {{"X-Heymarket-Dry-Run", "true"}};

/// {"error_code","message"} and nothing else.
void expect_refused(const Reply& reply, int status, const std::string& code) {
  EXPECT_EQ(reply.status, status) << reply.body;
  EXPECT_EQ(reply["error_code"], code);
  EXPECT_NE(reply["message"], "(none)");
  for (const char* other : {"error", "errors", "field", "request_id"}) EXPECT_EQ(reply[other], "(none)") << other;
  EXPECT_EQ(reply.header("X-Request-Id").size(), 36U);
}

/// The world with Ada, contact 1.
class N8n : public testing::Test {
 protected:
  N8n() {
    world.has_n8n_key(world.team(), kKey);
    world.has_n8n_key(world.other_team(), kOtherKey);
  }

  Reply send(const std::string& method, const std::string& path, const std::string& body = {}, Headers headers = {}) {
    headers.emplace_back("X-Heymarket-API-Key", kKey);
    return world.send_bare(method, path, body, headers);
  }
  Reply get(const std::string& path) { return send("GET", "/n8n/v1/" + path); }
  Reply post(const std::string& path, const std::string& body, const Headers& headers = {}) {
    return send("POST", "/n8n/v1/" + path, body, headers);
  }

  World world;
  Contact ada = world.has_contact(R"({"phone":"13125550141","first":"Ada","last":"Lovelace","custom":{"12":"pro"}})");
};

TEST_F(N8n, TellsWhoseKeyItIs) {
  EXPECT_EQ(get("test_auth").body, R"({"team_id":1,"team_name":"Team 1"})");
  EXPECT_EQ(world.send_bare("GET", "/n8n/v1/test_auth", "", {{"x-heymarket-api-key", kOtherKey}}).body,
            R"({"team_id":2,"team_name":"Team 2"})");
}

TEST_F(N8n, OffersWhatThereIsToChooseFrom) {
  world.post("/v1/list", R"({"title":"Sale"})");
  EXPECT_EQ(get("contact_fields").body, R"([{"id":12,"name":"Plan"},{"id":13,"name":"City"}])");
  EXPECT_EQ(get("lists").body, R"([{"id":1,"name":"Sale"}])");
  EXPECT_EQ(get("inboxes").body, "[]");
  EXPECT_EQ(get("templates").body, "[]");
}

TEST_F(N8n, CreatesAContactAndUpdatesItByItsPhone) {
  const Reply created =
      post("contacts", R"({"phone_number":"+1 312 555 0142","first_name":"Eve","email":"eve@example.org",
                                            "custom":{"12":"free","13":true}})");
  EXPECT_EQ(created.body, R"({"id":2,"rev":1,"created":true})");
  EXPECT_EQ(world.stored(core::ContactId(2))->custom.at(core::FieldId(13)), "true");
  EXPECT_EQ(post("contacts", R"({"phone_number":"13125550142","last_name":"Polastri"})").body,
            R"({"id":2,"rev":2,"created":false})");
  const Contact eve = *world.stored(core::ContactId(2));
  EXPECT_EQ(eve.first, "Eve");
  EXPECT_EQ(eve.last, "Polastri");
  EXPECT_EQ(eve.email(), "eve@example.org");
  EXPECT_EQ(world.log().back().actor, "key:2");
}

TEST_F(N8n, ChangesNothingByWhatIsBlank) {
  post("contacts", R"({"phone_number":"13125550141","first_name":"","last_name":" ","email":"","note":"",
                       "custom":{"12":"","13":null}})");
  const Contact after = *world.stored(ada.id);
  EXPECT_EQ(after.first, "Ada");
  EXPECT_EQ(after.last, "Lovelace");
  EXPECT_EQ(after.custom, ada.custom);
  EXPECT_TRUE(after.notes.empty());
}

TEST_F(N8n, PinsANoteThatBothVersionsShow) {
  post("contacts", R"({"phone_number":"13125550141","note":"Called back"})");
  EXPECT_EQ(world.stored(ada.id)->notes.front().text, "Called back");
  for (const std::string& path : {v1_path(ada), v2_path(ada)}) {
    const std::string body = world.get(path).body;
    EXPECT_NE(body.find(R"("id":"2","name":"","text":"Called back","user_id":0}])"), std::string::npos) << body;
  }
}

TEST_F(N8n, MakesListsAndChangesWhoIsInThem) {
  EXPECT_EQ(
      post("lists", R"({"title":"Sale","phones":["13125550141","13125550142"],"emails":["new@example.org"]})").body,
      R"({"id":1,"name":"Sale","member_count":3})");
  EXPECT_EQ(post("lists/1/members", R"({"action":"add","phone_number":"+13125550143"})").body,
            R"({"list_id":1,"member_count":4})");
  EXPECT_EQ(post("lists/1/members", R"({"action":"remove","phone_number":"13125550141"})").body,
            R"({"list_id":1,"member_count":3})");
  EXPECT_EQ(post("lists/1/members", R"({"action":"remove","phone_number":"13125550999"})").body,
            R"({"list_id":1,"member_count":3})");
  EXPECT_TRUE(world.stored(ada.id));
}

TEST_F(N8n, DoesNothingOnADryRunButAnswersAsIfItHad) {
  post("lists", R"({"title":"Sale","local_id":"sale"})");
  const std::size_t entries = world.log().size();
  EXPECT_EQ(post("contacts", R"({"phone_number":"13125550141","first_name":"Eve"})", kDryRun).body,
            R"({"id":1,"rev":2,"created":false,"dry_run":true})");
  EXPECT_EQ(post("contacts", R"({"phone_number":"13125550142"})", kDryRun).body,
            R"({"id":0,"rev":1,"created":true,"dry_run":true})");
  EXPECT_EQ(post("lists", R"({"title":"Next","local_id":"sale"})", kDryRun)["id"], "1") << "it is there, and stays";
  EXPECT_EQ(post("lists", R"({"title":"Next","phones":["13125550141"]})", kDryRun).body,
            R"({"id":0,"name":"Next","member_count":1,"dry_run":true})");
  EXPECT_EQ(post("lists/1/members", R"({"action":"add","phone_number":"13125550142"})", kDryRun).body,
            R"({"list_id":1,"member_count":1,"dry_run":true})");
  EXPECT_EQ(world.stored(ada.id), ada);
  EXPECT_EQ(world.log().size(), entries);
  EXPECT_EQ(post("contacts", R"({"phone_number":"13125550142"})", {{"X-Heymarket-Dry-Run", "false"}})["id"], "2");
}

TEST_F(N8n, RefusesOnADryRunWhatTheCallWouldBeRefusedFor) {
  world.has_contact(R"({"phone":"13125550149","email":"taken@example.org"})");
  expect_refused(post("contacts", R"({"phone_number":"13125550141","email":"taken@example.org"})", kDryRun), 409,
                 "conflict");
  expect_refused(post("contacts", R"({"phone_number":"911"})", kDryRun), 400, "invalid_phone_number");
  expect_refused(post("lists/9/members", R"({"action":"add","phone_number":"13125550142"})", kDryRun), 404,
                 "not_found");
  expect_refused(post("contacts", R"({"phone_number":"13125550142"})", {{"X-Heymarket-Dry-Run", "maybe"}}), 400,
                 "bad_data");
}

TEST_F(N8n, DropsWhatIsNoFieldOfTheTeamWhateverItHolds) {
  EXPECT_EQ(post("contacts", R"({"phone_number":"13125550141","custom":{"99":{},"98":"\u0001"}})").body,
            R"({"id":1,"rev":2,"created":false})");
  EXPECT_EQ(world.stored(ada.id)->custom, ada.custom);
}

TEST_F(N8n, NamesEverythingAtFaultInItsOwnWords) {
  const std::size_t entries = world.log().size();
  const Reply contact =
      post("contacts", R"({"phone_number":7,"first_name":7,"email":"x","custom":{"12":[]},"note":[]})");
  expect_refused(contact, 400, "invalid_phone_number");
  for (const char* field : {"phone_number: ", "first_name: ", "email: ", "custom.12: ", "note: "}) {
    EXPECT_NE(contact["message"].find(field), std::string::npos) << field << contact.body;
  }
  expect_refused(post("contacts", R"({"phone_number":"13125550142","last_name":")" + std::string(256, 'x') + "\"}"),
                 400, "bad_data");
  expect_refused(post("contacts", "{}"), 400, "invalid_phone_number");
  expect_refused(post("contacts", "[]"), 400, "bad_data");
  expect_refused(post("contacts", "{"), 400, "bad_data");
  expect_refused(post("lists", R"({"phones":["911"]})"), 400, "invalid_phone_number");
  expect_refused(post("lists", R"({"title":"Sale","phones":"911"})"), 400, "invalid_phone_number");
  expect_refused(post("lists", R"({"title":"Sale","phones":7})"), 400, "invalid_phone_number");
  expect_refused(post("lists", "{}"), 400, "bad_data");
  expect_refused(post("lists/x/members", R"({"action":"add","phone_number":"13125550142"})"), 400, "bad_data");
  const Reply members = post("lists/1/members", R"({"action":"drop"})");
  expect_refused(members, 404, "not_found");
  post("lists", R"({"title":"Sale"})");
  EXPECT_EQ(post("lists/1/members", R"({"action":"drop","phone_number":"13125550142"})")["message"],
            "action: must be add or remove");
  EXPECT_EQ(post("lists/1/members", R"({"action":5,"phone_number":"13125550142"})")["message"],
            "action: must be a string");
  EXPECT_EQ(world.log().size(), entries + 1);
}

TEST_F(N8n, TakesItsOwnKindOfKeyOnly) {
  for (const api::Route& route : api::routes()) {
    if (route.access != api::Access::n8n) continue;
    const auto call = [&](const Headers& headers) {
      return world.send_bare(route.method, route.pattern, "{}", headers);
    };
    SCOPED_TRACE(route.pattern);
    expect_refused(call({}), 401, "missing_api_key");
    expect_refused(call({{"Authorization", std::string("Bearer ") + kKey}}), 401, "missing_api_key");
    expect_refused(call({{"X-Heymarket-API-Key", world.team().key}}), 401, "invalid_api_key");
    expect_refused(call({{"X-Heymarket-API-Key", "wrong"}}), 401, "invalid_api_key");
  }
  EXPECT_EQ(world.send_bare("GET", "/v1/team", "", {{"Authorization", std::string("Bearer ") + kKey}}).status, 401);
  EXPECT_EQ(world.send_bare("GET", "/v1/team", "", {{"X-Heymarket-API-Key", kKey}}).status, 401);
}

TEST_F(N8n, RefusesInItsOwnFormWhatIsNotThere) {
  for (const char* path : {"/n8n", "/n8n/", "/n8n/v1", "/n8n/v1/nothing", "/n8n/v2/contacts"}) {
    expect_refused(send("GET", path), 404, "not_found");
  }
  const Reply method = send("PATCH", "/n8n/v1/contacts", "{}");
  expect_refused(method, 405, "method_not_allowed");
  EXPECT_EQ(method.header("Allow"), "POST");
  EXPECT_EQ(send("GET", "/n8nx")["error"], "not_found") << "another path has the other form";
}

/// A base URL may end in a slash, before the surface's name and behind its version.
TEST_F(N8n, KeepsItsFormWhereverThePathHasMoreThanOneSlash) {
  for (const std::string surface : {"/n8n/v1/", "//n8n/v1/", "/n8n//v1/", "/n8n/v1//", "///n8n//v1///"}) {
    SCOPED_TRACE(surface);
    const auto call = [&](const Headers& headers) {
      return world.send_bare("GET", surface + "test_auth", "", headers);
    };
    EXPECT_EQ(call({{"X-Heymarket-API-Key", kKey}}).body, R"({"team_id":1,"team_name":"Team 1"})");
    const Reply without_key = call({});
    expect_refused(without_key, 401, "missing_api_key");
    EXPECT_EQ(without_key.header("WWW-Authenticate"), "");
    expect_refused(call({{"X-Heymarket-API-Key", "wrong"}}), 401, "invalid_api_key");
    expect_refused(send("POST", surface + "contacts", R"({"phone_number":"12"})"), 400, "invalid_phone_number");
    expect_refused(send("PATCH", surface + "contacts", "{}"), 405, "method_not_allowed");
    expect_refused(send("GET", surface + "nothing"), 404, "not_found");
  }
}

TEST_F(N8n, MakesATriggerAndDeletesIt) {
  const Reply made =
      post("triggers", R"({"event":"contact_updated","url":"https://example.org/hook","send_sample":true})");
  EXPECT_EQ(made.body, R"({"id":"1"})");
  const auto trigger = world.store().directory(world.team().id)->webhooks.at(core::WebhookId(1));
  EXPECT_EQ(trigger.kind, core::WebhookKind::n8n_trigger);
  EXPECT_EQ(trigger.url, "https://example.org/hook");
  EXPECT_EQ(trigger.events, std::vector{core::EventType::contact_updated});
  EXPECT_EQ(world.store().webhook_positions(world.team().id).size(), 1);

  EXPECT_EQ(send("DELETE", "/n8n/v1/triggers/1").body, R"({"id":"1"})");
  EXPECT_TRUE(world.store().directory(world.team().id)->webhooks.empty());
  expect_refused(send("DELETE", "/n8n/v1/triggers/1"), 404, "not_found");
}

TEST_F(N8n, DoesNothingToTriggersInADryRun) {
  const char* body = R"({"event":"contact_updated","url":"https://example.org"})";
  EXPECT_EQ(post("triggers", body, kDryRun).body, R"({"id":"0","dry_run":true})");
  expect_refused(post("triggers", "{}", kDryRun), 400, "bad_data");
  EXPECT_TRUE(world.store().directory(world.team().id)->webhooks.empty());
  post("triggers", body);
  EXPECT_EQ(send("DELETE", "/n8n/v1/triggers/1", "", kDryRun).body, R"({"id":"1","dry_run":true})");
  EXPECT_EQ(world.store().directory(world.team().id)->webhooks.size(), 1);
}

TEST_F(N8n, DeletesNoWebhookOfTheOperators) {
  store::commit_and_wait(world.store(), {.team = world.team().id,
                                         .actor = {},
                                         .request_id = {},
                                         .action = core::CreateWebhook{.kind = core::WebhookKind::webhook,
                                                                       .url = "https://example.org",
                                                                       .events = {core::EventType::target_opt_out},
                                                                       .sealed_token = {},
                                                                       .sealed_secret = {},
                                                                       .problems = {}}});
  expect_refused(send("DELETE", "/n8n/v1/triggers/1"), 404, "not_found");
  EXPECT_EQ(world.store().directory(world.team().id)->webhooks.size(), 1);
}

TEST_F(N8n, SaysWhatIsWrongWithATrigger) {
  const Reply reply = post("triggers", R"({"event":"x","url":3,"send_sample":"yes"})");
  expect_refused(reply, 400, "bad_data");
  EXPECT_EQ(reply["message"],
            "url: must be a string; send_sample: must be true or false; "
            "event: must be one of contact_updated, incoming_message_unsubscribe");
  expect_refused(post("triggers", R"({"event":"contact_updated","url":"https://example.org","inbox_id":77})"), 400,
                 "inbox_not_found");
  expect_refused(post("triggers", "[]"), 400, "bad_data");
}

TEST_F(N8n, SendsTriggersToNobodyOnItsOwnNetwork) {
  for (const char* url : {"http://127.0.0.1/x", "http://localhost:5678/webhook", "https://10.0.0.7", "http://[::1]/",
                          "http://169.254.169.254/latest/meta-data", "http://2130706433/", "http://printer.local/"}) {
    const Reply reply = post("triggers", std::string(R"({"event":"contact_updated","url":")") + url + "\"}");
    expect_refused(reply, 400, "bad_data");
    EXPECT_EQ(reply["message"], "url: must not be of a private, loopback or link-local address") << url;
  }
  EXPECT_TRUE(world.store().directory(world.team().id)->webhooks.empty());
}

TEST_F(N8n, HasNoTriggersForMessagesCallsAndChats) {
  for (const char* event : {"incoming_message", "outgoing_message", "incoming_phone_call", "chat_started_inbound",
                            "chat_started_outbound"}) {
    const Reply reply = post("triggers", std::string(R"({"event":")") + event + R"(","url":"https://example.org"})");
    expect_refused(reply, 501, "not_implemented");
  }
}

TEST(N8nRateLimit, IsTheTeamsAndToldInItsOwnForm) {
  World world({.rate_limit = 2});
  world.has_n8n_key(world.team(), kKey);
  const auto ask = [&] { return world.send_bare("GET", "/n8n/v1/test_auth", "", {{"X-Heymarket-API-Key", kKey}}); };
  world.get("/v1/team");
  ask();
  const Reply reply = ask();
  expect_refused(reply, 429, "rate_limited");
  EXPECT_EQ(reply.header("Retry-After"), "60");
}

}  // namespace
}  // namespace cardfile::test
