// Conditional requests: a revision is an entity tag.

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "api/world.h"

namespace cardfile::test {
namespace {

using core::Contact;

constexpr std::string_view kBody = R"({"phone":"13125550142","first":"Ada"})";

TEST(ConditionalRequests, EverySingleContactAnswerCarriesTheRevisionAsETag) {
  World world;
  EXPECT_EQ(world.post("/v1/contact", kBody).header("ETag"), R"("1")");
  const Contact ada = *world.stored(core::ContactId(1));
  EXPECT_EQ(world.get(v1_path(ada)).header("ETag"), R"("1")");
  EXPECT_EQ(world.get(v2_path(ada)).header("ETag"), R"("1")");
  EXPECT_EQ(world.post("/v1/contact/get", R"({"phone":"13125550142"})").header("ETag"), R"("1")");
  EXPECT_EQ(world.put(v1_path(ada), kBody).header("ETag"), R"("2")");
  EXPECT_EQ(world.put(v2_path(ada), "{}").header("ETag"), R"("3")");
  EXPECT_EQ(world.post("/v2/contact", R"({"phone":"13125550143"})").header("ETag"), R"("1")");
}

TEST(ConditionalRequests, APutGoesThroughWhenIfMatchNamesTheStoredRevision) {
  World world;
  const Contact ada = world.has_contact(kBody);
  EXPECT_EQ(world.put(v1_path(ada), kBody, {{"If-Match", R"("1")"}})["rev"], "2");
  EXPECT_EQ(world.put(v1_path(ada), kBody, {{"if-match", R"("7", "2" ,"9")"}})["rev"], "3");
  EXPECT_EQ(world.put(v2_path(ada), "{}", {{"If-Match", R"(, "3",)"}})["rev"], "4");
  EXPECT_EQ(world.put(v2_path(ada), "{}", {{"If-Match", "*"}})["rev"], "5");
  EXPECT_EQ(world.put(v2_path(ada), "{}", {{"If-Match", R"("1")"}, {"If-Match", R"("5")"}})["rev"], "6");
}

TEST(ConditionalRequests, APutIsRefusedWithTheStoredRevisionWhenIfMatchNamesAnother) {
  World world;
  const Contact ada = world.has_contact(kBody);
  for (const char* tag : {R"("2")", R"(W/"1")", R"("abc")", R"("01")", R"("")", R"("0","2")"}) {
    const Reply reply = world.put(v1_path(ada), kBody, {{"If-Match", tag}});
    EXPECT_EQ(reply.status, 412) << tag;
    EXPECT_EQ(reply["error"], "precondition_failed");
    EXPECT_EQ(reply["rev"], "1");
  }
  EXPECT_EQ(world.stored(ada.id), ada);
}

TEST(ConditionalRequests, AMalformedIfMatchIsBadData) {
  World world;
  const Contact ada = world.has_contact(kBody);
  for (const char* tag : {"1", "\"1", "", ",", "\"1\" \"2\"", "*,\"1\"", "\"a b\""}) {
    const Reply reply = world.put(v1_path(ada), kBody, {{"If-Match", tag}});
    EXPECT_EQ(reply.status, 400) << tag;
    EXPECT_EQ(reply["field"], "If-Match");
  }
  EXPECT_EQ(world.stored(ada.id), ada);
}

TEST(ConditionalRequests, AStaleIfMatchCountsBeforeABadField) {
  World world;
  const Contact ada = world.has_contact(kBody);
  EXPECT_EQ(world.put(v1_path(ada), R"({"phone":"x"})", {{"If-Match", R"("9")"}}).status, 412);
  EXPECT_EQ(world.put("/v1/contact/99", R"({"phone":"x"})", {{"If-Match", "*"}}).status, 404);
}

TEST(ConditionalRequests, ADeleteHeedsIfMatchToo) {
  World world;
  const Contact ada = world.has_contact(kBody);
  EXPECT_EQ(world.del(v1_path(ada), {{"If-Match", R"("2")"}}).status, 412);
  EXPECT_EQ(world.del(v2_path(ada), {{"If-Match", R"("2")"}})["rev"], "1");
  EXPECT_EQ(world.stored(ada.id), ada);
  EXPECT_EQ(world.del(v1_path(ada), {{"If-Match", R"("1")"}}).status, 200);
  EXPECT_EQ(world.stored(ada.id), std::nullopt);
}

TEST(ConditionalRequests, AGetAnswers304WhenIfNoneMatchNamesTheStoredRevision) {
  World world;
  const Contact ada = world.has_contact(kBody);
  for (const char* tag : {R"("1")", R"(W/"1")", R"("7","1")", "*"}) {
    for (const std::string& path : {v1_path(ada), v2_path(ada)}) {
      const Reply reply = world.get(path, {{"If-None-Match", tag}});
      EXPECT_EQ(reply.status, 304) << tag;
      EXPECT_EQ(reply.body, "");
      EXPECT_EQ(reply.header("ETag"), R"("1")");
    }
  }
  for (const char* tag : {R"("2")", "nonsense", ""})
    EXPECT_EQ(world.get(v1_path(ada), {{"If-None-Match", tag}}).status, 200) << tag;
}

TEST(ConditionalRequests, AGetAnswersInFullWhenATagOfTheContactHasChangedSinceOrIsGone) {
  World world;
  const Contact ada = world.has_contact(R"({"phone": "15105553344", "tags": [{"tag_id": 2}]})");
  const auto expect_status = [&](int status) {
    EXPECT_EQ(world.get(v1_path(ada), {{"If-None-Match", R"("1")"}}).status, status);
    EXPECT_EQ(world.get(v2_path(ada), {{"If-None-Match", R"("1")"}}).status, status);
  };
  expect_status(304);
  world.put("/v1/tag/2", R"({"tag": "Renamed"})");
  expect_status(200);
  world.del("/v1/tag/2");
  expect_status(200);
}

TEST(ConditionalRequests, OfManyClientsWithTheSameIfMatchExactlyOneWins) {
  World world;
  const Contact ada = world.has_contact(kBody);
  std::atomic<int> won = 0;
  std::atomic<int> lost = 0;
  std::vector<std::jthread> clients;
  for (int i = 0; i < 16; ++i) {
    clients.emplace_back([&] {
      const int status = world.put(v1_path(ada), kBody, {{"If-Match", R"("1")"}}).status;
      ++(status == 200 ? won : lost);
      EXPECT_TRUE(status == 200 || status == 412);
    });
  }
  clients.clear();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(lost, 15);
  EXPECT_EQ(world.stored(ada.id)->rev, 2);
}

}  // namespace
}  // namespace cardfile::test
