// POST /v1/contact/status and /v1/contact/set_status.

#include <gtest/gtest.h>

#include <string>

#include "api/world.h"

namespace cardfile::test {
namespace {

using core::Contact;

constexpr const char* kRead = "/v1/contact/status";
constexpr const char* kWrite = "/v1/contact/set_status";

TEST(ContactStatus, IsReadByIdOrPhone) {
  World world;
  world.has_contact(R"({"phone":"13125550142"})");
  const std::string expected = R"({"id":1,"phone":"13125550142","unsubscribed":false,"unsubscribed_admin":false,)"
                               R"("unsubscribed_contact":false,"blocked":false})";
  for (const char* body :
       {R"({"id":1})", R"({"id":"1"})", R"({"phone":"+1 312 555 0142"})", R"({"id":1,"phone":"13125550142"})"}) {
    const Reply reply = world.post(kRead, body);
    EXPECT_EQ(reply.status, 200) << body;
    EXPECT_EQ(reply.body, expected) << body;
    EXPECT_EQ(reply.header("ETag"), "\"1\"");
  }
}

TEST(ContactStatus, FollowsEveryTransition) {
  World world;
  world.has_contact(R"({"phone":"13125550142"})");
  struct Step {
    const char* status;
    const char* unsubscribed;
    const char* blocked;
  };
  std::int64_t rev = 1;
  for (const Step& step :
       {Step{"unsubscribed", "true", "false"}, Step{"blocked", "true", "true"}, Step{"subscribed", "false", "true"},
        Step{"unblocked", "false", "false"}, Step{"unsubscribed", "true", "false"}, Step{"blocked", "true", "true"},
        Step{"unblocked", "true", "false"}, Step{"active", "false", "false"}}) {
    const Reply reply = world.post(kWrite, R"({"phone":"13125550142","status":")" + std::string(step.status) + R"("})");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, R"("success")");
    const Reply status = world.post(kRead, R"({"id":1})");
    EXPECT_EQ(status["unsubscribed"], step.unsubscribed) << step.status;
    EXPECT_EQ(status["unsubscribed_admin"], step.unsubscribed) << step.status;
    EXPECT_EQ(status["blocked"], step.blocked) << step.status;
    const Reply contact = world.get("/v1/contact/1");
    EXPECT_EQ(contact["is_opted_out"], step.unsubscribed) << step.status;
    EXPECT_EQ(contact["rev"], std::to_string(++rev));
    EXPECT_EQ(contact["op"], "update");
  }
}

TEST(ContactStatus, IsTheSameOptOutThatAnUpdateWrites) {
  World world;
  world.has_contact(R"({"phone":"13125550142","is_opted_out":true})");
  EXPECT_EQ(world.post(kRead, R"({"id":1})")["unsubscribed_admin"], "true");
  world.put("/v1/contact/1", R"({"phone":"13125550142","is_opted_out":false})");
  EXPECT_EQ(world.post(kRead, R"({"id":1})")["unsubscribed"], "false");
}

TEST(ContactStatus, RefusesWhatNamesNobodyAndWritesNothing) {
  World world;
  const Contact ada = world.has_contact(R"({"phone":"13125550142"})");
  const Contact ben = world.has_contact(R"({"phone":"13125550143"})");
  const std::size_t entries = world.log().size();
  struct Refusal {
    const char* body;
    int status;
    const char* fields;
  };
  for (const Refusal& refusal : {Refusal{R"({"id":9,"status":"blocked"})", 404, ""},
                                 Refusal{R"({"phone":"13125550199","status":"blocked"})", 404, ""},
                                 Refusal{R"({"id":1,"phone":"13125550143","status":"blocked"})", 400, "phone"},
                                 Refusal{R"({"status":"blocked"})", 400, "id"}, Refusal{R"({"id":1})", 400, "status"},
                                 Refusal{R"({"id":1,"status":"muted"})", 400, "status"},
                                 Refusal{R"({"id":-1,"phone":"x"})", 400, "id phone status"},
                                 Refusal{"[]", 400, "body"}, Refusal{"", 400, "body"}}) {
    const Reply reply = world.post(kWrite, refusal.body);
    EXPECT_EQ(reply.status, refusal.status) << refusal.body;
    EXPECT_EQ(reply.fields_at_fault(), refusal.fields) << refusal.body;
  }
  for (const char* body : {R"({"id":9})", R"({"phone":"13125550199"})"}) EXPECT_EQ(world.post(kRead, body).status, 404);
  EXPECT_EQ(world.post(kRead, R"({"id":1,"phone":"13125550143"})")["field"], "phone");
  EXPECT_EQ(world.post(kRead, "{}").status, 400);
  EXPECT_EQ(world.stored(ada.id), ada);
  EXPECT_EQ(world.stored(ben.id), ben);
  EXPECT_EQ(world.log().size(), entries);
}

TEST(ContactStatus, OfAnotherTeamsContactIsUnknown) {
  World world;
  const Contact ada = world.has_contact(R"({"phone":"13125550142"})");
  for (const char* body : {R"({"id":1,"status":"blocked"})", R"({"phone":"13125550142","status":"blocked"})"}) {
    EXPECT_EQ(world.send_as(world.other_team(), "POST", kWrite, body).status, 404);
    EXPECT_EQ(world.send_as(world.other_team(), "POST", kRead, body).status, 404);
  }
  EXPECT_EQ(world.stored(ada.id), ada);
}

}  // namespace
}  // namespace cardfile::test
