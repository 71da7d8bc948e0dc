// PUT /v1/contact/{id} and PUT /v2/contact/{contactID}: what the truth table does not show.

#include <gmock/gmock.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "api/world.h"
#include "core/change.h"

namespace cardfile::test {
namespace {

using core::Contact;
using core::FieldId;

constexpr std::string_view kAda =
    R"({"phone":"13125550142","first":"Ada","last":"Lovelace","custom":{"12":"free","13":"London"}})";

core::CustomValues custom_of(const World& world, const Contact& contact) { return world.stored(contact.id)->custom; }

TEST(UpdateContact, MergesCustomFieldsAndKeepsThoseItDoesNotName) {
  World world;
  const Contact ada = world.has_contact(kAda);
  const Reply reply = world.put(v1_path(ada), R"({"phone":"13125550142","custom":{"12":"pro"}})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(custom_of(world, ada), (core::CustomValues{{FieldId(12), "pro"}, {FieldId(13), "London"}}));
}

TEST(UpdateContact, TakesAContactWithoutAPhoneBackAsItWasRead) {
  World world;
  const Contact ada = world.has_contact(R"({"email":"ada@example.org","first":"Ada"})");
  const Reply read = world.get(v2_path(ada));
  ASSERT_THAT(read.body, testing::HasSubstr(R"("phone":"")"));
  EXPECT_EQ(world.put(v2_path(ada), read.body).status, 200);
  const std::string item = R"({"contact_id":")" + ada.uuid.to_string() + R"(","phone":"","first":"Grace"})";
  EXPECT_THAT(world.post("/v2/contacts", R"({"contacts":[)" + item + "]}").body,
              testing::HasSubstr(R"("first":"Grace")"));
}

TEST(UpdateContact, NamesAPhoneThatCannotBeClearedWithAllElseAtFault) {
  World world;
  const Contact ada = world.has_contact(kAda);
  const Reply refused = world.put(v2_path(ada), R"({"phone":"","assignee_id":77})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body,
              testing::AllOf(testing::HasSubstr(R"("field":"phone")"), testing::HasSubstr(R"("field":"assignee_id")")));
  EXPECT_EQ(world.stored(ada.id)->phone(), "13125550142");
}

TEST(UpdateContact, ReplacesAllCustomFieldsWithOverwrite) {
  World world;
  const Contact ada = world.has_contact(kAda);
  EXPECT_EQ(world.put(v1_path(ada) + "?overwrite=true", R"({"phone":"13125550142","custom":{"12":"pro"}})").status,
            200);
  EXPECT_EQ(custom_of(world, ada), (core::CustomValues{{FieldId(12), "pro"}}));
}

TEST(UpdateContact, TakesOverwriteInAnyOfItsSpellings) {
  World world;
  const Contact ada = world.has_contact(kAda);
  for (const char* yes : {"true", "TRUE", "True", "1"}) {
    EXPECT_EQ(world.put(v1_path(ada), R"({"phone":"13125550142","custom":{"12":"a","13":"b"}})").status, 200);
    EXPECT_EQ(world.put(v1_path(ada) + "?overwrite=" + yes, R"({"phone":"13125550142","custom":{"13":"c"}})").status,
              200);
    EXPECT_EQ(custom_of(world, ada).size(), 1U) << yes;
  }
  for (const char* no : {"false", "FALSE", "0"}) {
    EXPECT_EQ(world.put(v1_path(ada) + "?overwrite=" + no, R"({"phone":"13125550142","custom":{"12":"a"}})").status,
              200);
    EXPECT_EQ(custom_of(world, ada).size(), 2U) << no;
  }
}

TEST(UpdateContact, RefusesAnOverwriteThatIsGivenTwiceWithDifferentValues) {
  World world;
  const Contact ada = world.has_contact(kAda);
  for (const char* query :
       {"?overwrite=true&overwrite=false", "?overwrite=false&overwrite=true", "?overwrite&overwrite=1"}) {
    const Reply reply = world.put(v1_path(ada) + query, R"({"phone":"13125550142","custom":{}})");
    EXPECT_EQ(reply.status, 400) << query;
    EXPECT_EQ(reply["message"], "overwrite: must not be given twice with different values");
  }
  EXPECT_EQ(world.stored(ada.id), ada);
  EXPECT_EQ(world.put(v1_path(ada) + "?overwrite=false&overwrite=false", R"({"phone":"13125550142"})").status, 200);
}

TEST(UpdateContact, RefusesAnOverwriteThatIsNeitherTrueNorFalse) {
  World world;
  const Contact ada = world.has_contact(kAda);
  for (const char* query : {"?overwrite=yes", "?overwrite=", "?overwrite", "?overwrite=2"}) {
    const Reply reply = world.put(v1_path(ada) + query, R"({"phone":"13125550142"})");
    EXPECT_EQ(reply.status, 400) << query;
    EXPECT_EQ(reply["field"], "overwrite");
  }
  EXPECT_EQ(world.stored(ada.id), ada);
}

TEST(UpdateContact, StoresNumbersAndBooleansOfCustomFieldsAsText) {
  World world;
  const Contact ada = world.has_contact(kAda);
  EXPECT_EQ(world.put(v1_path(ada), R"({"phone":"13125550142","custom":{"12":1.50,"13":true}})").status, 200);
  EXPECT_EQ(custom_of(world, ada), (core::CustomValues{{FieldId(12), "1.50"}, {FieldId(13), "true"}}));
}

TEST(UpdateContact, RemovesACustomValueThatIsNull) {
  World world;
  const Contact ada = world.has_contact(kAda);
  EXPECT_EQ(world.put(v1_path(ada), R"({"phone":"13125550142","custom":{"12":null}})").status, 200);
  EXPECT_EQ(custom_of(world, ada), (core::CustomValues{{FieldId(13), "London"}}));
}

TEST(UpdateContact, DropsCustomKeysThatAreNoFieldsOfTheTeam) {
  World world;
  const Contact ada = world.has_contact(kAda);
  const Reply reply =
      world.put(v1_path(ada), R"({"phone":"13125550142","custom":{"Plan":"x","99":"y","012":"z","-1":[]}})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(custom_of(world, ada), ada.custom);
}

TEST(UpdateContact, DropsCustomKeysThatAreNoFieldsOfTheTeamWhateverTheyHold) {
  World world;
  const Contact ada = world.has_contact(kAda);
  const std::string custom = R"("custom":{"99":{},"98":[1],"97":")" + std::string(5000, 'a') + R"(","96":"\u0001"})";
  EXPECT_EQ(world.put(v1_path(ada), R"({"phone":"13125550142",)" + custom + "}").status, 200);
  EXPECT_EQ(world.put(v2_path(ada), "{" + custom + "}").status, 200);
  EXPECT_EQ(world.post("/v1/contact", R"({"phone":"13125550143",)" + custom + "}").status, 200);
  EXPECT_EQ(world.post("/v1/batch/contacts", R"([{"phone":"13125550144",)" + custom + "}]").body, R"("ok")");
  EXPECT_EQ(custom_of(world, ada), ada.custom);
}

TEST(UpdateContact, NamesTheCustomFieldsOfTheTeamThatAreAtFaultAlsoBesideAPathThatNamesNobody) {
  World world;
  const Contact ada = world.has_contact(kAda);
  const std::string body = R"({"phone":"13125550142","custom":{"12":[],"99":[]}})";
  EXPECT_EQ(world.put(v1_path(ada), body)["message"], "custom.12: must be a string, number or boolean");
  EXPECT_EQ(world.put("/v1/contact/ada", body)["message"],
            "id: must be an integer; custom.12: must be a string, number or boolean");
  EXPECT_EQ(custom_of(world, ada), ada.custom);
}

TEST(UpdateContact, AnswersV1WithIdRevisionAndUuidAlone) {
  World world;
  const Contact ada = world.has_contact(kAda);
  const Reply reply = world.put(v1_path(ada), R"({"phone":"13125550142","last":"King"})");
  EXPECT_EQ(reply.body, R"({"id":1,"rev":2,"uuid":")" + ada.uuid.to_string() + R"("})");
  EXPECT_EQ(reply.header("Content-Type"), "application/json");
  EXPECT_EQ(reply.header("ETag"), R"("2")");
}

TEST(UpdateContact, AnswersV2WithTheWholeContact) {
  World world;
  const Contact ada = world.has_contact(kAda);
  const Reply reply = world.put(v2_path(ada), R"({"last":"King","email":"ada@example.org","tags":[{"tag_id":2}]})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("ETag"), R"("2")");
  const std::string created = "2026-03-02T09:15:00.000012Z";
  const std::string updated = "2026-03-02T09:15:00.000013Z";
  const std::string uuid = ada.uuid.to_string();
  EXPECT_EQ(core::to_rfc3339(ada.created), created);
  EXPECT_EQ(reply.body,
            R"({"id":1,"uuid":")" + uuid +
                R"(","rev":2,"op":"update","team_id":1,"creator_id":1,"shared":true,"created":")" + created +
                R"(","updated":")" + updated +
                R"(","phone":"13125550142","first":"Ada","last":"King","display_name":"Ada King",)"
                R"("email":"ada@example.org","avatar":"","custom":{"12":"free","13":"London"},"assigned_user_id":0,)"
                R"("tags":[{"tag_id":2,"tag":"VIP","color":"#2E86DE"}],"is_opted_out":false,"contact_channels":[)"
                R"({"id":1,"team_id":1,"contact_id":1,"contact_uuid":")" +
                uuid +
                R"(","channel_type":"phone","channel_id":"13125550142","info_channel":"","channel_handle":"",)"
                R"("created":")" +
                created + R"(","updated":")" + created +
                R"("},)"
                R"({"id":2,"team_id":1,"contact_id":1,"contact_uuid":")" +
                uuid +
                R"(","channel_type":"email","channel_id":"ada@example.org","info_channel":"","channel_handle":"",)"
                R"("created":")" +
                updated + R"(","updated":")" + updated + R"("}]})");
}

