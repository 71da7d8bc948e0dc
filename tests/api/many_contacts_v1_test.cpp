// POST /v1/contacts, /v1/contacts/count and /v1/batch/contacts.

#include <gtest/gtest.h>

#include <chrono>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <vector>

#include "api/world.h"
#include "wire/json_in.h"

namespace cardfile::test {
namespace {

using core::Contact;

void has_three_contacts(World& world) {
  world.has_contact(R"({"phone":"13125550141","first":"Ada","assignee_id":2})");
  world.has_contact(R"({"phone":"13125550142","first":"bob"})");
  world.has_contact(R"({"phone":"13125550143","first":"Carl"})");
  world.put("/v1/contact/1", R"({"phone":"13125550141"})");
}

std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

std::string phone_of(int id) { return R"({"phone":")" + std::to_string(13125550000 + id - 1) + R"("})"; }

std::string batch_of(int items) {
  std::string body = "[";
  for (int i = 0; i < items; ++i) body += (i ? ",{" : "{") + ("\"phone\":\"" + std::to_string(13125550000 + i)) + "\"}";
  return body + "]";
}

TEST(ListContacts, AnswersABareArrayOldestChangeFirst) {
  World world;
  EXPECT_EQ(world.post("/v1/contacts", "").body, "[]");
  has_three_contacts(world);
  const Reply reply = world.post("/v1/contacts", "{}");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.each("id"), "2 3 1");
  EXPECT_EQ(reply.body.find("contact_channels"), std::string::npos);
}

TEST(ListContacts, TakesEveryFormOfNoParameters) {
  World world;
  has_three_contacts(world);
  for (const char* path : {"/v1/contacts", "/v2/contacts/list"}) {
    for (const char* body : {"", " ", "{}", "[]", "null"}) {
      EXPECT_EQ(world.post(path, body).each("id"), "2 3 1") << path << ' ' << body;
    }
  }
  for (const char* body : {"", "{}", "[]", "null"}) {
    EXPECT_EQ(world.post("/v1/contacts/count", body).body, R"({"count":3})") << body;
  }
}

TEST(ListContacts, LiesPastTheDateInTheAskedDirection) {
  World world;
  has_three_contacts(world);
  const std::string third = world.get("/v1/contact/3")["updated"];
  EXPECT_EQ(world.post("/v1/contacts", R"({"date":")" + third + R"("})").each("id"), "1");
  EXPECT_EQ(world.post("/v1/contacts", R"({"ascending":true,"date":")" + third + R"("})").each("id"), "1");
  EXPECT_EQ(world.post("/v1/contacts", R"({"ascending":false,"date":")" + third + R"("})").each("id"), "2");
  EXPECT_EQ(world.post("/v1/contacts", R"({"ascending":false})").each("id"), "1 3 2");
  for (const char* date : {"2026-03-02T00:00:00Z", "2026-03-02T00:00:00.123Z", "2026-03-02T00:00:00.123456789Z",
                           "2026-03-02T02:00:00+02:00"}) {
    EXPECT_EQ(world.post("/v1/contacts", R"({"date":")" + std::string(date) + R"("})").each("id"), "2 3 1") << date;
  }
}

TEST(ListContacts, LiesPastADateBetweenTwoMicroseconds) {
  World world;
  has_three_contacts(world);
  std::string after_the_third = world.get("/v1/contact/3")["updated"];
  after_the_third.insert(after_the_third.size() - 1, "999");
  const std::string date = R"("date":")" + after_the_third + R"("})";
  for (const char* path : {"/v1/contacts", "/v2/contacts/list"}) {
    EXPECT_EQ(world.post(path, "{" + date).each("id"), "1") << path;
    EXPECT_EQ(world.post(path, R"({"ascending":false,)" + date).each("id"), "3 2") << path;
  }
}

/// Reads on from the last time seen, cut to so many characters, until that leads no further.
std::set<std::string> ids_by_cut_times(World& world, const std::string& path, std::size_t kept) {
  std::set<std::string> ids;
  std::string date = std::string("2026-01-01T00:00:00.000000").substr(0, kept) + "Z";
  for (std::string before; date != before;) {
    before = date;
    const Reply reply = world.post(path, R"({"limit":10,"date":")" + date + R"("})");
    for (const std::string& id : words(reply.each("id"))) ids.insert(id);
    date = words(reply.each("updated")).back().substr(0, kept) + "Z";
  }
  return ids;
}

TEST(ListContacts, LeadOnWhoeverCutsTimesToMillisecondsOrSeconds) {
  World world;
  world.post("/v1/batch/contacts", batch_of(200));
  world.advance_clock(std::chrono::milliseconds(1));
  for (int id = 1; id <= 50; ++id) world.put("/v1/contact/" + std::to_string(id), phone_of(id));
  world.advance_clock(std::chrono::seconds(1));
  for (int id = 51; id <= 75; ++id) world.put("/v1/contact/" + std::to_string(id), phone_of(id));
  for (const char* path : {"/v1/contacts", "/v2/contacts/list"}) {
    EXPECT_EQ(ids_by_cut_times(world, path, std::string_view("2026-03-02T09:15:00.123").size()).size(), 200U) << path;
    EXPECT_EQ(ids_by_cut_times(world, path, std::string_view("2026-03-02T09:15:00").size()).size(), 200U) << path;
  }
}

TEST(ListContacts, AreAsLongAsAskedForWhenTheirTimesDiffer) {
  World world;
  world.post("/v1/batch/contacts", batch_of(40));
  const auto found = [&](const char* date) {
    return words(world.post("/v1/contacts", R"({"limit":10,"date":")" + std::string(date) + R"("})").each("id")).size();
  };
  EXPECT_EQ(found("2026-03-02T09:14:00Z"), 10U);
  EXPECT_EQ(found("2026-03-02T09:15:00.000001Z"), 10U);
  EXPECT_EQ(found("2026-03-02T09:15:00Z"), 40U) << "what follows may be cut to the same second";
}

std::size_t size_of_answer(const Reply& reply) { return words(reply.each("id")).size(); }

TEST(ListContacts, GoOnForACutTimeAsFarAsAnAnswerGoes) {
  World world;
  constexpr std::size_t kInOneSecond = 130;
  for (std::size_t i = 0; i < 140; ++i) {
    if (i == kInOneSecond) world.advance_clock(std::chrono::seconds(1));
    world.has_large_contact(std::to_string(13125550000 + i), 60);
  }
  for (const char* path : {"/v1/contacts", "/v2/contacts/list"}) {
    const Reply page = world.post(path, R"({"limit":30,"date":"2026-03-02T09:15:00Z"})");
    ASSERT_EQ(page.status, 200) << page.body.substr(0, 200);
    EXPECT_EQ(size_of_answer(page), kInOneSecond + 1) << path;
    const Reply asked_for = world.post(path, R"({"limit":140,"date":"2026-03-02T09:15:00Z"})");
    EXPECT_EQ(asked_for.status, 400) << path;
    EXPECT_NE(asked_for["message"].find("32 MiB"), std::string::npos) << asked_for.body.substr(0, 200);
  }
}

TEST(ListContacts, GiveTheAskedForWhereNoMoreFit) {
  World world;
  for (int i = 0; i < 150; ++i) world.has_large_contact(std::to_string(13125550000 + i), 60);
  const Reply page = world.post("/v1/contacts", R"({"limit":100,"date":"2026-03-02T09:15:00Z"})");
  ASSERT_EQ(page.status, 200) << page.body.substr(0, 200);
  EXPECT_GE(size_of_answer(page), 100U);
  EXPECT_LT(size_of_answer(page), 150U);
}

TEST(ListContacts, MayGoOnBeyondAThousandForACutTime) {
  World world;
  ASSERT_EQ(world.post("/v1/batch/contacts", batch_of(1000)).body, R"("ok")");
  world.has_contact(R"({"phone":"14155550000"})");
  const Reply page = world.post("/v1/contacts", R"({"limit":1000,"date":"2026-03-02T09:15:00Z"})");
  EXPECT_EQ(size_of_answer(page), 1001U);
}

TEST(ListContacts, GivesPagesByLimitAndPage) {
  World world;
  has_three_contacts(world);
  EXPECT_EQ(world.post("/v1/contacts", R"({"limit":2})").each("id"), "2 3");
  EXPECT_EQ(world.post("/v1/contacts", R"({"limit":2,"page":0})").each("id"), "2 3");
  EXPECT_EQ(world.post("/v1/contacts", R"({"limit":2,"page":1})").each("id"), "1");
  EXPECT_EQ(world.post("/v1/contacts", R"({"limit":2,"page":2})").body, "[]");
}

TEST(ListContacts, HasThirtyAPageAndAThousandAtMost) {
  World world;
  ASSERT_EQ(world.post("/v1/batch/contacts", batch_of(1000)).body, R"("ok")");
  world.has_contact(R"({"phone":"13125559999"})");
  const auto size = [&](const char* body) {
    wire::JsonDocument document;
    return document.parse(world.post("/v1/contacts", body).body).size();
  };
  EXPECT_EQ(size("{}"), 30U);
  EXPECT_EQ(size(R"({"limit":1000})"), 1000U);
  EXPECT_EQ(world.post("/v1/contacts", R"({"limit":1001})").status, 400);
}

TEST(ListContacts, FollowsTheOrderAndTakesAnUnknownOneForTheDefault) {
  World world;
  has_three_contacts(world);
  EXPECT_EQ(world.post("/v1/contacts", R"({"order":"id"})").each("id"), "1 2 3");
  EXPECT_EQ(world.post("/v1/contacts", R"({"order":"first","ascending":false})").each("first"), "Carl bob Ada");
  EXPECT_EQ(world.post("/v1/contacts", R"({"order":"shoe size"})").each("id"), "2 3 1");
}

TEST(ListContacts, AreFilteredAndSoAreCounts) {
  World world;
  has_three_contacts(world);
  for (const auto& [body, ids, count] : std::vector<std::tuple<std::string, std::string, std::string>>{
           {R"({"filter":"BOB"})", "2", "1"},
           {R"({"filter":"(312) 555"})", "2 3 1", "3"},
           {R"({"filter":""})", "2 3 1", "3"},
           {R"({"assigned":2})", "1", "1"},
           {R"({"assigned":0,"id":0,"parent_id":0,"limit":0,"page":0,"date":"","order":""})", "2 3 1", "3"},
           {R"({"id":3})", "3", "1"},
           {R"({"parent_id":1})", "", "0"},
           {R"({"archived":true,"whatever":[]})", "2 3 1", "3"}}) {
    EXPECT_EQ(world.post("/v1/contacts", body).each("id"), ids) << body;
    EXPECT_EQ(world.post("/v1/contacts/count", body)["count"], count) << body;
  }
}

TEST(ListContacts, RefusesWrongTypesAndNamesThemAll) {
  World world;
  const std::string bad =
      R"({"order":1,"ascending":"no","date":"yesterday","assigned":-1,"id":"7","parent_id":1.5,"filter":[],"limit":-3,"page":"1"})";
  for (const char* path : {"/v1/contacts", "/v1/contacts/count", "/v2/contacts/list"}) {
    const Reply reply = world.post(path, bad);
    EXPECT_EQ(reply.status, 400) << path;
    EXPECT_EQ(reply.fields_at_fault(), "order ascending date assigned id parent_id filter limit page") << path;
    EXPECT_EQ(world.post(path, "[1]").status, 400) << path;
    EXPECT_EQ(world.post(path, "7").status, 400) << path;
  }
}

TEST(ListContacts, SaysWhichNumbersAPageMayHave) {
  World world;
  World from_one({.dialect = {.v1_page_base = 1}});
  const std::string bad = R"({"page":-1})";
  EXPECT_EQ(world.post("/v1/contacts", bad)["message"], "page: must be an integer from 0 to 1000000000");
  EXPECT_EQ(world.post("/v2/contacts/list", bad)["message"], "page: must be an integer from 0 to 1000000000");
  EXPECT_EQ(from_one.post("/v1/contacts", bad)["message"], "page: must be an integer from 1 to 1000000000");
}

TEST(ListContacts, ShowsNothingOfAnotherTeam) {
  World world;
  has_three_contacts(world);
  EXPECT_EQ(world.send_as(world.other_team(), "POST", "/v1/contacts").body, "[]");
  EXPECT_EQ(world.send_as(world.other_team(), "POST", "/v1/contacts/count").body, R"({"count":0})");
}

TEST(BatchCreate, AnswersOkAndStoresEveryItem) {
  World world;
  EXPECT_EQ(world.post("/v1/batch/contacts", R"([{"phone":"13125550141","first":"Ada"},{"phone":"13125550142"}])").body,
            R"("ok")");
  EXPECT_EQ(world.get("/v1/contact/1")["first"], "Ada");
  EXPECT_EQ(world.post("/v1/contacts/count", "")["count"], "2");
  EXPECT_EQ(world.post("/v1/batch/contacts", "[]").body, R"("ok")");
  EXPECT_EQ(world.post("/v1/batch/contacts", R"({"contacts":[{"phone":"13125550143"}]})").body, R"("ok")");
  EXPECT_EQ(world.post("/v1/contacts/count", "")["count"], "3");
}

TEST(BatchCreate, LeavesExistingContactsAloneUnlessItOverwrites) {
  World world;
  const Contact ada = world.has_contact(R"({"phone":"13125550141","first":"Ada","custom":{"12":"free","13":"Rome"}})");
  const std::string batch = R"([{"phone":"+1 312 555 0141","last":"King","custom":{"12":"pro"}}])";
  EXPECT_EQ(world.post("/v1/batch/contacts", batch).body, R"("ok")");
  EXPECT_EQ(world.stored(ada.id), ada);
  EXPECT_EQ(world.post("/v1/batch/contacts?overwrite=true", batch).body, R"("ok")");
  const Contact after = *world.stored(ada.id);
  EXPECT_EQ(after.rev, 2);
  EXPECT_EQ(after.first, "Ada");
  EXPECT_EQ(after.last, "King");
  EXPECT_EQ(after.custom, (core::CustomValues{{core::FieldId(12), "pro"}}));
}

TEST(BatchCreate, TakesTheFirstOfTwoItemsWithOnePhoneAndTheLastWhenItOverwrites) {
  World world;
  world.post("/v1/batch/contacts", R"([{"phone":"13125550141","first":"A"},{"phone":"13125550141","first":"B"}])");
  EXPECT_EQ(world.get("/v1/contact/1")["first"], "A");
  world.post("/v1/batch/contacts?overwrite=1",
             R"([{"phone":"13125550141","first":"C"},{"phone":"13125550141","first":"D"}])");
  EXPECT_EQ(world.get("/v1/contact/1")["first"], "D");
}

TEST(BatchCreate, GivesFailedItemsBackAsTheyWereSentAndKeepsTheirNeighbours) {
  World world;
  world.has_contact(R"({"phone":"13125550149","email":"ada@example.org"})");
  const Reply reply = world.post("/v1/batch/contacts", R"([
      {"phone":"13125550141"},
      {"phone":"oops","first":"\u00e9 \"x\"","n":1.50,"deep":{"a":[null,true,-7]},"error":"ours"},
      {"phone":"13125550142","email":"ADA@example.org"},
      {"first":"Nobody"},
      7,
      {"phone":"13125550143","tags":[{"tag_id":99}]},
      {"phone":"13125550144"}])");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(
      reply.body,
      R"([{"phone":"oops","first":"é \"x\"","n":1.50,"deep":{"a":[null,true,-7]},"error":"phone: must be 7 to 15 digits in E.164 form, without the leading + and not beginning with 0"},)"
      R"({"phone":"13125550142","email":"ADA@example.org","error":"email: belongs to contact 1 already"},)"
      R"({"first":"Nobody","error":"phone: is required: E.164 digits without the +"},)"
      R"({"contact":7,"error":"contact: must be a JSON object"},)"
      R"({"phone":"13125550143","tags":[{"tag_id":99}],"error":"tags: must be tags of the team: 99 is not one"}])");
  EXPECT_EQ(world.post("/v1/contacts/count", "")["count"], "3");
}

