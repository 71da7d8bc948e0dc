// POST /v2/contacts/list, /v2/contacts/search and /v2/contacts, DELETE /v2/contacts.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "api/world.h"
#include "wire/json_in.h"

namespace cardfile::test {
namespace {

using core::Contact;

constexpr const char* kNobody = "00000000-0000-4000-8000-000000000000";

/// The ids of the contacts in an array, or in one of an object's arrays: "1 2 3".
std::string ids(const Reply& reply, std::string_view member = {}) {
  wire::JsonDocument document;
  const wire::Json body = document.parse(reply.body);
  std::string text;
  for (const wire::Json contact : member.empty() ? body : *body.find(member)) {
    if (!text.empty()) text += ' ';
    text += contact.find("id")->text();
  }
  return text;
}

std::string id_filter(const std::string& uuids) {
  return R"({"contact_channels":[{"channel_type":"id","channel_ids":[)" + uuids + "]}]}";
}

std::string quoted(const Contact& contact) { return '"' + contact.uuid.to_string() + '"'; }

TEST(ListContactsV2, ShowsChannels) {
  World world;
  world.has_contact(R"({"phone":"13125550141"})");
  const Reply reply = world.post("/v2/contacts/list", R"({"limit":30,"page":0,"ascending":false})");
  EXPECT_EQ(ids(reply), "1");
  EXPECT_NE(reply.body.find(R"("contact_channels":[{)"), std::string::npos);
}

TEST(SearchContacts, FindsTheOwnersOfAllValuesEachOnceAndById) {
  World world;
  const Contact ada = world.has_contact(R"({"phone":"13125550141","email":"Ada@Example.org"})");
  const Contact bob = world.has_contact(R"({"phone":"13125550142"})");
  world.has_contact(R"({"contact_channels":[{"channel_type":"facebook","channel_id":"fb-1"}]})");
  const auto search = [&](const std::string& filters) {
    const Reply reply = world.post("/v2/contacts/search", R"({"contact_channels":[)" + filters + "]}");
    EXPECT_EQ(reply.status, 200) << reply.body;
    return ids(reply);
  };
  EXPECT_EQ(search(R"({"channel_ids":["+1 312-555-0142","ada@example.ORG","13125550141"]})"), "1 2");
  EXPECT_EQ(search(R"({"channel_type":"facebook","channel_ids":["fb-1"]},{"channel_id":"13125550142"})"), "2 3");
  EXPECT_EQ(search(R"({"channel_type":"id","channel_ids":[)" + quoted(bob) + "," + quoted(ada) + "]}"), "1 2");
  EXPECT_EQ(search(R"({"channel_type":"email","channel_ids":["13125550142"]})"), "");
  EXPECT_EQ(search(R"({"channel_ids":["13125550199","mina","x@","fb-1"]},{"channel_type":"id","channel_ids":["1"]})"),
            "");
  EXPECT_EQ(search(R"({"channel_ids":[]})"), "");
  EXPECT_EQ(search(""), "");
}

TEST(SearchContacts, FindsNothingOfAnotherTeam) {
  World world;
  const Contact ada = world.has_contact(R"({"phone":"13125550141"})");
  for (const std::string& body :
       {std::string(R"({"contact_channels":[{"channel_ids":["13125550141"]}]})"), id_filter(quoted(ada))}) {
    EXPECT_EQ(world.send_as(world.other_team(), "POST", "/v2/contacts/search", body).body, "[]");
  }
}

TEST(SearchContacts, RefusesOtherShapesAndTooManyValues) {
  World world;
  std::string many;
  for (int i = 0; i < 1001; ++i) many += (i ? ",\"" : "\"") + std::to_string(13125550000 + i) + "\"";
  for (const std::string& body :
       {std::string(), std::string("[]"), std::string("{}"), std::string(R"({"contact_channels":{}})"),
        std::string(R"({"contact_channels":["13125550141"]})"), std::string(R"({"contact_channels":[{}]})"),
        std::string(R"({"contact_channels":[{"channel_ids":"13125550141"}]})"),
        std::string(R"({"contact_channels":[{"channel_ids":[13125550141]}]})"),
        std::string(R"({"contact_channels":[{"channel_type":1,"channel_ids":[]}]})"),
        R"({"contact_channels":[{"channel_ids":[)" + many + "]}]}"}) {
    EXPECT_EQ(world.post("/v2/contacts/search", body).status, 400) << body.substr(0, 60);
  }
}

TEST(SearchContacts, HoldsAnAnswerToItsSizeHoweverContactsAreNamed) {
  World world;
  std::string uuids;
  std::string phones;
  for (int i = 0; i < 140; ++i) {
    const std::string phone = std::to_string(13125550140 + i);
    phones += (i == 0 ? "\"" : ",\"") + phone + '"';
    uuids += (i == 0 ? "" : ",") + quoted(world.has_large_contact(phone, 60));
  }
  for (const std::string& body : {id_filter(uuids), R"({"contact_channels":[{"channel_ids":[)" + phones + "]}]}"}) {
    const Reply reply = world.post("/v2/contacts/search", body);
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_NE(reply["message"].find("32 MiB"), std::string::npos) << reply.body.substr(0, 200);
  }
}

TEST(BulkSave, CreatesAndUpdatesAndGivesTheContactsBack) {
  World world;
  const Contact ada = world.has_contact(R"({"phone":"13125550141","first":"Ada","custom":{"12":"free","13":"Rome"}})");
  const Reply reply = world.post("/v2/contacts", R"({"contacts":[
      {"contact_id":)" + quoted(ada) + R"(,"last":"King","custom":{"12":"pro"}},
      {"contact_id":"","first":"Theo","contact_channels":[{"channel_type":"email","channel_id":"theo@example.org"}]}]})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(ids(reply, "contacts"), "1 2");
  EXPECT_NE(reply.body.find(R"("failed_contacts":[])"), std::string::npos);
  EXPECT_EQ(world.stored(ada.id)->display_name, "Ada King");
  EXPECT_EQ(world.stored(ada.id)->custom.size(), 2U);
  world.post("/v2/contacts?overwrite=true",
             R"({"contacts":[{"contact_id":)" + quoted(ada) + R"(,"custom":{"12":"max"}}]})");
  EXPECT_EQ(world.stored(ada.id)->custom, (core::CustomValues{{core::FieldId(12), "max"}}));
}

