// What is refused: who asks for what, why not, and that nothing has changed: no row, no entry of the log, no neighbour.

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "api/state.h"
#include "api/world.h"

namespace cardfile::test {
namespace {

/// The team has Ada (contact 1; phone 13125550142, ada@example.org, tag 1, custom field 12) and her neighbour Bob
/// (contact 2; phone 13125550143, bob@example.org). "<ada>" stands for her UUID.
struct Refusal {
  std::string name;
  std::string method;
  std::string target;
  std::string body;
  int status = 0;
  std::string fields;  // Those at fault, in order.
  std::string why;     // In the message.
  Headers headers = {};

  friend void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.method << ' ' << refusal.target; }
};

std::string many(const std::string& item, int count) {
  std::string list = "[" + item;
  for (int i = 1; i < count; ++i) list += "," + item;
  return list + "]";
}

const std::string kPut = "/v1/contact/1";
const std::string kPhone = R"("phone":"13125550142")";

// clang-format off
const std::vector<Refusal> kRefusals = {
    // The update.
    {"UpdateOfNobody", "PUT", "/v1/contact/77", "{" + kPhone + "}", 404, "", "contact"},
    {"UpdateUnderAnIdThatIsNone", "PUT", "/v1/contact/ada", "{" + kPhone + "}", 400, "id", "integer"},
    {"UpdateUnderTheIntegerIdOnV2", "PUT", "/v2/contact/1", R"({"first":"Eve"})", 404, "", "contact"},
    {"UpdateUnderTheUuidOnV1", "PUT", "/v1/contact/<ada>", "{" + kPhone + "}", 400, "id", "integer"},
    {"UpdateWithoutPhoneOnV1", "PUT", kPut, R"({"first":"Eve"})", 400, "phone", "required"},
    {"UpdateWithAnEmptyPhoneOnV1", "PUT", kPut, R"({"phone":""})", 400, "phone", ""},
    {"UpdateWithLettersForAPhone", "PUT", kPut, R"({"phone":"call me"})", 400, "phone", "7"},
    {"UpdateWithAShortPhone", "PUT", kPut, R"({"phone":"131255"})", 400, "phone", "7"},
    {"UpdateWithALongPhone", "PUT", kPut, R"({"phone":"1312555014212345"})", 400, "phone", "15"},
    {"UpdateWithALeadingZero", "PUT", kPut, R"({"phone":"03125550142"})", 400, "phone", ""},
    {"UpdateWithANumberForAPhone", "PUT", kPut, R"({"phone":13125550142})", 400, "phone", "string"},
    {"UpdateWithTheNeighboursPhone", "PUT", kPut, R"({"phone":"+1 312 555 0143","first":"Eve"})", 409, "phone", "contact 2"},
    {"UpdateWithTheNeighboursPhoneOnV2", "PUT", "/v2/contact/<ada>", R"({"phone":"13125550143"})", 409, "phone", "contact 2"},
    {"UpdateWithTheNeighboursEmail", "PUT", kPut, "{" + kPhone + R"(,"email":"BOB@example.org"})", 409, "email", "contact 2"},
    {"UpdateWithAnEmailWithoutAnAt", "PUT", kPut, "{" + kPhone + R"(,"email":"ada"})", 400, "email", "@"},
    {"UpdateWithALongName", "PUT", kPut, "{" + kPhone + R"(,"first":")" + std::string(256, 'a') + "\"}", 400, "first", "255"},
    {"UpdateWithAControlCharacter", "PUT", kPut, "{" + kPhone + R"(,"last":"a\u0007b"})", 400, "last", "control"},
    {"UpdateWithSixTags", "PUT", kPut, "{" + kPhone + R"(,"tags":[{"tag_id":1},{"tag_id":2},{"tag_id":3},{"tag_id":4},{"tag_id":5},{"tag_id":6}]})", 400, "tags", "5"},
    {"UpdateWithAnUnknownTag", "PUT", kPut, "{" + kPhone + R"(,"tags":[{"tag_id":1},{"tag_id":99}]})", 400, "tags", "99"},
    {"UpdateWithATagThatIsNone", "PUT", kPut, "{" + kPhone + R"(,"tags":[1]})", 400, "tags[0]", "object"},
    {"UpdateWithATagWithoutItsId", "PUT", kPut, "{" + kPhone + R"(,"tags":[{"id":1}]})", 400, "tags[0].tag_id", "integer"},
    {"UpdateWithAnUnknownAssignee", "PUT", kPut, "{" + kPhone + R"(,"assignee_id":99})", 400, "assignee_id", "99"},
    {"UpdateWithANegativeAssignee", "PUT", kPut, "{" + kPhone + R"(,"assignee_id":-2})", 400, "assignee_id", ""},
    {"UpdateWithAListForCustom", "PUT", kPut, "{" + kPhone + R"(,"custom":[1]})", 400, "custom", "object"},
    {"UpdateWithAnObjectInCustom", "PUT", kPut, "{" + kPhone + R"(,"custom":{"12":{"a":1}}})", 400, "custom.12", ""},
    {"UpdateWithALongCustomValue", "PUT", kPut, "{" + kPhone + R"(,"custom":{"12":")" + std::string(4097, 'a') + "\"}}", 400, "custom.12", "4096"},
    {"UpdateWithAWordForAnOptOut", "PUT", kPut, "{" + kPhone + R"(,"is_opted_out":"yes"})", 400, "is_opted_out", "true or false"},
    {"UpdateWithAWordForOverwrite", "PUT", kPut + "?overwrite=maybe", "{" + kPhone + "}", 400, "overwrite", "true"},
    {"UpdateWithMuchAtFault", "PUT", kPut + "?overwrite=2", R"({"phone":"x","email":"y","first":7,"tags":{},"custom":"z"})", 400, "first tags custom phone email overwrite", ""},
    {"UpdateOfAnOldRevision", "PUT", kPut, "{" + kPhone + "}", 412, "", "revision 1", {{"If-Match", "\"7\""}}},
    {"UpdateWithAPreconditionThatIsNone", "PUT", kPut, "{" + kPhone + "}", 400, "If-Match", "", {{"If-Match", "seven"}}},
    {"UpdateWithoutABody", "PUT", kPut, "", 400, "body", "required"},
    {"UpdateWithHalfABody", "PUT", kPut, "{" + kPhone, 400, "body", "ends too early"},
    {"UpdateWithAList", "PUT", kPut, "[]", 400, "body", "object"},
    {"UpdateWithAMemberTwice", "PUT", kPut, "{" + kPhone + "," + kPhone + "}", 400, "phone", "twice"},
    {"UpdateInACompressedBody", "PUT", kPut, "\x1f\x8b", 415, "", "Content-Encoding", {{"Content-Encoding", "gzip"}}},
    {"UpdateWithBrokenUtf8", "PUT", kPut, "{" + kPhone + ",\"first\":\"\xff\"}", 400, "body", "UTF-8"},
    {"UpdateNestedTooDeep", "PUT", kPut, "{" + kPhone + ",\"x\":" + std::string(40, '[') + std::string(40, ']') + "}", 400, "body", "32"},
    {"PatchInsteadOfPut", "PATCH", kPut, "{" + kPhone + "}", 405, "", "PUT"},
    // Creates.
    {"CreateWithoutPhoneOnV1", "POST", "/v1/contact", R"({"first":"Eve"})", 400, "phone", "required"},
    {"CreateWithoutAnyAddressOnV2", "POST", "/v2/contact", R"({"first":"Eve"})", 400, "contact_channels", "at least one"},
    {"CreateWithAChannelWithoutItsValue", "POST", "/v2/contact", R"({"contact_channels":[{"channel_type":"email"}]})", 400, "contact_channels[0].channel_id", "required"},
    {"CreateWithAnUnknownTag", "POST", "/v1/contact", R"({"phone":"13125550199","tags":[{"tag_id":99}]})", 400, "tags", "99"},
    {"CreateWithThePhoneOfOneAndTheEmailOfAnother", "POST", "/v1/contact", R"({"phone":"13125550142","email":"bob@example.org"})", 409, "email", "contact 2"},
    // Deletes.
    {"DeleteOfNobody", "DELETE", "/v1/contact/77", "", 404, "", "contact"},
    {"DeleteOfNobodyOnV2", "DELETE", "/v2/contact/00000000-0000-4000-8000-000000000000", "", 404, "", "contact"},
    {"DeleteOfAnOldRevision", "DELETE", "/v1/contact/1", "", 412, "", "revision 1", {{"If-Match", "\"7\""}}},
    // Many contacts.
    {"BatchOfAnObject", "POST", "/v1/batch/contacts", R"({"json":[{"phone":"13125550199"}],"query":{"overwrite":false}})", 400, "body", "array"},
    {"BatchOverItsLimit", "POST", "/v1/batch/contacts", many(R"({"phone":"13125550199"})", 1001), 400, "body", "1000"},
    {"BatchWithMuchAtFault", "POST", "/v1/batch/contacts?overwrite=maybe", R"({"a":1})", 400, "overwrite body", "array"},
    {"BulkWithMuchAtFault", "POST", "/v2/contacts?overwrite=maybe", R"({"contacts":{}})", 400, "overwrite contacts", "array"},
    {"BulkWithAWordForOverwrite", "POST", "/v2/contacts?overwrite=maybe", R"({"contacts":[]})", 400, "overwrite", "true"},
    {"BulkOverItsLimit", "POST", "/v2/contacts", R"({"contacts":)" + many(R"({"phone":"13125550199"})", 1001) + "}", 400, "contacts", "1000"},
    {"BulkWithoutContacts", "POST", "/v2/contacts", "{}", 400, "contacts", "required"},
    {"BulkDeleteByPhone", "DELETE", "/v2/contacts", R"({"contact_channels":[{"channel_type":"phone","channel_ids":["13125550142"]}]})", 400, "contact_channels", "id"},
    {"BulkDeleteOfTwoFilters", "DELETE", "/v2/contacts", R"({"contact_channels":[{"channel_type":"id","channel_ids":["<ada>"]},{"channel_type":"id","channel_ids":["<ada>"]}]})", 400, "contact_channels", "one"},
    {"BulkDeleteWithoutABody", "DELETE", "/v2/contacts", "", 400, "body", "required"},
    {"BulkDeleteOverItsLimit", "DELETE", "/v2/contacts", R"({"contact_channels":[{"channel_type":"id","channel_ids":)" + many("\"<ada>\"", 1001) + "}]}", 400, "contact_channels", "1000"},
    {"SearchWithoutChannels", "POST", "/v2/contacts/search", "{}", 400, "contact_channels", "required"},
    {"SearchForANumber", "POST", "/v2/contacts/search", R"({"contact_channels":[{"channel_ids":[13125550142]}]})", 400, "contact_channels[0].channel_ids", "strings"},
    {"ListOverItsLimit", "POST", "/v1/contacts", R"({"limit":1001})", 400, "limit", "1000"},
    {"ListWithMuchAtFault", "POST", "/v1/contacts", R"({"limit":"x","page":-1,"date":"yesterday","ascending":"no","assigned":1.5})", 400, "ascending date assigned limit page", ""},
    {"LookupByNothing", "POST", "/v1/contact/get", "{}", 400, "phone", "required"},
    {"LookupOfNobody", "POST", "/v1/contact/get", R"({"phone":"13125550199"})", 404, "", "phone"},
    // Opt-out and block.
    {"StatusOfNobody", "POST", "/v1/contact/status", R"({"id":77})", 404, "", ""},
    {"StatusOfTwo", "POST", "/v1/contact/status", R"({"id":1,"phone":"13125550143"})", 400, "phone", ""},
    {"StatusThatIsNone", "POST", "/v1/contact/set_status", R"({"id":1,"status":"asleep"})", 400, "status", "unsubscribed"},
    {"StatusWithoutAContact", "POST", "/v1/contact/set_status", R"({"status":"blocked"})", 400, "id", ""},
    // Channels.
    {"ChannelOfTheNeighbour", "POST", "/v2/contact/<ada>/channel", R"({"channel_type":"email","channel_id":"bob@example.org"})", 409, "channel_id", "contact 2"},
    {"ChannelWithoutAnything", "POST", "/v2/contact/<ada>/channel", "{}", 400, "channel_type channel_id", "required"},
    {"ChannelThatIsNoPhone", "POST", "/v2/contact/<ada>/channel", R"({"channel_type":"phone","channel_id":"x"})", 400, "channel_id", "7"},
    {"ChannelWithMuchAtFault", "POST", "/v2/contact/<ada>/channel", R"({"channel_type":"phone","channel_id":"x","channel_handle":5})", 400, "channel_handle channel_id If-Match", "", {{"If-Match", "seven"}}},
    {"ChannelUpdateOfAnotherType", "PUT", "/v2/contact/<ada>/channel", R"({"channel_type":"facebook","channel_id":"ada"})", 404, "", "channel"},
    {"ChannelUpdateToTheNeighbours", "PUT", "/v2/contact/<ada>/channel", R"({"channel_type":"phone","channel_id":"13125550143"})", 409, "channel_id", "contact 2"},
    {"ChannelRemovalOfNone", "DELETE", "/v2/contact/<ada>/channel/99", "", 404, "", "channel"},
    {"ChannelRemovalWithMuchAtFault", "DELETE", "/v2/contact/<ada>/channel?channel_id=1&channel_id=2", "", 400, "channel_id If-Match channel_type", "", {{"If-Match", "seven"}}},
    {"ChannelRemovalOfNothing", "DELETE", "/v2/contact/<ada>/channel", "{}", 400, "channel_type channel_id", "required"},
    // Fields, tags, users.
    {"FieldWithoutATitle", "POST", "/v1/contacts/fields", R"([{"title":"Shoe size"},{}])", 400, "[1].title", "required"},
    {"FieldWithALongTitle", "POST", "/v1/contacts/fields", R"([{"title":")" + std::string(256, 'a') + "\"}]", 400, "[0].title", "255"},
    {"FieldsInAnObject", "POST", "/v1/contacts/fields", R"({"title":"Shoe size"})", 400, "body", "array"},
    {"TagWithoutALabel", "POST", "/v1/tag", R"({"color":"#2E86DE"})", 400, "tag", "required"},
    {"TagWithAColorThatIsNone", "POST", "/v1/tag", R"({"tag":"Spring","color":"blue"})", 400, "color", "#"},
    {"TagWithTheLabelOfAnother", "PUT", "/v1/tag/1", R"({"tag":"vip"})", 409, "tag", "tag 2"},
    {"TagUpdateWithMuchAtFault", "PUT", "/v1/tag/vip", R"({"tag":5,"color":"red"})", 400, "id tag color", "integer"},
    {"TagThatIsNobodys", "DELETE", "/v1/tag/99", "", 404, "", "tag"},
    {"UserThatIsNobody", "POST", "/v1/users/update", R"({"users":[{"id":1,"first_name":"Eve"},{"id":99,"first_name":"Eve"}]})", 400, "users[1].id", "99"},
    {"UserWithARoleThatIsNone", "POST", "/v1/users/update", R"({"users":[{"id":1,"role_id":7}]})", 400, "users[0].role_id", ""},
    {"UsersWithoutAFilter", "GET", "/v1/users/get", "", 400, "phone", ""},
    // Lists.
    {"ListWithoutATitle", "POST", "/v2/lists", R"({"contacts":[1]})", 400, "title local_id", "required"},
    {"ListOfANobody", "POST", "/v2/lists", R"({"title":"Spring","local_id":"s","contacts":[1,77]})", 400, "contacts[1]", "77"},
    {"ListWithAPhoneThatIsNone", "POST", "/v2/lists", R"({"title":"Spring","local_id":"s","phones":["13125550199","x"]})", 400, "phones[1]", "7"},
    {"ListThatIsNobodys", "PUT", "/v2/lists/77", R"({"title":"Spring"})", 404, "", "list"},
    {"ListThatIsNobodysOnV1", "GET", "/v1/list/77", "", 404, "", "list"},
    {"ListUnderAnIdThatIsNone", "DELETE", "/v2/lists/spring", "", 400, "id", "integer"},
};
// clang-format on

