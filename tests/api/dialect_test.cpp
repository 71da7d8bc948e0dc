// The judged answers: each can be chosen otherwise, and then nothing beside it changes.

#include <gtest/gtest.h>

#include <string>

#include "api/world.h"
#include "wire/dialect.h"

namespace cardfile::test {
namespace {

void has_three_contacts(World& world) {
  world.has_contact(R"({"phone":"13125550141"})");
  world.has_contact(R"({"phone":"13125550142"})");
  world.has_contact(R"({"phone":"13125550143"})");
}

TEST(Dialect, RefusesACreateWithATakenAddressWhereItSaysReject) {
  World world({.dialect = {.on_duplicate_phone = core::OnDuplicate::reject}});
  const auto ada = world.has_contact(R"({"phone":"13125550142","email":"ada@example.org","first":"Ada"})");
  const auto entries = world.log().size();

  const Reply v1 = world.post("/v1/contact", R"({"phone":"+1 312 555 0142","first":"Eve"})");
  EXPECT_EQ(v1.status, 409);
  EXPECT_EQ(v1["field"], "phone");
  EXPECT_EQ(world.post("/v2/contact", R"({"phone":"13125550142","first":"Eve"})").status, 409);
  EXPECT_EQ(world.post("/v2/contact", R"({"email":"ADA@example.org","first":"Eve"})").status, 409);
  const Reply bulk = world.post("/v2/contacts", R"({"contacts":[{"phone":"13125550142"},{"phone":"13125550143"}]})");
  EXPECT_NE(bulk.body.find(R"("failed_contacts":[{"contact":{"phone":"13125550142"},"error":)"), std::string::npos)
      << bulk.body;

  EXPECT_EQ(world.stored(ada.id), ada);
  EXPECT_EQ(world.log().size(), entries + 1) << "the bulk call's second contact, and nothing else";
}

TEST(Dialect, LeavesTheBatchItsOwnRuleForTakenPhones) {
  World world({.dialect = {.on_duplicate_phone = core::OnDuplicate::reject}});
  world.has_contact(R"({"phone":"13125550142","first":"Ada"})");
  const std::string eve = R"([{"phone":"13125550142","first":"Eve"}])";
  EXPECT_EQ(world.post("/v1/batch/contacts", eve).body, R"("ok")");
  EXPECT_EQ(world.get("/v1/contact/1")["first"], "Ada");
  EXPECT_EQ(world.post("/v1/batch/contacts?overwrite=true", eve).body, R"("ok")");
  EXPECT_EQ(world.get("/v1/contact/1")["first"], "Eve");
}

TEST(Dialect, TurnsTheDefaultOfListsRoundAndObeysWhoAsksOtherwise) {
  World world({.dialect = {.list_direction = core::Direction::descending}});
  has_three_contacts(world);
  for (const char* path : {"/v1/contacts", "/v2/contacts/list"}) {
    EXPECT_EQ(world.post(path, "").each("id"), "3 2 1") << path;
    EXPECT_EQ(world.post(path, R"({"limit":2})").each("id"), "3 2") << path;
    EXPECT_EQ(world.post(path, R"({"ascending":true})").each("id"), "1 2 3") << path;
    const std::string second = world.get("/v1/contact/2")["updated"];
    EXPECT_EQ(world.post(path, R"({"date":")" + second + R"("})").each("id"), "1") << path;
  }
}

TEST(Dialect, CountsPagesFromOneOnV1Only) {
  World world({.dialect = {.v1_page_base = 1}});
  has_three_contacts(world);
  EXPECT_EQ(world.post("/v1/contacts", R"({"limit":2})").each("id"), "1 2");
  EXPECT_EQ(world.post("/v1/contacts", R"({"limit":2,"page":0})").each("id"), "1 2");
  EXPECT_EQ(world.post("/v1/contacts", R"({"limit":2,"page":1})").each("id"), "1 2");
  EXPECT_EQ(world.post("/v1/contacts", R"({"limit":2,"page":2})").each("id"), "3");
  EXPECT_EQ(world.post("/v2/contacts/list", R"({"limit":2,"page":1})").each("id"), "3");
}

TEST(Dialect, AnswersABatchWithContactsAndTheItemsThatFailed) {
  World world({.dialect = {.batch_answer = wire::BatchAnswer::contacts}});
  world.has_contact(R"({"phone":"13125550142","first":"Ada"})");
  const Reply reply = world.post("/v1/batch/contacts",
                                 R"([{"phone":"13125550142","first":"Eve"},{"phone":"13125550143","first":"Bob"}])");
  EXPECT_EQ(reply.each("id"), "1 2");
  EXPECT_EQ(reply.each("first"), "Ada Bob");
  EXPECT_EQ(world.post("/v1/batch/contacts", "[]").body, "[]");
  const Reply mixed = world.post("/v1/batch/contacts", R"([{"phone":"oops"},{"phone":"13125550143"}])");
  EXPECT_EQ(mixed.body.find(R"([{"phone":"oops","error":"phone: )"), 0U) << mixed.body;
  EXPECT_NE(mixed.body.find(R"(,{"id":2,)"), std::string::npos) << mixed.body;
}

TEST(Dialect, AnswersACountAsABareNumber) {
  World world({.dialect = {.count_answer = wire::CountAnswer::number}});
  has_three_contacts(world);
  EXPECT_EQ(world.post("/v1/contacts/count", "{}").body, "3");
}

TEST(Dialect, ShowsChannelIdsAsStringsAndTakesThemBack) {
  World world({.dialect = {.channel_ids = wire::ChannelIds::strings}});
  const auto ada = world.has_contact(R"({"phone":"13125550142"})");
  const std::string id = std::to_string(ada.channels.front().id.value());
  const Reply channels = world.get(v2_path(ada) + "/channel");
  EXPECT_EQ(channels.body.find(R"([{"id":")" + id + R"(",)"), 0U) << channels.body;
  EXPECT_NE(channels.body.find(R"("contact_id":")" + ada.uuid.to_string() + '"'), std::string::npos) << channels.body;
  EXPECT_NE(world.get(v2_path(ada)).body.find(R"({"id":")" + id + '"'), std::string::npos);
  EXPECT_EQ(world.get(v2_path(ada) + "/channel/" + id)["id"], id);
  const std::string update = R"({"id":")" + id + R"(","channel_type":"phone","channel_id":"13125550143"})";
  EXPECT_EQ(world.put(v2_path(ada) + "/channel", update).each("channel_id"), "13125550143");
}

}  // namespace
}  // namespace cardfile::test
