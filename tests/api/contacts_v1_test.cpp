// POST /v1/contact, GET and DELETE /v1/contact/{id}, POST /v1/contact/get.

#include <gtest/gtest.h>

#include <string>

#include "api/world.h"

namespace cardfile::test {
namespace {

using core::Contact;
using core::ContactId;

TEST(CreateContactV1, AnswersIdRevisionAndUuid) {
  World world;
  const Reply reply = world.post("/v1/contact", R"({"phone":"+1 (312) 555-0142","first":"Mina","last":"Okafor"})");
  EXPECT_EQ(reply.status, 200);
  const Contact mina = *world.stored(ContactId(1));
  EXPECT_EQ(reply.body, R"({"id":1,"rev":1,"uuid":")" + mina.uuid.to_string() + R"("})");
  EXPECT_EQ(mina.phone(), "13125550142");
  EXPECT_EQ(mina.display_name, "Mina Okafor");
}

TEST(CreateContactV1, UpdatesTheContactThatHasThePhoneAlready) {
  World world;
  const Contact ada = world.has_contact(R"({"phone":"13125550142","first":"Ada","custom":{"12":"free"}})");
  const Reply reply = world.post("/v1/contact", R"({"phone":"13125550142","last":"King","custom":{"13":"London"}})");
  EXPECT_EQ(reply["id"], "1");
  EXPECT_EQ(reply["rev"], "2");
  EXPECT_EQ(reply["uuid"], ada.uuid.to_string());
  const Contact after = *world.stored(ada.id);
  EXPECT_EQ(after.display_name, "Ada King");
  EXPECT_EQ(after.custom.size(), 2U);
}

TEST(CreateContactV1, NeedsAPhone) {
  World world;
  const Reply reply = world.post("/v1/contact", R"({"first":"Mina"})");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply["field"], "phone");
  EXPECT_EQ(world.stored(ContactId(1)), std::nullopt);
}

TEST(GetContactV1, ShowsTheDocumentedMembers) {
  World world;
  const Contact mina = world.has_contact(R"({"phone":"13125550142","first":"Mina","custom":{"12":"Gold \"A\""}})");
  const std::string at = core::to_rfc3339(mina.created);
  EXPECT_EQ(world.get("/v1/contact/1").body,
            R"({"id":1,"uuid":")" + mina.uuid.to_string() +
                R"(","rev":1,"op":"create","team_id":1,"creator_id":1,"shared":true,"created":")" + at +
                R"(","updated":")" + at +
                R"(","phone":"13125550142","first":"Mina","last":"","display_name":"Mina","email":"","avatar":"",)"
                R"("custom":{"12":"Gold \"A\""},"assigned_user_id":0,"tags":[],"is_opted_out":false})");
}

TEST(GetContactV1, ReadsNoBody) {
  World world;
  const Contact mina = world.has_contact(R"({"phone":"13125550142"})");
  EXPECT_EQ(world.send("GET", v1_path(mina), "[]").status, 200);
}

TEST(GetContactV1, RefusesMalformedAndUnknownIds) {
  World world;
  EXPECT_EQ(world.get("/v1/contact/1").status, 404);
  EXPECT_EQ(world.get("/v1/contact/x")["field"], "id");
}

TEST(FindContact, TakesAPhoneOrAnIdInEitherForm) {
  World world;
  world.has_contact(R"({"phone":"13125550142","first":"Mina"})");
  world.has_contact(R"({"phone":"13125550143","first":"Theo"})");
  EXPECT_EQ(world.post("/v1/contact/get", R"({"phone":"+1 312 555 0142"})")["first"], "Mina");
  EXPECT_EQ(world.post("/v1/contact/get", R"({"id":"2"})")["first"], "Theo");
  EXPECT_EQ(world.post("/v1/contact/get", R"({"id":2})")["first"], "Theo");
  EXPECT_EQ(world.post("/v1/contact/get", R"({"id":2,"phone":"13125550142"})")["first"], "Mina");
}

TEST(FindContact, RefusesWhatNamesNobody) {
  World world;
  EXPECT_EQ(world.post("/v1/contact/get", R"({"phone":"13125550142"})").status, 404);
  EXPECT_EQ(world.post("/v1/contact/get", R"({"id":"1"})").status, 404);
  for (const char* body : {"{}", "", "[]", R"({"id":1.5})", R"({"id":"x"})", R"({"phone":"x"})", R"({"phone":7})"}) {
    EXPECT_EQ(world.post("/v1/contact/get", body).status, 400) << body;
  }
}

TEST(DeleteContactV1, IsForGoodAndFreesThePhone) {
  World world;
  const Contact ada = world.has_contact(R"({"phone":"13125550142"})");
  const Reply reply = world.del(v1_path(ada));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, R"("ok")");
  EXPECT_EQ(world.del(v1_path(ada)).status, 404);
  EXPECT_EQ(world.get(v2_path(ada)).status, 404);
  const Contact next = world.has_contact(R"({"phone":"13125550142"})");
  EXPECT_NE(next.id, ada.id);
  EXPECT_NE(next.uuid, ada.uuid);
  EXPECT_EQ(next.rev, 1);
}

TEST(DeleteContactV1, LeavesAnotherTeamsContactAlone) {
  World world;
  const Contact ada = world.has_contact(R"({"phone":"13125550142"})");
  EXPECT_EQ(world.send_as(world.other_team(), "DELETE", v1_path(ada)).status, 404);
  EXPECT_EQ(world.stored(ada.id), ada);
}

TEST(Bodies, MayBeginWithAByteOrderMark) {
  World world;
  EXPECT_EQ(world
                .post("/v1/contact",
                      "\xEF\xBB\xBF"
                      R"({"phone":"13125550142"})")
                .status,
            200);
  const Reply twice = world.post("/v1/contact", "\xEF\xBB\xBF\xEF\xBB\xBF{}");
  EXPECT_EQ(twice.status, 400);
  EXPECT_EQ(twice["message"], "body: is not JSON: an unexpected character at byte 0");
}

TEST(Teams, MayHaveTheSamePhone) {
  World world;
  const std::string body = R"({"phone":"13125550142"})";
  EXPECT_EQ(world.send_as(world.team(), "POST", "/v1/contact", body)["id"], "1");
  EXPECT_EQ(world.send_as(world.other_team(), "POST", "/v1/contact", body)["id"], "1");
  EXPECT_EQ(world.send_as(world.other_team(), "GET", "/v1/contact/1")["team_id"], "2");
}

}  // namespace
}  // namespace cardfile::test
