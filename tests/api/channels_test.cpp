// The channels of a contact, one at a time: /v2/contact/{contactID}/channel.

#include <gtest/gtest.h>

#include <string>

#include "api/world.h"

namespace cardfile::test {
namespace {

using core::Contact;

/// Ada, with a phone (channel 1) and an e-mail (channel 2).
Contact ada_of(World& world) { return world.has_contact(R"({"phone":"13125550142","email":"ada@example.org"})"); }

/// "1:phone=13125550142 2:email=ada@example.org", as it is stored.
std::string channels_of(const World& world, const Contact& contact) {
  std::string text;
  const Contact stored = *world.stored(contact.id);
  for (const core::Channel& channel : stored.channels) {
    if (!text.empty()) text += ' ';
    text += std::to_string(channel.id.value()) + ":" + channel.type + "=" + channel.value;
  }
  return text;
}

constexpr const char* kBoth = "1:phone=13125550142 2:email=ada@example.org";

std::string item(const Contact& contact, std::int64_t id, const std::string& type, const std::string& value) {
  return R"({"id":)" + std::to_string(id) + R"(,"team_id":1,"contact_id":)" + std::to_string(contact.id.value()) +
         R"(,"contact_uuid":")" + contact.uuid.to_string() + R"(","channel_type":")" + type + R"(","channel_id":")" +
         value + R"(","info_channel":"","channel_handle":"","created":)";
}

TEST(ChannelList, IsTheSameUnderBothPaths) {
  World world;
  const Contact ada = ada_of(world);
  const std::string times =
      core::to_rfc3339(ada.created) + R"(","updated":")" + core::to_rfc3339(ada.created) + R"("})";
  const std::string expected = "[" + item(ada, 1, "phone", "13125550142") + "\"" + times + "," +
                               item(ada, 2, "email", "ada@example.org") + "\"" + times + "]";
  for (const char* path : {"/channel", "/channels", "/channel/"}) {
    const Reply reply = world.get(v2_path(ada) + path);
    EXPECT_EQ(reply.status, 200) << path;
    EXPECT_EQ(reply.body, expected) << path;
    EXPECT_EQ(reply.header("ETag"), "\"1\"");
    EXPECT_EQ(world.get(v2_path(ada) + path, {{"If-None-Match", "\"1\""}}).status, 304);
  }
}

TEST(AChannel, IsFoundByItsIdOrItsEncodedValue) {
  World world;
  const Contact ada = ada_of(world);
  for (const char* name : {"2", "ada@example.org", "ADA%40example.org"}) {
    EXPECT_EQ(world.get(v2_path(ada) + "/channel/" + name)["id"], "2") << name;
    EXPECT_EQ(world.get(v2_path(ada) + "/channels/" + name)["id"], "2") << name;
  }
  for (const char* name : {"1", "13125550142", "%2B1%20312%20555%200142"}) {
    const Reply reply = world.get(v2_path(ada) + "/channel/" + name);
    EXPECT_EQ(reply["channel_id"], "13125550142") << name;
    EXPECT_EQ(reply.header("ETag"), "\"1\"");
  }
  for (const char* name : {"3", "nobody@example.org", "0"}) {
    EXPECT_EQ(world.get(v2_path(ada) + "/channel/" + name).status, 404) << name;
  }
}

TEST(AddChannel, AnswersTheWholeList) {
  World world;
  const Contact ada = ada_of(world);
  const Reply reply =
      world.send("POST", v2_path(ada) + "/channel", R"({"channel_type":"email","channel_id":"Ada@work.example"})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("ETag"), "\"2\"");
  EXPECT_EQ(reply.body, world.get(v2_path(ada) + "/channels").body);
  EXPECT_EQ(channels_of(world, ada), std::string(kBoth) + " 3:email=Ada@work.example");
  EXPECT_EQ(world.get(v1_path(ada))["email"], "ada@example.org");
}

