// GET, PUT and DELETE /v1/tag/{id}.

#include <gtest/gtest.h>

#include <string>

#include "api/world.h"

namespace cardfile::test {
namespace {

using core::Contact;

TEST(ATag, IsShownById) {
  World world;
  const Reply reply = world.get("/v1/tag/2");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply["id"], "2");
  EXPECT_EQ(reply["tag"], "VIP");
  EXPECT_EQ(reply["name"], "VIP");
  EXPECT_EQ(reply["color"], "#2E86DE");
  EXPECT_EQ(reply["team_id"], "1");
  EXPECT_EQ(reply["rev"], "1");
}

TEST(ATag, IsChangedInWhatAPutNames) {
  World world;
  const Reply reply = world.put("/v1/tag/2", R"({"tag":"Gold"})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply["id"], "2");
  EXPECT_EQ(reply["rev"], "2");
  EXPECT_EQ(reply["uuid"].size(), 36U);
  EXPECT_EQ(world.get("/v1/tag/2")["tag"], "Gold");
  EXPECT_EQ(world.get("/v1/tag/2")["color"], "#2E86DE");
  EXPECT_EQ(world.put("/v1/tag/2", R"({"color":"#ffaa00"})")["rev"], "3");
  EXPECT_EQ(world.get("/v1/tag/2")["tag"], "Gold");
  EXPECT_EQ(world.get("/v1/tag/2")["color"], "#FFAA00");
}

TEST(ATag, IsWrittenAsItIsByAPutThatNamesNothing) {
  World world;
  int rev = 1;
  for (const char* body : {"{}", "[]", "null", "", " "}) {
    const Reply reply = world.put("/v1/tag/2", body);
    EXPECT_EQ(reply.status, 200) << body;
    EXPECT_EQ(reply["rev"], std::to_string(++rev)) << body;
  }
  EXPECT_EQ(world.get("/v1/tag/2")["tag"], "VIP");
}

TEST(ATag, ThatIsDeletedLeavesEveryAnswerAtOnceAndEveryRowAtItsNextWrite) {
  World world;
  const Contact ada = world.has_contact(R"({"phone":"13125550142","tags":[{"tag_id":2},{"tag_id":3}]})");
  EXPECT_EQ(world.del("/v1/tag/2").body, R"("ok")");
  const Reply contact = world.get(v1_path(ada));
  EXPECT_EQ(contact["rev"], "1");
  EXPECT_NE(contact.body.find(R"("tags":[{"tag_id":3,)"), std::string::npos) << contact.body;
  EXPECT_EQ(world.post("/v1/tags", "{}").body.find("VIP"), std::string::npos);
  world.put(v1_path(ada), R"({"phone":"13125550142"})");
  EXPECT_EQ(world.stored(ada.id)->tags, std::vector{core::TagId(3)});
}

TEST(ATag, ThatIsDeletedIsUnknownFromThenOnAndItsIdIsNotGivenAgain) {
  World world;
  world.del("/v1/tag/6");
  EXPECT_EQ(world.get("/v1/tag/6").status, 404);
  EXPECT_EQ(world.put("/v1/tag/6", R"({"tag":"x"})").status, 404);
  EXPECT_EQ(world.del("/v1/tag/6").status, 404);
  const Reply refused = world.post("/v1/contact", R"({"phone":"13125550142","tags":[{"tag_id":6}]})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused["field"], "tags");
  EXPECT_EQ(world.post("/v1/tag", R"({"tag":"Old"})")["id"], "7");
}

TEST(ATag, RefusesABadChangeAndStaysAsItIs) {
  World world;
  const std::string before = world.get("/v1/tag/2").body;
  const std::size_t entries = world.log().size();
  const Reply taken = world.put("/v1/tag/2", R"({"tag":" renewal "})");
  EXPECT_EQ(taken.status, 409);
  EXPECT_EQ(taken["message"], "tag: belongs to tag 1 already");
  EXPECT_EQ(world.put("/v1/tag/2", R"({"tag":"","color":"red"})").fields_at_fault(), "tag color");
  EXPECT_EQ(world.put("/v1/tag/2", "[1]")["field"], "body");
  for (const char* method : {"GET", "PUT", "DELETE"}) {
    EXPECT_EQ(world.send(method, "/v1/tag/x", "{}")["field"], "id") << method;
    EXPECT_EQ(world.send(method, "/v1/tag/99", "{}").status, 404) << method;
  }
  EXPECT_EQ(world.get("/v1/tag/2").body, before);
  EXPECT_EQ(world.log().size(), entries);
}

TEST(ATag, OfAnotherTeamIsUnknown) {
  World world;
  world.post("/v1/tag", R"({"tag":"Ours"})");
  for (const char* method : {"GET", "PUT", "DELETE"}) {
    EXPECT_EQ(world.send_as(world.other_team(), method, "/v1/tag/7", "{}").status, 404) << method;
  }
  EXPECT_EQ(world.get("/v1/tag/7")["tag"], "Ours");
}

}  // namespace
}  // namespace cardfile::test
