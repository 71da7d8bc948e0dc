// Who may come in, and how everything that is refused looks.

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "api/world.h"
#include "base/crypto.h"
#include "store/store.h"

namespace cardfile::test {
namespace {

TEST(Access, TheSchemeIsReadInAnyCase) {
  World world;
  for (const char* scheme : {"Bearer ", "bearer ", "BEARER  "}) {
    EXPECT_EQ(world.send_bare("GET", "/v1/team", "", {{"authorization", scheme + world.team().key}}).status, 200);
  }
}

TEST(Access, IsNotGivenToTwoCredentialsAtATime) {
  World world;
  const std::string right = "Bearer " + world.team().key;
  for (const auto& [first, second] : {std::pair(right, right), {right, "Bearer x"}, {"Bearer x", right}}) {
    const Reply reply = world.send_bare("GET", "/v1/team", "", {{"Authorization", first}, {"authorization", second}});
    EXPECT_EQ(reply.status, 401) << first << ", " << second;
  }
}

/// "Basic" credentials out of the user and password, a colon between them.
std::string basic(std::string_view user_and_password) {
  std::string text =
      base::to_base64url({reinterpret_cast<const std::uint8_t*>(user_and_password.data()), user_and_password.size()});
  for (char& letter : text) letter = letter == '-' ? '+' : letter == '_' ? '/' : letter;
  text.resize((text.size() + 3) / 4 * 4, '=');
  return "Basic " + text;
}

TEST(Access, IsGivenToTheKeyAsTheUserOfBasicCredentials) {
  World world;
  const auto status = [&](const std::string& authorization) {
    return world.send_bare("GET", "/v1/team", "", {{"Authorization", authorization}}).status;
  };
  const std::string& key = world.team().key;
  EXPECT_EQ(status(basic(key + ":")), 200);
  const std::string credentials = basic(key + ":").substr(6);
  EXPECT_EQ(status("basic " + credentials), 200);
  EXPECT_EQ(status("BASIC  " + credentials), 200);
  for (const std::string& refused :
       {basic(key), basic(key + ":password"), basic(":" + key), basic(":"), basic(""), basic(key + "::"),
        basic(" " + key + ":"), basic("x" + key + ":"), std::string("Basic"), "Basic" + credentials,
        "Bearer " + credentials, "Basic " + credentials + "=", "Basic " + credentials + " " + credentials,
        "Basic " + key + ":", "Basic " + std::string(10'000, 'A')}) {
    EXPECT_EQ(status(refused), 401) << refused;
  }
}

TEST(Access, TakesBasicCredentialsInTheOneFormOfBase64Only) {
  World world;
  const auto status = [&](const std::string& authorization) {
    return world.send_bare("GET", "/v1/team", "", {{"Authorization", authorization}}).status;
  };
  ASSERT_EQ(basic("key-of-team-one:"), "Basic a2V5LW9mLXRlYW0tb25lOg==");
  EXPECT_EQ(status("Basic a2V5LW9mLXRlYW0tb25lOg=="), 200);
  EXPECT_EQ(status("Basic a2V5LW9mLXRlYW0tb25lOg"), 401);
  EXPECT_EQ(status("Basic a2V5LW9mLXRlYW0tb25lOg="), 401);
  EXPECT_EQ(status("Basic a2V5LW9mLXRlYW0tb25lOh=="), 401);
}

TEST(Access, EndsWhenTheKeyIsRevoked) {
  World world;
  EXPECT_EQ(world.get("/v1/team").status, 200);
  store::commit_and_wait(
      world.store(),
      {.team = world.team().id, .actor = {}, .request_id = {}, .action = core::RevokeKey{.id = core::KeyId(1)}});
  EXPECT_EQ(world.get("/v1/team").status, 401);
  EXPECT_EQ(world.send_as(world.other_team(), "GET", "/v1/team").status, 200);
}

TEST(Access, IsLookedAtBeforeALargeBody) {
  World world;
  world.has_n8n_key(world.team(), "n8n-key");
  const auto refusal = [&world](std::string_view method, std::string_view path, std::string_view name,
                                std::string_view value) {
    http::Request request{.method = method, .target = path, .path = path, .query = {}, .headers = {}, .body = {}};
    request.headers.emplace_back(name, value);
    const auto response = world.api().refusal_before_body(request);
    return response ? response->status : 0;
  };
  constexpr int kNone = 0;
  const std::string good = "Bearer " + world.team().key;
  EXPECT_EQ(refusal("POST", "/v1/batch/contacts", "Authorization", good), kNone);
  EXPECT_EQ(refusal("POST", "/n8n/v1/lists", "X-Heymarket-API-Key", "n8n-key"), kNone);
  EXPECT_EQ(refusal("GET", "/healthz", "X-Nothing", ""), kNone);
  EXPECT_EQ(refusal("POST", "/v1/batch/contacts", "Authorization", "Bearer wrong"), 401);
  EXPECT_EQ(refusal("POST", "/v1/batch/contacts", "X-Heymarket-API-Key", "n8n-key"), 401);
  EXPECT_EQ(refusal("POST", "/n8n/v1/lists", "Authorization", good), 401);
  EXPECT_EQ(refusal("POST", "/v1/nowhere", "Authorization", good), 404);
  EXPECT_EQ(refusal("PATCH", "/v1/contact/1", "Authorization", good), 405);
  EXPECT_EQ(refusal("POST", "/v1/messages", "Authorization", good), 501);
}

TEST(Refusals, UnknownPathsAndMethodsAreJsonToo) {
  World world;
  for (const char* path : {"/", "/v1", "/v1/contact/1/2", "/v3/contact", "/v1/contactx", "/v1/contact//7"}) {
    const Reply reply = world.get(path);
    EXPECT_EQ(reply.status, 404) << path;
    EXPECT_EQ(reply["error"], "not_found");
    EXPECT_NE(reply["message"].find("/docs"), std::string::npos) << reply["message"];
    EXPECT_EQ(reply.header("Content-Type"), "application/json");
  }
  const Reply reply = world.send("PATCH", "/v1/contact/1", "{}");
  EXPECT_EQ(reply.status, 405);
  EXPECT_EQ(reply["error"], "method_not_allowed");
  for (const char* method : {"GET", "PUT", "DELETE", "HEAD"}) {
    EXPECT_NE(reply.header("Allow").find(method), std::string::npos) << reply.header("Allow");
  }
}

TEST(Refusals, ATrailingSlashIsAcceptedWithoutRedirect) {
  World world;
  EXPECT_EQ(world.get("/v1/team/").status, 200);
}

TEST(Refusals, PathsOfMessagesAndConversationsSayThatCardfileHasNone) {
  World world;
  for (const auto& [method, path] :
       std::initializer_list<std::pair<const char*, const char*>>{{"POST", "/v1/message/send"},
                                                                  {"POST", "/v1/messages"},
                                                                  {"POST", "/v1/email/send"},
                                                                  {"POST", "/v1/conversations"},
                                                                  {"POST", "/v1/conversations/count"},
                                                                  {"POST", "/v1/conversations/reassign"},
                                                                  {"POST", "/v1/conversations/open/"},
                                                                  {"POST", "/v1/schedule"},
                                                                  {"GET", "/v1/template/101"},
                                                                  {"POST", "/v1/templates"},
                                                                  {"POST", "/v1/surveys"},
                                                                  {"POST", "//v1/message/send"},
                                                                  {"POST", "/v1//message/send"},
                                                                  {"POST", "//v2//message/send"}}) {
    const Reply reply = world.send(method, path, "{}");
    EXPECT_EQ(reply.status, 501) << path;
    EXPECT_EQ(reply["error"], "not_implemented") << path;
    EXPECT_NE(reply["message"].find("keeps contacts"), std::string::npos) << path;
    EXPECT_EQ(reply.header("Content-Type"), "application/json") << path;
    EXPECT_EQ(reply["request_id"], reply.header("X-Request-Id")) << path;
  }
  for (const char* path : {"/v1/messageboard", "/v3/messages", "/messages", "/v1/", "/v1//", "//messages"}) {
    EXPECT_EQ(world.post(path, "{}").status, 404) << path;
  }
}

TEST(RequestIds, AreInEveryAnswerAndAlwaysOurOwn) {
  World world;
  std::set<std::string> seen;
  const std::string theirs = "6f1d0a52-9d0e-4a63-8c57-0f9f2c6f3a11";
  for (const Reply& reply :
       {world.get("/v1/team", {{"X-Request-Id", theirs}}), world.get("/nowhere"), world.send("PATCH", "/v1/team", ""),
        world.send_bare("GET", "/v1/team", "", {}), world.put("/v1/contact/1", "{"), world.get("/healthz")}) {
    const std::string id = reply.header("X-Request-Id");
    EXPECT_EQ(id.size(), 36U);
    EXPECT_NE(id, theirs);
    EXPECT_TRUE(seen.insert(id).second);
    if (reply.status >= 400) {
      EXPECT_EQ(reply["request_id"], id);
    }
  }
}

TEST(Health, NeedsNoCredentialsAndTellsWhenTheServerIsAboutToStop) {
  World world;
  EXPECT_EQ(world.send_bare("GET", "/healthz", "", {}).body, R"({"status":"ok"})");
  EXPECT_EQ(world.send_bare("GET", "/readyz", "", {}).body, R"({"status":"ready"})");
  world.api().begin_drain();
  EXPECT_EQ(world.send_bare("GET", "/healthz", "", {}).status, 200);
  const Reply reply = world.send_bare("GET", "/readyz", "", {});
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.header("Retry-After"), "1");
}

}  // namespace
}  // namespace cardfile::test