TEST(UpdateContact, NamesEveryFieldAtFaultInOneAnswer) {
  World world;
  const Contact ada = world.has_contact(kAda);
  const Reply reply = world.put(v1_path(ada), R"({"phone":"12","first":7,"email":"ada","assignee_id":99,
      "custom":{"12":{}},"tags":[{"tag_id":77}],"is_opted_out":"no"})");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply["error"], "bad_data");
  EXPECT_EQ(reply["error_code"], "bad_data");
  for (const char* field : {"phone", "first", "email", "assignee_id", "custom.12", "tags", "is_opted_out"}) {
    EXPECT_NE((" " + reply.fields_at_fault() + " ").find(" " + std::string(field) + " "), std::string::npos) << field;
  }
  EXPECT_EQ(world.stored(ada.id), ada);
  EXPECT_EQ(world.log().back().subject_id, ada.id.value());
  EXPECT_EQ(world.log().back().rev, 1);
}

TEST(UpdateContact, NamesWhatIsWrongInPathQueryHeadersAndBodyTogether) {
  World world;
  const Contact ada = world.has_contact(kAda);
  const Headers headers = {{"If-Match", "1"}};
  const Reply reply = world.put("/v1/contact/ada?overwrite=yes", R"({"first":7})", headers);
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.fields_at_fault(), "id first phone overwrite If-Match");
  EXPECT_EQ(world.put(v2_path(ada) + "?overwrite=yes", R"({"first":7})", headers).fields_at_fault(),
            "first overwrite If-Match");
  EXPECT_EQ(world.del("/v1/contact/ada", headers).fields_at_fault(), "id If-Match");
  EXPECT_EQ(world.stored(ada.id), ada);
}