TEST(BulkSave, GivesFailedItemsBackAlsoWhenTheBodyBeganWithAByteOrderMark) {
  World world;
  const Reply reply = world.post("/v2/contacts?overwrite=true",
                                 "\xEF\xBB\xBF"
                                 R"({"contacts":[{"phone":"13125550141"},{"first":"X"}]})");
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(ids(reply, "contacts"), "1");
  EXPECT_NE(reply.body.find(R"("failed_contacts":[{"contact":{"first":"X"},)"), std::string::npos) << reply.body;
}

TEST(BulkSave, GivesFailedItemsBackAsTheyWereSentAndKeepsTheirNeighbours) {
  World world;
  const Contact theirs = [&] {
    const Reply made = world.send_as(world.other_team(), "POST", "/v2/contact", R"({"phone":"13125550150"})");
    return *world.store().contact(world.other_team().id, core::ContactId(std::stoll(made["id"])));
  }();
  const std::string unknown = R"({"contact_id":")" + std::string(kNobody) + R"(","first":"X"})";
  const std::string foreign = R"({"contact_id":)" + quoted(theirs) + R"(,"first":"X"})";
  const Reply reply = world.post("/v2/contacts", R"({"contacts":[{"phone":"13125550141"},)" + unknown + "," + foreign +
                                                     R"(,{"contact_id":7,"first":"X"},{"first":"X"},[1]]})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(ids(reply, "contacts"), "1");
  const std::string failed =
      R"("failed_contacts":[{"contact":)" + unknown + R"(,"error":"no contact has this id"},{"contact":)" + foreign +
      R"(,"error":"no contact has this id"},{"contact":{"contact_id":7,"first":"X"},"error":"contact_id: must be a contact's UUID"},)"
      R"({"contact":{"first":"X"},"error":"contact_channels: is required: at least one {channel_type, channel_id}, or phone or email"},)"
      R"({"contact":[1],"error":"contact: must be a JSON object"}]})";
  EXPECT_TRUE(reply.body.ends_with(failed)) << reply.body;
  EXPECT_EQ(world.store().contact(world.other_team().id, theirs.id), theirs);
}

/// A contact may have much, and an item that updates it a few bytes.
TEST(BulkSave, LeavesOutWhatWouldMakeTheAnswerTooLarge) {
  World world;
  const Contact ada = world.has_large_contact("13125550141", 12);
  std::string items;
  for (int i = 0; i < 1000; ++i) {
    items += (i == 0 ? "" : ",") + (R"({"contact_id":)" + quoted(ada) + R"(,"first":"n)" + std::to_string(i) + R"("})");
  }
  const Reply reply = world.post("/v2/contacts", R"({"contacts":[)" + items + "]}");
  EXPECT_EQ(reply.status, 200);
  EXPECT_GT(reply.body.size(), std::size_t{30} << 20);
  EXPECT_LT(reply.body.size(), std::size_t{34} << 20);
  const auto done = world.stored(ada.id)->rev - 1;
  EXPECT_GT(done, 500);
  EXPECT_LT(done, 1000);
  EXPECT_EQ(world.stored(ada.id)->first, "n" + std::to_string(done - 1));
  const std::string failed = R"("failed_contacts":[{"contact":{"contact_id":)" + quoted(ada) + R"(,"first":"n)" +
                             std::to_string(done) +
                             R"("},"error":"the contacts of one answer may hold 32 MiB together, and these hold more)";
  EXPECT_NE(reply.body.find(failed), std::string::npos);
}