TEST(AddChannel, ThatTheContactHasAnswersTheListAndWritesNothing) {
  World world;
  const Contact ada = ada_of(world);
  const std::size_t entries = world.log().size();
  const Reply reply =
      world.send("POST", v2_path(ada) + "/channel", R"({"channel_type":"email","channel_id":"ADA@example.org"})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("ETag"), "\"1\"");
  EXPECT_EQ(world.stored(ada.id), ada);
  EXPECT_EQ(world.log().size(), entries);
}

TEST(UpdateChannel, ChangesTheOldestOfItsTypeOrTheOneWithTheId) {
  World world;
  const Contact ada = ada_of(world);
  world.send("POST", v2_path(ada) + "/channel", R"({"channel_type":"phone","channel_id":"13125550199"})");
  EXPECT_EQ(world.put(v2_path(ada) + "/channel", R"({"channel_type":"phone","channel_id":"13125550150"})").status, 200);
  EXPECT_EQ(world.get(v1_path(ada))["phone"], "13125550150");
  const Reply reply =
      world.put(v2_path(ada) + "/channel", R"({"id":3,"channel_type":"phone","channel_id":"13125550151"})");
  EXPECT_EQ(reply.header("ETag"), "\"4\"");
  EXPECT_EQ(channels_of(world, ada), "1:phone=13125550150 2:email=ada@example.org 3:phone=13125550151");
}

TEST(RemoveChannel, TakesEveryPlausibleForm) {
  struct Form {
    const char* path;
    const char* body;
  };
  for (const Form& form : {Form{"/channel/1", ""}, Form{"/channel/1", "[]"}, Form{"/channel/13125550142", ""},
                           Form{"/channel/%2B13125550142", "{}"},
                           Form{"/channel", R"({"channel_type":"phone","channel_id":"13125550142"})"},
                           Form{"/channel?channel_type=phone&channel_id=13125550142", ""},
                           Form{"/channel?channel_type=phone&channel_id=%2B13125550142", "[]"}}) {
    World world;
    const Contact ada = ada_of(world);
    const Reply reply = world.send("DELETE", v2_path(ada) + form.path, form.body);
    EXPECT_EQ(reply.status, 200) << form.path;
    EXPECT_EQ(reply.header("ETag"), "\"2\"");
    EXPECT_EQ(channels_of(world, ada), "2:email=ada@example.org") << form.path;
    EXPECT_EQ(world.get(v1_path(ada))["phone"], "");
    EXPECT_EQ(world.send("DELETE", v2_path(ada) + form.path, form.body).status, 404) << form.path;
  }
}

TEST(RemoveChannel, OfTheLastOneAnswersAnEmptyListAndTheContactStays) {
  World world;
  const Contact ada = ada_of(world);
  world.del(v2_path(ada) + "/channel/1");
  EXPECT_EQ(world.del(v2_path(ada) + "/channel/2").body, "[]");
  EXPECT_EQ(world.get(v1_path(ada)).status, 200);
}