TEST(UpdateContact, NeedsThePhoneOnV1) {
  World world;
  const Contact ada = world.has_contact(kAda);
  const Reply reply = world.put(v1_path(ada), R"({"first":"Augusta"})");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.fields_at_fault(), "phone");
  EXPECT_EQ(world.put(v2_path(ada), R"({"first":"Augusta"})").status, 200);
}

TEST(UpdateContact, RefusesThePhoneOfAnotherContactAndNamesIt) {
  World world;
  const Contact ada = world.has_contact(kAda);
  const Contact mina = world.has_contact(R"({"phone":"13125550143"})");
  const Reply reply = world.put(v1_path(mina), R"({"phone":"13125550142","first":"Mina"})");
  EXPECT_EQ(reply.status, 409);
  EXPECT_EQ(reply["error"], "conflict");
  EXPECT_EQ(reply["field"], "phone");
  EXPECT_NE(reply["message"].find("contact 1"), std::string::npos) << reply.body;
  EXPECT_EQ(world.stored(mina.id), mina);
  EXPECT_EQ(world.stored(ada.id), ada);
}

TEST(UpdateContact, KnowsNeitherUnknownContactsNorThoseOfAnotherTeam) {
  World world;
  const Contact ada = world.has_contact(kAda);
  const std::string body = R"({"phone":"13125550142","first":"Eve"})";
  const Reply unknown = world.send_as(world.other_team(), "PUT", "/v1/contact/77", body);
  const Reply foreign = world.send_as(world.other_team(), "PUT", v1_path(ada), body);
  const Reply foreign_v2 = world.send_as(world.other_team(), "PUT", v2_path(ada), body);
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(foreign.status, 404);
  EXPECT_EQ(foreign_v2.status, 404);
  EXPECT_EQ(foreign["message"], unknown["message"]);
  EXPECT_EQ(foreign_v2["message"], unknown["message"]);
  EXPECT_EQ(world.stored(ada.id), ada);
}

