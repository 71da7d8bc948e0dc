// Custom fields, tags and the team.

#include <gtest/gtest.h>

#include <string>

#include "api/world.h"

namespace cardfile::test {
namespace {

TEST(CustomFields, AreListedByIdWithTitleAndName) {
  World world;
  const std::string expected = R"([{"id":12,"title":"Plan","name":"Plan"},{"id":13,"title":"City","name":"City"}])";
  for (const char* body : {"", "{}", "[]", "null", " ", R"({"x":1})"}) {
    EXPECT_EQ(world.post("/v1/contact-fields", body).body, expected) << body;
  }
  EXPECT_EQ(world.post("/v1/contact-fields", "{").status, 400);
  EXPECT_EQ(world.post("/v1/contact-fields", "[1]").status, 400);
}

TEST(CustomFields, AreCreatedOnceATitle) {
  World world;
  const Reply reply =
      world.post("/v1/contacts/fields", R"([{"title":" plan "},{"title":"Renewal date"},{"title":"RENEWAL DATE"}])");
  EXPECT_EQ(reply.body,
            R"([{"id":12,"title":"Plan","duplicate":true},{"id":14,"title":"Renewal date","duplicate":false},)"
            R"({"id":14,"title":"Renewal date","duplicate":true}])");
}

TEST(CustomFields, AreCreatedAllOrNone) {
  World world;
  const Reply reply = world.post("/v1/contacts/fields", R"([{"title":"Good"},{"title":""},{"name":"x"},7])");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.fields_at_fault(), "[1].title [2].title [3].title");
  EXPECT_EQ(world.post("/v1/contact-fields", "").body.find("Good"), std::string::npos);
}

TEST(CustomFields, OfAnotherTeamAreNotOurs) {
  World world;
  world.post("/v1/contacts/fields", R"([{"title":"Mine"}])");
  EXPECT_EQ(world.send_as(world.other_team(), "POST", "/v1/contact-fields", "{}").body.find("Mine"), std::string::npos);
}

TEST(Tags, AreCreatedAndAnsweredWithIdRevisionAndUuid) {
  World world;
  const Reply reply = world.post("/v1/tag", R"({"tag":"Gold","color":"#ffaa00"})");
  EXPECT_EQ(reply["id"], "7");
  EXPECT_EQ(reply["rev"], "1");
  EXPECT_EQ(reply["uuid"].size(), 36U);
  EXPECT_EQ(world.post("/v1/tag", R"({"tag":" GOLD "})")["id"], "7");
}

TEST(Tags, RefuseABadLabelOrColour) {
  World world;
  const Reply reply = world.post("/v1/tag", R"({"tag":"","color":"red"})");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.fields_at_fault(), "tag color");
}

TEST(Tags, AreListedNewestFirstByPagesOf30) {
  World world;
  for (int i = 0; i < 34; ++i) world.post("/v1/tag", R"({"tag":"T)" + std::to_string(i) + R"("})");
  const Reply first = world.post("/v1/tags", "[]");
  EXPECT_EQ(first.body.find(R"("tag":"T33")"), first.body.find(R"("tag":)"));
  EXPECT_NE(first.body.find(R"("tag":"T4")"), std::string::npos);
  EXPECT_EQ(first.body.find(R"("tag":"T3")"), std::string::npos);
  const std::string oldest = first.body.substr(first.body.rfind(R"("updated":")") + 11, 27);
  const Reply second = world.post("/v1/tags", R"({"date":")" + oldest + R"("})");
  EXPECT_EQ(second.body.find(R"("tag":"T3")"), second.body.find(R"("tag":)"));
  EXPECT_EQ(world.post("/v1/tags", R"({"date":"2000-01-01T00:00:00Z"})").body, "[]");
  EXPECT_EQ(world.post("/v1/tags", R"({"date":"yesterday"})")["field"], "date");
}

TEST(Team, IsShownWithItsMembers) {
  World world;
  EXPECT_EQ(world.get("/v1/team").body,
            R"({"id":1,"name":"Team 1","list_size":10000,"members":[{"id":1,"name":"Grace","role":"admin"},)"
            R"({"id":2,"name":"Alan","role":"member"}]})");
}

}  // namespace
}  // namespace cardfile::test
