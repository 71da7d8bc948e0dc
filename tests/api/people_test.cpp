// GET /v1/users/get, POST /v1/users/update and GET /v1/inboxes.

#include <gtest/gtest.h>

#include <string>

#include "api/world.h"
#include "store/store.h"

namespace cardfile::test {
namespace {

/// The ids of the users in an answer: "1 2".
std::string members_in(const Reply& reply) {
  std::string ids;
  const std::string mark = R"({"id":)";
  for (std::size_t at = reply.body.find(mark); at != std::string::npos; at = reply.body.find(mark, at + 1)) {
    const std::size_t begin = at + mark.size();
    ids += (ids.empty() ? "" : " ") + reply.body.substr(begin, reply.body.find(',', begin) - begin);
  }
  return ids;
}

void has_phone(World& world, const std::string& user, const std::string& phone) {
  ASSERT_EQ(world.post("/v1/users/update", R"({"users":[{"id":)" + user + R"(,"phone":")" + phone + R"("}]})").status,
            200);
}

TEST(UserSearch, ReadsItsFilterFromTheBodyOfAGet) {
  World world;
  has_phone(world, "2", "13125550101");
  EXPECT_EQ(members_in(world.send("GET", "/v1/users/get", R"({"phone":["+1 312 555 0101"]})")), "2");
  EXPECT_EQ(members_in(world.send("GET", "/v1/users/get", R"({"email":["GRACE@example.org"]})")), "1");
  EXPECT_EQ(members_in(world.send("GET", "/v1/users/get", R"({"email":"grace@example.org"})")), "1");
  EXPECT_EQ(
      members_in(world.send("GET", "/v1/users/get", R"({"phone":["13125550101"],"email":["grace@example.org"]})")),
      "1 2");
  EXPECT_EQ(world.send("GET", "/v1/users/get", R"({"phone":[]})").body, R"({"memberships":[]})");
}

TEST(UserSearch, ReadsItsFilterFromTheQueryToo) {
  World world;
  has_phone(world, "2", "13125550101");
  for (const char* query : {"phone=13125550101", "phone[]=13125550101", "phone%5B%5D=%2B13125550101",
                            "phone=13125550199&phone=13125550101"}) {
    EXPECT_EQ(members_in(world.send("GET", std::string("/v1/users/get?") + query, "[]")), "2") << query;
  }
  EXPECT_EQ(members_in(world.get("/v1/users/get?phone[]=13125550101&email[]=grace%40example.org")), "1 2");
  EXPECT_EQ(members_in(world.send("GET", "/v1/users/get?phone=13125550101", R"({"email":["grace@example.org"]})")),
            "1 2");
}

TEST(UserSearch, AnswersTheWholeMembership) {
  World world;
  const Reply reply = world.get("/v1/users/get?email=grace@example.org");
  const auto directory = world.store().directory(world.team().id);
  const std::string created = core::to_rfc3339(directory->users.at(core::UserId(1)).created);
  EXPECT_EQ(reply.body, R"({"memberships":[{"id":1,"phone":"","name":"Grace","email":"grace@example.org","role_id":1,)"
                        R"("team_id":1,"created_at":")" +
                            created + R"(","updated_at":")" + created + R"(","user_created_at":")" + created +
                            R"(","user_updated_at":")" + created + R"("}]})");
}

TEST(UserSearch, RefusesAFilterThatIsNone) {
  World world;
  EXPECT_EQ(world.get("/v1/users/get")["field"], "phone");
  EXPECT_EQ(world.send("GET", "/v1/users/get", "[]").status, 400);
  EXPECT_EQ(world.send("GET", "/v1/users/get?phone=1", R"({"phone":["x",7],"email":{}})").fields_at_fault(),
            "phone[0] phone[1] phone email");
}

TEST(UserSearch, FindsNobodyOfAnotherTeam) {
  World world;
  has_phone(world, "2", "13125550101");
  EXPECT_EQ(world.send_as(world.other_team(), "GET", "/v1/users/get?phone=13125550101").body, R"({"memberships":[]})");
}

TEST(UserUpdate, ChangesWhatItNamesAndAnswersTheMemberships) {
  World world;
  const Reply reply = world.post(
      "/v1/users/update",
      R"({"users":[{"id":2,"first_name":"Alan","last_name":"Turing","role_id":1},{"id":"1","email":"g@example.org"}]})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(members_in(reply), "2 1");
  EXPECT_NE(reply.body.find(R"("name":"Alan Turing","email":"","role_id":1)"), std::string::npos) << reply.body;
  EXPECT_NE(reply.body.find(R"("name":"Grace","email":"g@example.org","role_id":1)"), std::string::npos) << reply.body;
  EXPECT_NE(world.get("/v1/team").body.find(R"({"id":2,"name":"Alan Turing","role":"admin"})"), std::string::npos);
}

TEST(UserUpdate, DoesAllOrNone) {
  World world;
  const std::string before = world.get("/v1/team").body;
  const std::size_t entries = world.log().size();
  const Reply reply = world.post(
      "/v1/users/update",
      R"({"users":[{"id":2,"first_name":"Alan"},{"id":9},{"first_name":"x"},{"id":1,"role_id":2,"email":"x"},7]})");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.fields_at_fault(), "users[2].id users[3].role_id users[4].id users[1].id users[3].email");
  for (const char* body : {"{}", R"({"users":{}})", R"({"users":null})"}) {
    EXPECT_EQ(world.post("/v1/users/update", body)["field"], "users") << body;
  }
  EXPECT_EQ(world.post("/v1/users/update", R"({"users":[]})").body, R"({"memberships":[]})");
  EXPECT_EQ(world.get("/v1/team").body, before);
  EXPECT_EQ(world.log().size(), entries);
}

TEST(Inboxes, AreListedByIdInBothSpellings) {
  World world;
  EXPECT_EQ(world.get("/v1/inboxes").body, "[]");
  store::commit_and_wait(
      world.store(),
      {.team = world.team().id,
       .actor = {},
       .request_id = {},
       .action = core::CreateInbox{
           .id = {}, .name = "Support", .phones = {"13125550110", "13125550111"}, .members = {core::UserId(2)}}});
  store::commit_and_wait(world.store(),
                         {.team = world.team().id,
                          .actor = {},
                          .request_id = {},
                          .action = core::CreateInbox{.id = {}, .name = "Sales", .phones = {}, .members = {}}});
  EXPECT_EQ(world.get("/v1/inboxes").body,
            R"([{"id":1,"name":"Support","team":1,"members":[2],"phone":"13125550110",)"
            R"("phones":["13125550110","13125550111"],"auto_assignable":false,"autoAssignable":false,"rev":1},)"
            R"({"id":2,"name":"Sales","team":1,"members":[],"phone":"","phones":[],"auto_assignable":false,)"
            R"("autoAssignable":false,"rev":1}])");
  EXPECT_EQ(world.send_as(world.other_team(), "GET", "/v1/inboxes").body, "[]");
}

}  // namespace
}  // namespace cardfile::test