TEST(UpdateContact, TellsAMalformedV1IdFromAnUnknownOneAndTakesNoIntegerOnV2) {
  World world;
  const Contact ada = world.has_contact(kAda);
  for (const char* id : {"abc", "1.0", "1x", "-", "0x1"}) {
    const Reply reply = world.put("/v1/contact/" + std::string(id), R"({"phone":"13125550142"})");
    EXPECT_EQ(reply.status, 400) << id;
    EXPECT_EQ(reply["field"], "id") << id;
  }
  for (const char* id : {"0", "-1", "01", "9007199254740991", "9007199254740992", "99999999999999999999999"}) {
    EXPECT_EQ(world.put("/v1/contact/" + std::string(id), R"({"phone":"13125550142"})").status, 404) << id;
  }
  EXPECT_EQ(world.put("/v2/contact/1", R"({"first":"Eve"})").status, 404);
  EXPECT_EQ(world.put("/v2/contact/not-a-uuid", R"({"first":"Eve"})").status, 404);
  EXPECT_EQ(world.stored(ada.id), ada);
}

TEST(UpdateContact, RefusesBodiesThatAreNoJsonObject) {
  World world;
  const Contact ada = world.has_contact(kAda);
  for (const char* body : {"", " ", "[]", "null", "7", "\"x\"", "{", "{\"phone\":}", "{\"phone\":\"13125550142\"}x",
                           "{\"phone\":\"13125550142\",\"phone\":\"13125550142\"}", "{\"phone\":NaN}"}) {
    EXPECT_EQ(world.put(v1_path(ada), body).status, 400) << body;
  }
  EXPECT_EQ(world.stored(ada.id), ada);
}

TEST(UpdateContact, IgnoresMembersItDoesNotKnow) {
  World world;
  const Contact ada = world.has_contact(kAda);
  const Reply reply = world.put(v1_path(ada), R"({"phone":"13125550142","rev":9,"id":77,"nickname":{"a":[1,2]}})");
  EXPECT_EQ(reply["rev"], "2");
  EXPECT_EQ(world.stored(ada.id)->first, "Ada");
}

TEST(UpdateContact, CountsAWriteThatChangesNothing) {
  World world;
  const Contact ada = world.has_contact(kAda);
  EXPECT_EQ(world.put(v1_path(ada), R"({"phone":"13125550142"})")["rev"], "2");
  EXPECT_TRUE(world.log().back().changes.empty());
}

TEST(UpdateContact, WritesOneLogEntryThatSaysWhoAndWhatAndWhen) {
  World world;
  const Contact ada = world.has_contact(kAda);
  const Reply reply = world.put(v1_path(ada), R"({"phone":"13125550142","first":"Augusta","custom":{"12":"pro"}})");
  const core::ChangeEntry entry = world.log().back();
  EXPECT_EQ(entry.subject, core::Subject::contact);
  EXPECT_EQ(entry.subject_id, ada.id.value());
  EXPECT_EQ(entry.rev, 2);
  EXPECT_EQ(entry.operation, core::Operation::update);
  EXPECT_EQ(entry.actor, "key:1");
  EXPECT_EQ(entry.request_id.to_string(), reply.header("X-Request-Id"));
  EXPECT_EQ(entry.at, world.stored(ada.id)->updated);
  EXPECT_EQ(entry.changes, (std::vector<core::FieldChange>{{"first", "Ada", "Augusta"},
                                                           {"display_name", "Ada Lovelace", "Augusta Lovelace"},
                                                           {"custom.12", "free", "pro"}}));
}

TEST(UpdateContact, NeverUndoesAnOptOutThatTheContactMade) {
  World world;
  const Contact ada = world.has_contact(R"({"phone":"13125550142","is_opted_out":true})");
  EXPECT_TRUE(world.stored(ada.id)->consent.unsubscribed_admin);
  EXPECT_EQ(world.put(v1_path(ada), R"({"phone":"13125550142","is_opted_out":false})").status, 200);
  EXPECT_FALSE(world.stored(ada.id)->consent.opted_out());
}

TEST(UpdateContact, KeepsEveryKeyOf64WritersAndCountsEveryWrite) {
  constexpr int kWriters = 64;
  World world;
  std::string titles = "[";
  for (int i = 0; i < kWriters; ++i)
    titles += (i > 0 ? "," : "") + std::string(R"({"title":"Key )") + std::to_string(i) + R"("})";
  ASSERT_EQ(world.post("/v1/contacts/fields", titles + "]").status, 200);
  const Contact ada = world.has_contact(R"({"phone":"13125550142"})");
  std::vector<std::jthread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&, i] {
      // The new fields' ids follow 13.
      const std::string body = R"({"phone":"13125550142","custom":{")" + std::to_string(14 + i) + R"(":"x"}})";
      EXPECT_EQ(world.put(v1_path(ada), body).status, 200);
    });
  }
  writers.clear();
  EXPECT_EQ(custom_of(world, ada).size(), std::size_t{kWriters});
  EXPECT_EQ(world.stored(ada.id)->rev, 1 + kWriters);
}

}  // namespace
}  // namespace cardfile::test
