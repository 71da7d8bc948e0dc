// POST /v2/contact, GET and DELETE /v2/contact/{contactID}.

#include <gtest/gtest.h>

#include <string>

#include "api/world.h"

namespace cardfile::test {
namespace {

using core::Contact;
using core::ContactId;

TEST(CreateContactV2, TakesChannelsAndAnswersTheWholeContact) {
  World world;
  const Reply reply = world.post("/v2/contact", R"({"first":"Theo","contact_channels":[
      {"channel_type":"email","channel_id":"Theo@example.org"},
      {"channel_type":"facebook","channel_id":"t-1","channel_handle":"theo"}]})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply["rev"], "1");
  EXPECT_EQ(reply["phone"], "");
  EXPECT_EQ(reply["email"], "Theo@example.org");
  EXPECT_EQ(reply["display_name"], "Theo");
  const Contact theo = *world.stored(ContactId(1));
  ASSERT_EQ(theo.channels.size(), 2U);
  EXPECT_EQ(theo.channels[1].handle, "theo");
}

TEST(CreateContactV2, TakesSeveralChannelsOfOneType) {
  World world;
  const Reply reply = world.post(
      "/v2/contact", R"({"contact_channels":[{"channel_type":"phone","channel_ids":["13125550142","13125550143"]}]})");
  EXPECT_EQ(reply["phone"], "13125550142");
  EXPECT_EQ(world.stored(ContactId(1))->channels.size(), 2U);
}

TEST(CreateContactV2, TakesAPlainPhoneOrEmailInstead) {
  World world;
  EXPECT_EQ(world.post("/v2/contact", R"({"phone":"13125550142"})").status, 200);
  EXPECT_EQ(world.post("/v2/contact", R"({"email":"theo@example.org"})").status, 200);
}

TEST(CreateContactV2, TakesAnEmptyPhoneBesideAChannelForNone) {
  World world;
  const Reply reply = world.post(
      "/v2/contact", R"({"phone":"","contact_channels":[{"channel_type":"email","channel_id":"theo@example.org"}]})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply["phone"], "");
}

TEST(CreateContactV2, TakesAnEmptyEmailBesideAChannelForNone) {
  World world;
  const std::string body =
      R"({"email":"","contact_channels":[{"id":7,"channel_type":"email","channel_id":"theo@example.org"}]})";
  const Reply made = world.post("/v2/contact", body);
  const Reply again = world.post("/v2/contact", body);
  EXPECT_EQ(made["email"], "theo@example.org");
  EXPECT_EQ(again["email"], "theo@example.org");
  EXPECT_EQ(again["id"], made["id"]);
}

TEST(CreateContactV2, NeedsAnAddress) {
  World world;
  const auto log = world.log();
  for (const char* body : {R"({"first":"Theo"})", R"({"contact_channels":[]})", R"({"email":""})", R"({"email":"   "})",
                           R"({"phone":"","email":" \t"})"}) {
    const Reply reply = world.post("/v2/contact", body);
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_EQ(reply["field"], "contact_channels") << body;
    const Reply bulk = world.post("/v2/contacts", std::string(R"({"contacts":[)") + body + "]}");
    EXPECT_NE(bulk.body.find("contact_channels: is required"), std::string::npos) << body;
  }
  EXPECT_EQ(world.log(), log);
}

TEST(CreateContactV2, UpdatesTheContactThatHasAChannelAlready) {
  World world;
  const Contact theo = world.has_contact(R"({"first":"Theo","email":"theo@example.org"})");
  const Reply reply = world.post("/v2/contact", R"({"last":"Lind","contact_channels":[
      {"channel_type":"email","channel_id":"THEO@example.org"},{"channel_type":"phone","channel_id":"13125550142"}]})");
  EXPECT_EQ(reply["id"], std::to_string(theo.id.value()));
  EXPECT_EQ(reply["rev"], "2");
  EXPECT_EQ(reply["phone"], "13125550142");
  EXPECT_EQ(reply["display_name"], "Theo Lind");
}

TEST(CreateContactV2, RefusesChannelsOfTwoContacts) {
  World world;
  const Contact theo = world.has_contact(R"({"email":"theo@example.org"})");
  const Contact mina = world.has_contact(R"({"phone":"13125550142"})");
  const Reply reply = world.post("/v2/contact", R"({"contact_channels":[
      {"channel_type":"email","channel_id":"theo@example.org"},{"channel_type":"phone","channel_id":"13125550142"}]})");
  EXPECT_EQ(reply.status, 409);
  EXPECT_EQ(reply["field"], "contact_channels[1].channel_id");
  EXPECT_EQ(world.stored(theo.id), theo);
  EXPECT_EQ(world.stored(mina.id), mina);
}

TEST(GetContactV2, ShowsChannelsAndV1DoesNot) {
  World world;
  const Contact mina = world.has_contact(R"({"phone":"13125550142"})");
  EXPECT_EQ(world.get(v2_path(mina))["contact_channels"], "(array)");
  EXPECT_EQ(world.get(v1_path(mina))["contact_channels"], "(none)");
}

TEST(GetContactV2, TakesUuidsInEitherCaseAndNothingElse) {
  World world;
  const Contact mina = world.has_contact(R"({"phone":"13125550142"})");
  std::string upper = mina.uuid.to_string();
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  EXPECT_EQ(world.get("/v2/contact/" + upper).status, 200);
  EXPECT_EQ(world.get("/v2/contact/1").status, 404);
  EXPECT_EQ(world.get("/v2/contact/{" + upper + "}").status, 404);
  EXPECT_EQ(world.get("/v2/contact/00000000-0000-4000-8000-000000000000").status, 404);
}

TEST(UpdateContactV2, WritesTheContactAsItIsWhenTheBodyNamesNothing) {
  World world;
  const Contact mina = world.has_contact(R"({"phone":"13125550142","first":"Mina"})");
  int rev = 1;
  for (const char* body : {"{}", "[]", "null", "", " "}) {
    const Reply reply = world.put(v2_path(mina), body);
    EXPECT_EQ(reply.status, 200) << body;
    EXPECT_EQ(reply["rev"], std::to_string(++rev)) << body;
    EXPECT_EQ(reply["first"], "Mina") << body;
  }
  for (const char* body : {"[1]", "7", "\"first\""}) EXPECT_EQ(world.put(v2_path(mina), body)["field"], "body") << body;
  EXPECT_EQ(world.put(v2_path(mina), "{")["field"], "body");
}

TEST(DeleteContactV2, AnswersOkOnceAnd404Afterwards) {
  World world;
  const Contact mina = world.has_contact(R"({"phone":"13125550142"})");
  EXPECT_EQ(world.send_as(world.other_team(), "DELETE", v2_path(mina)).status, 404);
  EXPECT_EQ(world.del(v2_path(mina)).body, R"("ok")");
  EXPECT_EQ(world.del(v2_path(mina)).status, 404);
  EXPECT_EQ(world.log().back().operation, core::Operation::remove);
}

}  // namespace
}  // namespace cardfile::test