TEST(BulkSave, RefusesOtherShapesAndTooManyItemsWhole) {
  World world;
  const auto log = world.log();
  std::string many = R"({"contacts":[{"phone":"13125550141"})";
  for (int i = 0; i < 1000; ++i) many += R"(,{"phone":"13125550142"})";
  for (const std::string& body :
       {std::string(), std::string("[]"), std::string("{}"), std::string(R"({"contacts":{}})"),
        std::string(R"([{"phone":"13125550141"}])"), many + "]}"}) {
    EXPECT_EQ(world.post("/v2/contacts", body).status, 400) << body.substr(0, 60);
  }
  EXPECT_EQ(world.log(), log);
  EXPECT_EQ(world.post("/v2/contacts", R"({"contacts":[]})").body, R"({"contacts":[],"failed_contacts":[]})");
}

TEST(BulkDelete, DeletesThoseThereAreAndSkipsTheRest) {
  World world;
  const Contact ada = world.has_contact(R"({"phone":"13125550141"})");
  const Contact bob = world.has_contact(R"({"phone":"13125550142"})");
  const Contact carl = world.has_contact(R"({"phone":"13125550143"})");
  const std::string uuids = quoted(ada) + R"(,")" + kNobody + "\"," + quoted(carl) + "," + quoted(ada);
  EXPECT_EQ(world.send_as(world.other_team(), "DELETE", "/v2/contacts", id_filter(uuids)).body, R"("ok")");
  EXPECT_EQ(world.stored(ada.id), ada);
  const Reply reply = world.send("DELETE", "/v2/contacts", id_filter(uuids));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, R"("ok")");
  EXPECT_EQ(ids(world.post("/v2/contacts/list", "")), std::to_string(bob.id.value()));
  EXPECT_EQ(world.send("DELETE", "/v2/contacts", id_filter(uuids)).body, R"("ok")");
}

TEST(BulkDelete, NamesWhatIsNoUuidAndDeletesNobody) {
  World world;
  const Contact ada = world.has_contact(R"({"phone":"13125550141"})");
  const std::string one = R"({"contact_channels":[{"channel_type":"id","channel_id":"x","channel_ids":[)";
  for (const std::string& body : {id_filter(quoted(ada) + R"(," ","1")"), one + quoted(ada) + R"(,"1"]}]})"}) {
    const Reply reply = world.send("DELETE", "/v2/contacts", body);
    EXPECT_EQ(reply.status, 400);
    EXPECT_THAT(reply.body,
                testing::HasSubstr(R"({"field":"contact_channels[0].channel_ids[1]","message":"must be a)"));
  }
  EXPECT_THAT(world.send("DELETE", "/v2/contacts", one + "]}]}").body,
              testing::HasSubstr(R"("field":"contact_channels[0].channel_id")"));
  EXPECT_EQ(world.stored(ada.id), ada);
}

TEST(BulkDelete, TakesExactlyOneFilterOfTypeId) {
  World world;
  const Contact ada = world.has_contact(R"({"phone":"13125550141"})");
  const std::string filter = R"({"channel_type":"id","channel_ids":[)" + quoted(ada) + "]}";
  for (const std::string& body :
       {std::string(), std::string("{}"), std::string("[]"), std::string(R"({"contact_channels":[]})"),
        R"({"contact_channels":[)" + filter + "," + filter + "]}",
        R"({"contact_channels":[)" + filter + R"(,{"channel_ids":["13125550141"]}]})",
        std::string(R"({"contact_channels":[{"channel_ids":["13125550141"]}]})"),
        std::string(R"({"contact_channels":[{"channel_type":"phone","channel_ids":["13125550141"]}]})"),
        std::string(R"({"contact_channels":[{"channel_type":"id","channel_ids":[1]}]})")}) {
    const Reply reply = world.send("DELETE", "/v2/contacts", body);
    EXPECT_EQ(reply.status, 400) << body;
  }
  EXPECT_EQ(world.stored(ada.id), ada);
}

}  // namespace
}  // namespace cardfile::test