TEST(ChannelCalls, RefuseAndChangeNothing) {
  World world;
  const Contact ada = ada_of(world);
  const Contact ben = world.has_contact(R"({"phone":"13125550143"})");
  const std::size_t entries = world.log().size();
  struct Refusal {
    const char* method;
    const char* path;
    const char* body;
    int status;
    const char* fields;
  };
  for (const Refusal& refusal : {
           Refusal{"POST", "/channel", R"({"channel_type":"phone","channel_id":"13125550143"})", 409, "channel_id"},
           Refusal{"PUT", "/channel", R"({"channel_type":"phone","channel_id":"13125550143"})", 409, "channel_id"},
           Refusal{"POST", "/channel", "{}", 400, "channel_type channel_id"},
           Refusal{"PUT", "/channel", R"({"id":0})", 400, "channel_type channel_id id"},
           Refusal{"POST", "/channel", "", 400, "body"},
           Refusal{"POST", "/channel", "[]", 400, "body"},
           Refusal{"POST", "/channel", R"({"channel_type":"id","channel_id":"x"})", 400, "channel_type"},
           Refusal{"PUT", "/channel", R"({"channel_type":"facebook","channel_id":"x"})", 404, ""},
           Refusal{"PUT", "/channel", R"({"id":3,"channel_type":"phone","channel_id":"13125550150"})", 404, ""},
           Refusal{"PUT", "/channel", R"({"id":2,"channel_type":"phone","channel_id":"13125550150"})", 400,
                   "channel_type"},
           Refusal{"DELETE", "/channel", "", 400, "channel_type channel_id"},
           Refusal{"DELETE", "/channel?channel_type=phone", "[]", 400, "channel_id"},
           Refusal{"DELETE", "/channel?channel_type=phone&channel_id=13125550142&channel_id=1", "", 400, "channel_id"},
           Refusal{"DELETE", "/channel?channel_type=phone&channel_id=13125550143", "", 404, ""},
           Refusal{"DELETE", "/channel/3", "", 404, ""},
           Refusal{"PATCH", "/channel", "{}", 405, ""},
       }) {
    const Reply reply = world.send(refusal.method, v2_path(ada) + refusal.path, refusal.body);
    EXPECT_EQ(reply.status, refusal.status) << refusal.method << refusal.path << refusal.body;
    EXPECT_EQ(reply.fields_at_fault(), refusal.fields) << refusal.method << refusal.path << refusal.body;
  }
  const Reply conflict =
      world.send("POST", v2_path(ada) + "/channel", R"({"channel_type":"phone","channel_id":"13125550143"})");
  EXPECT_EQ(conflict["message"], "channel_id: belongs to contact 2 already");
  EXPECT_EQ(world.stored(ada.id), ada);
  EXPECT_EQ(world.stored(ben.id), ben);
  EXPECT_EQ(world.log().size(), entries);
}

TEST(ChannelCalls, HonourIfMatch) {
  World world;
  const Contact ada = ada_of(world);
  const Headers stale = {{"If-Match", "\"7\""}};
  const std::string path = v2_path(ada) + "/channel";
  const char* body = R"({"channel_type":"phone","channel_id":"13125550150"})";
  EXPECT_EQ(world.send("POST", path, body, stale).status, 412);
  EXPECT_EQ(world.send("PUT", path, body, stale)["rev"], "1");
  EXPECT_EQ(world.send("DELETE", path + "/1", "", stale).status, 412);
  EXPECT_EQ(world.send("DELETE", path + "?channel_type=phone&channel_id=13125550142", "", stale).status, 412);
  EXPECT_EQ(channels_of(world, ada), kBoth);
  EXPECT_EQ(world.send("PUT", path, body, {{"If-Match", "\"1\""}}).header("ETag"), "\"2\"");
}

TEST(ChannelCalls, LookForTheContactOfThePathBeforeTheyReadTheBody) {
  World world;
  for (const char* method : {"POST", "PUT", "DELETE"}) {
    EXPECT_EQ(world.send(method, "/v2/contact/not-a-uuid/channel", "{").status, 404) << method;
  }
}

TEST(ChannelCalls, DoNotReachAnotherTeamsContactOrAV1Id) {
  World world;
  const Contact ada = ada_of(world);
  const char* body = R"({"channel_type":"phone","channel_id":"13125550142"})";
  for (const std::string& contact : {v2_path(ada), std::string("/v2/contact/1")}) {
    const auto send = [&](std::string_view method, const std::string& path) {
      return world.send_as(world.other_team(), method, contact + path, body).status;
    };
    EXPECT_EQ(send("POST", "/channel"), 404);
    EXPECT_EQ(send("PUT", "/channel"), 404);
    EXPECT_EQ(send("GET", "/channel"), 404);
    EXPECT_EQ(send("GET", "/channels"), 404);
    EXPECT_EQ(send("GET", "/channel/1"), 404);
    EXPECT_EQ(send("DELETE", "/channel/1"), 404);
    EXPECT_EQ(send("DELETE", "/channel"), 404);
  }
  EXPECT_EQ(world.get("/v2/contact/1/channels").status, 404);
  EXPECT_EQ(world.stored(ada.id), ada);
}

}  // namespace
}  // namespace cardfile::test