class Refusals : public testing::TestWithParam<Refusal> {};

TEST_P(Refusals, SayWhyAndChangeNothing) {
  World world;
  const auto ada = world.has_contact(
      R"({"phone":"13125550142","email":"ada@example.org","first":"Ada","tags":[{"tag_id":1}],"custom":{"12":"Gold"}})");
  world.has_contact(R"({"phone":"13125550143","email":"bob@example.org","first":"Bob"})");
  const auto with_ada = [&](std::string text) {
    for (auto at = text.find("<ada>"); at != std::string::npos; at = text.find("<ada>")) {
      text.replace(at, 5, ada.uuid.to_string());
    }
    return text;
  };
  const State before = state_of(world);

  const Refusal& refusal = GetParam();
  const Reply reply = world.send(refusal.method, with_ada(refusal.target), with_ada(refusal.body), refusal.headers);

  EXPECT_EQ(reply.status, refusal.status) << reply.body;
  EXPECT_EQ(reply.fields_at_fault(), refusal.fields) << reply.body;
  EXPECT_NE(reply["message"].find(refusal.why), std::string::npos) << reply.body;
  EXPECT_EQ(reply["error"], reply["error_code"]);
  EXPECT_EQ(reply["request_id"], reply.header("X-Request-Id"));
  EXPECT_TRUE(state_of(world) == before) << "something changed";
}

INSTANTIATE_TEST_SUITE_P(Table, Refusals, testing::ValuesIn(kRefusals),
                         [](const testing::TestParamInfo<Refusal>& row) { return row.param.name; });

}  // namespace
}  // namespace cardfile::test
