// Lists over HTTP, version 1 and version 2.

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "api/world.h"

namespace cardfile::test {
namespace {

using core::Contact;
using Numbers = std::vector<std::int64_t>;

bool has(const Reply& reply, const std::string& text) { return reply.body.find(text) != std::string::npos; }

/// The world with Ada, contact 1.
class Lists : public testing::Test {
 protected:
  World world;
  Contact ada = world.has_contact(R"({"phone":"13125550141","first":"Ada","last":"Lovelace"})");
};

TEST_F(Lists, AreCreatedWithContactsByIdPhoneAndEmail) {
  const Reply reply = world.post("/v2/lists", R"({"title":"Sale","local_id":"crm-1","type":"contacts","contacts":[1],
                                                  "phones":["+1 312 555 0142"],"emails":["new@example.org"]})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply["id"], "1");
  EXPECT_EQ(reply["rev"], "1");
  EXPECT_EQ(reply["uuid"].size(), 36U);
  const Reply list = world.get("/v1/list/1");
  EXPECT_EQ(list["name"], "Sale");
  EXPECT_EQ(list["local_id"], "crm-1");
  EXPECT_EQ(list["team_id"], "1");
  EXPECT_EQ(list["creator_id"], "1");
  EXPECT_EQ(list["archived"], "false");
  EXPECT_TRUE(has(list, R"("targets":{"13125550141":{"f":"Ada","l":"Lovelace"},"13125550142":{"f":"","l":""}})"))
      << list.body;
  EXPECT_EQ(world.stored(core::ContactId(3))->email(), "new@example.org");
}

TEST_F(Lists, AreCreatedOnceForALocalId) {
  const Reply first = world.post("/v2/lists", R"({"title":"Sale","local_id":"crm-1"})");
  const std::size_t entries = world.log().size();
  const Reply again = world.post("/v2/lists", R"({"title":"Other","local_id":"crm-1","phones":["13125550199"]})");
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(world.log().size(), entries);
  EXPECT_EQ(world.get("/v1/list/1")["name"], "Sale");
}

TEST_F(Lists, AreChangedByVersionTwo) {
  world.post("/v2/lists", R"({"title":"Sale","local_id":"crm-1","contacts":[1]})");
  const Reply reply =
      world.put("/v2/lists/1", R"({"title":"Spring","add_phones":["13125550142"],"remove_contacts":[1,999]})");
  EXPECT_EQ(reply.body, R"({"id":1,"rev":2})");
  EXPECT_TRUE(has(world.get("/v1/list/1"), R"("targets":{"13125550142":{"f":"","l":""}})"));
  EXPECT_EQ(world.get("/v1/list/1")["name"], "Spring");
  world.put("/v2/lists/1", R"({"contacts":[1]})");
  EXPECT_TRUE(has(world.get("/v1/list/1"), R"("targets":{"13125550141":{"f":"Ada","l":"Lovelace"}})"));
}

TEST_F(Lists, AreDeletedAndTheirContactsStay) {
  world.post("/v2/lists", R"({"title":"Sale","local_id":"crm-1","contacts":[1]})");
  const Reply reply = world.send("DELETE", "/v2/lists/1", R"({"contact_ids":[1]})");
  EXPECT_EQ(reply.body, R"({"deleted":true,"id":1})");
  EXPECT_EQ(world.stored(ada.id), ada);
  for (const char* method : {"GET", "PUT", "DELETE"}) {
    EXPECT_EQ(world.send(method, "/v1/list/1", "{}").status, 404) << method;
  }
  EXPECT_EQ(world.del("/v2/lists/1").status, 404);
  EXPECT_EQ(world.post("/v2/lists", R"({"title":"Sale","local_id":"crm-1"})")["id"], "2");
}

TEST_F(Lists, LoseAContactThatIsDeleted) {
  world.post("/v2/lists", R"({"title":"Sale","local_id":"crm-1","contacts":[1]})");
  world.del(v1_path(ada));
  EXPECT_EQ(world.get("/v1/list/1")["rev"], "2");
  EXPECT_TRUE(has(world.get("/v1/list/1"), R"("targets":{})"));
}

TEST_F(Lists, AreServedByVersionOneToo) {
  const Reply created =
      world.post("/v1/list", R"({"title":"Sale","members":{"13125550141":{"f":"Not Ada"},"13125550142":{"f":"Eve"}}})");
  EXPECT_EQ(created.status, 200);
  EXPECT_EQ(created["id"], "1");
  EXPECT_EQ(created["local_id"], "");
  EXPECT_TRUE(has(created, R"("13125550141":{"f":"Ada","l":"Lovelace"},"13125550142":{"f":"Eve","l":""})"));
  EXPECT_EQ(
      world.put("/v1/list/1", R"({"title":"Spring","add_phone":"13125550143","remove_phone":"13125550141"})").body,
      R"({"id":1,"rev":2})");
  EXPECT_TRUE(has(world.get("/v1/list/1"), R"("targets":{"13125550142":{"f":"Eve","l":""},"13125550143":)"));
  world.put("/v1/list/1", R"({"members":{"13125550143":{}}})");
  EXPECT_TRUE(has(world.get("/v1/list/1"), R"("targets":{"13125550143":{"f":"","l":""}})"));
  EXPECT_EQ(world.del("/v1/list/1").body, R"("ok")");
}

