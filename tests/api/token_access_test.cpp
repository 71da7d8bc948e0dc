// What a signed token opens, and for how long.

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "api/sealed_secret.h"
#include "api/token_signer.h"
#include "api/world.h"
#include "store/store.h"

namespace cardfile::test {
namespace {

using namespace std::chrono_literals;

const TestSecret kOld{"8a1d3c52-9d0e-4a63-8c57-0f9f2c6f3a11", "the-old-key"};
const TestSecret kNew{"9b2e4d63-9d0e-4a63-8c57-0f9f2c6f3a22", "the-new-key"};

core::Uuid id_of(const TestSecret& secret) { return *core::Uuid::parse(secret.id); }

Headers bearing(const std::string& token) { return {{"Authorization", "Bearer " + token}}; }

class TokenAccess : public testing::Test {
 protected:
  int status_with(const std::string& token) { return world.send_bare("GET", "/v1/team", "", bearing(token)).status; }

  void revoke(const TestSecret& secret) {
    store::commit_and_wait(
        world.store(),
        {.team = world.team().id, .actor = {}, .request_id = {}, .action = core::RevokeSecret{.id = id_of(secret)}});
  }

  World world;
};

TEST_F(TokenAccess, ReachesTheTeamOfItsSecretAndNoOther) {
  world.has_secret(world.other_team(), id_of(kOld), kOld.key);
  const core::Contact ada = world.has_contact(R"({"phone":"13125550142"})");
  const Headers theirs = bearing(token_of(kOld, world.now()));
  EXPECT_EQ(world.send_bare("GET", "/v1/team", "", theirs)["id"], "2");
  EXPECT_EQ(world.send_bare("GET", v1_path(ada), "", theirs).status, 404);
  EXPECT_EQ(world.send_bare("GET", v2_path(ada), "", theirs).status, 404);
  EXPECT_EQ(world.send_bare("PUT", v1_path(ada), R"({"phone":"13125550142","first":"Eve"})", theirs).status, 404);
  EXPECT_EQ(*world.stored(ada.id), ada);
}

TEST_F(TokenAccess, IsInTheChangeLogByTheSecretsId) {
  world.has_secret(world.team(), id_of(kOld), kOld.key);
  const Headers ours = bearing(token_of(kOld, world.now()));
  EXPECT_EQ(world.send_bare("POST", "/v1/contact", R"({"phone":"13125550142"})", ours).status, 200);
  EXPECT_EQ(world.log().back().actor, "secret:" + kOld.id);
}

TEST_F(TokenAccess, EndsFiveMinutesAfterTheTokenWasIssued) {
  world.has_secret(world.team(), id_of(kOld), kOld.key);
  const std::string token = token_of(kOld, world.now());
  EXPECT_EQ(status_with(token), 200);
  world.advance_clock(300s);
  EXPECT_EQ(status_with(token), 200);
  world.advance_clock(1us);
  EXPECT_EQ(status_with(token), 401);
  EXPECT_EQ(status_with(token_of(kOld, world.now())), 200);
}

TEST_F(TokenAccess, BeginsAMinuteBeforeTheTokenIsIssued) {
  world.has_secret(world.team(), id_of(kOld), kOld.key);
  const std::string token = token_of(kOld, world.now() + 61s);
  EXPECT_EQ(status_with(token), 401);
  world.advance_clock(1s);
  EXPECT_EQ(status_with(token), 200);
}

TEST_F(TokenAccess, GoesOnWithoutABreakWhileSecretsAreExchanged) {
  world.has_secret(world.team(), id_of(kOld), kOld.key);
  world.has_secret(world.team(), id_of(kNew), kNew.key);
  EXPECT_EQ(status_with(token_of(kOld, world.now())), 200);
  EXPECT_EQ(status_with(token_of(kNew, world.now())), 200);
  revoke(kOld);
  EXPECT_EQ(status_with(token_of(kOld, world.now())), 401);
  EXPECT_EQ(status_with(token_of(kNew, world.now())), 200);
}

TEST_F(TokenAccess, IsNotGivenByATokenAsBasicCredentials) {
  world.has_secret(world.team(), id_of(kOld), kOld.key);
  const std::string token = token_of(kOld, world.now());
  const auto status = [&](const std::string& authorization) {
    return world.send_bare("GET", "/v1/team", "", {{"Authorization", authorization}}).status;
  };
  EXPECT_EQ(status("Basic " + token), 401);
  EXPECT_EQ(status(token), 401);
  EXPECT_EQ(status("JWT " + token), 401);
  EXPECT_EQ(status("bearer " + token), 200);
}

TEST_F(TokenAccess, IsNotGivenByARowThatWasPutInAnothersPlace) {
  world.has_secret(world.other_team(), id_of(kOld), kOld.key);
  // Somebody who can write to the database gives the other team's secret to the first team, and under another id.
  const std::string sealed = world.store().secret(id_of(kOld))->sealed;
  store::commit_and_wait(world.store(),
                         {.team = world.team().id,
                          .actor = {},
                          .request_id = {},
                          .action = core::CreateSecret{.id = id_of(kNew), .name = "moved", .sealed = sealed}});
  EXPECT_EQ(status_with(token_of({kNew.id, kOld.key}, world.now())), 401);
  EXPECT_EQ(status_with(token_of(kOld, world.now())), 200);
}

TEST(SealedSecret, OpensForItsOwnTeamAndIdOnly) {
  const base::Vault vault({7});
  const std::string sealed = api::seal_secret(vault, core::TeamId(1), id_of(kOld), kOld.key);
  EXPECT_EQ(api::unseal_secret(vault, {core::TeamId(1), sealed}, id_of(kOld)), kOld.key);
  EXPECT_EQ(api::unseal_secret(vault, {core::TeamId(2), sealed}, id_of(kOld)), std::nullopt);
  EXPECT_EQ(api::unseal_secret(vault, {core::TeamId(1), sealed}, id_of(kNew)), std::nullopt);
}

TEST_F(TokenAccess, LeavesNoSecretInTheChangeLog) {
  world.has_secret(world.team(), id_of(kOld), kOld.key);
  const std::string sealed = world.store().secret(id_of(kOld))->sealed;
  EXPECT_EQ(sealed.find(kOld.key), std::string::npos);
  const core::ChangeEntry entry = world.log().back();
  EXPECT_EQ(entry.subject, core::Subject::api_secret);
  for (const core::FieldChange& change : entry.changes) {
    EXPECT_TRUE(change.field == "id" || change.field == "name") << change.field;
  }
}

}  // namespace
}  // namespace cardfile::test