TEST(BatchCreate, GivesFailedItemsBackAlsoWhenTheBodyBeganWithAByteOrderMark) {
  World world;
  const Reply reply = world.post("/v1/batch/contacts?overwrite=true",
                                 "\xEF\xBB\xBF"
                                 R"([{"phone":"13125550141"},{"phone":"oops"}])");
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(reply.each("phone"), "oops");
  EXPECT_EQ(world.post("/v1/contacts/count", "")["count"], "1");
}

TEST(BatchCreate, SkipsLargeContactsAsAnyOther) {
  World world;
  for (int i = 0; i < 140; ++i) world.has_large_contact(std::to_string(13125550000 + i), 60);
  EXPECT_EQ(world.post("/v1/batch/contacts", batch_of(140)).body, R"("ok")");
  EXPECT_EQ(world.post("/v1/batch/contacts?overwrite=true", batch_of(140)).body, R"("ok")");
}

TEST(BatchCreate, RefusesOtherShapesAndTooManyItemsWhole) {
  World world;
  const auto log = world.log();
  for (const std::string& body : {std::string(), std::string("null"), std::string("{}"), std::string("7"),
                                  std::string(R"({"phone":"13125550141"})"), std::string(R"({"contacts":{}})"),
                                  std::string(R"({"json":[{"phone":"13125550141"}],"query":{"overwrite":false}})"),
                                  batch_of(1001), R"({"contacts":)" + batch_of(1001) + "}"}) {
    EXPECT_EQ(world.post("/v1/batch/contacts", body).status, 400) << body.substr(0, 60);
  }
  EXPECT_EQ(world.post("/v1/batch/contacts?overwrite=maybe", batch_of(1)).status, 400);
  EXPECT_EQ(world.log(), log);
}

/// One submission is one commit: nobody ever sees a part of it.
TEST(BatchCreate, OfAThousandIsSeenWholeOrNotAtAll) {
  World world;
  const std::string batch = batch_of(1000);
  std::jthread writer([&] { EXPECT_EQ(world.post("/v1/batch/contacts", batch).body, R"("ok")"); });
  for (std::string count = "0"; count != "1000";) {
    count = world.post("/v1/contacts/count", "")["count"];
    ASSERT_TRUE(count == "0" || count == "1000") << count;
  }
  writer.join();
  const auto log = world.log();
  for (std::size_t i = log.size() - 1000; i < log.size(); ++i) {
    EXPECT_EQ(log[i].request_id, log.back().request_id);
    EXPECT_EQ(log[i].subject, core::Subject::contact);
  }
}

}  // namespace
}  // namespace cardfile::test