TEST_F(Lists, OfVersionOneNameAMemberWhosePhoneIsGivenAloneToo) {
  world.post("/v1/list",
             R"({"title":"Sale","phones":["13125550142"],"members":{"13125550142":{"f":"Eve","l":"Jones"}}})");
  EXPECT_TRUE(has(world.get("/v1/list/1"), R"("targets":{"13125550142":{"f":"Eve","l":"Jones"}})"));
  world.put("/v1/list/1", R"({"add_phone":["13125550149"],"members":{"13125550149":{"f":"Mary","l":"Ross"}}})");
  EXPECT_TRUE(has(world.get("/v1/list/1"), R"("targets":{"13125550149":{"f":"Mary","l":"Ross"}})"));
}

TEST_F(Lists, OfVersionOneKeepMembersThatItDoesNotShow) {
  world.has_contact(R"({"email":"eve@example.org"})");
  world.post("/v2/lists", R"({"title":"Sale","local_id":"crm-1","contacts":[1,2]})");
  world.put("/v1/list/1", R"({"members":{"13125550143":{}}})");
  EXPECT_TRUE(has(world.get("/v1/list/1"), R"("targets":{"13125550143":{"f":"","l":""}})"));
  EXPECT_EQ(world.log().back().changes,
            (std::vector<core::FieldChange>{{"removed_contacts", Numbers{1}, {}}, {"added_contacts", {}, Numbers{3}}}));
}

TEST_F(Lists, AreListedNewestFirstThirtyAPage) {
  for (int i = 1; i <= 35; ++i) world.post("/v1/list", R"({"title":"List )" + std::to_string(i) + "\"}");
  const Reply first = world.post("/v1/lists", "");
  EXPECT_LT(first.body.find("\"List 35\""), first.body.find("\"List 34\""));
  EXPECT_TRUE(has(first, "\"List 6\""));
  EXPECT_FALSE(has(first, "\"List 5\""));
  const std::string oldest = world.get("/v1/list/6")["updated"];
  const Reply second = world.post("/v1/lists", R"({"date":")" + oldest + "\"}");
  EXPECT_TRUE(has(second, "\"List 5\""));
  EXPECT_TRUE(has(second, "\"List 1\""));
  EXPECT_FALSE(has(second, "\"List 6\""));
  EXPECT_EQ(world.post("/v1/lists", R"({"date":"2000-01-01T00:00:00Z"})").body, "[]");
  EXPECT_EQ(world.post("/v1/lists", R"({"date":"yesterday"})")["field"], "date");
}

TEST_F(Lists, AreWrittenAsTheyAreByAPutThatNamesNothing) {
  world.post("/v2/lists", R"({"title":"Sale","local_id":"crm-1","contacts":[1]})");
  int rev = 1;
  for (const char* path : {"/v2/lists/1", "/v1/list/1"}) {
    for (const char* body : {"{}", "[]", "null", ""}) {
      const Reply reply = world.put(path, body);
      EXPECT_EQ(reply.status, 200) << path << ' ' << body;
      EXPECT_EQ(reply["rev"], std::to_string(++rev)) << path << ' ' << body;
    }
    EXPECT_EQ(world.put(path, "[1]")["field"], "body") << path;
  }
  const Reply list = world.get("/v1/list/1");
  EXPECT_EQ(list["name"], "Sale");
  EXPECT_TRUE(has(list, "13125550")) << list.body;
}

TEST_F(Lists, RefuseEverythingThatIsWrongAtOnceAndStayAsTheyAre) {
  world.post("/v2/lists", R"({"title":"Sale","local_id":"crm-1","contacts":[1]})");
  const std::string before = world.get("/v1/list/1").body;
  const std::size_t entries = world.log().size();
  EXPECT_EQ(world.post("/v2/lists", R"({"contacts":[1,99],"phones":["911"]})").fields_at_fault(),
            "title local_id phones[0] contacts[1]");
  EXPECT_EQ(
      world.put("/v2/lists/1", R"({"title":"","add_contacts":[77],"add_phones":["13125550199"]})").fields_at_fault(),
      "title add_contacts[0]");
  EXPECT_EQ(world.put("/v2/lists/x", R"({"title":7})").fields_at_fault(), "id title");
  EXPECT_EQ(world.put("/v2/lists/99", R"({"title":7})").status, 404);
  EXPECT_EQ(world.put("/v2/lists/1", "[1]")["field"], "body");
  EXPECT_EQ(world.send("DELETE", "/v2/lists/1", "{")["field"], "body");
  EXPECT_EQ(world.get("/v1/list/x")["field"], "id");
  EXPECT_EQ(world.get("/v1/list/1").body, before);
  EXPECT_EQ(world.log().size(), entries);
}

TEST_F(Lists, OfAnotherTeamAreUnknownAndSoAreItsContacts) {
  world.post("/v2/lists", R"({"title":"Ours","local_id":"crm-1","contacts":[1]})");
  for (const char* method : {"GET", "PUT", "DELETE"}) {
    EXPECT_EQ(world.send_as(world.other_team(), method, "/v1/list/1", "{}").status, 404) << method;
  }
  EXPECT_EQ(world.send_as(world.other_team(), "POST", "/v1/lists", "{}").body, "[]");
  const Reply reply =
      world.send_as(world.other_team(), "POST", "/v2/lists", R"({"title":"Theirs","local_id":"crm-1","contacts":[1]})");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply["field"], "contacts[0]");
}

}  // namespace
}  // namespace cardfile::test
