#include "wire/bulk_json.h"

#include <gtest/gtest.h>

#include <string>

#include "core/error.h"
#include "wire/contact_query_json.h"

namespace cardfile::wire {
namespace {

std::string written(std::string_view text) {
  JsonDocument document;
  std::string out;
  JsonWriter json(out);
  write_json(json, document.parse(text));
  return out;
}

TEST(AValueThatIsWrittenBack, IsWhatWasReadWithoutBlanks) {
  for (const char* text : {"null", "true", "-7", "1.50", "1e2", R"("é \"x\" \\ \n")", "[]", "{}",
                           R"([1,[2,{"a":null}],"b"])", R"({"a":{"b":[true,false]},"":0})"}) {
    EXPECT_EQ(written(text), text);
  }
  EXPECT_EQ(written(" [ 1 , { \"a\" : \"\\u00e9\" } ] "), "[1,{\"a\":\"\xc3\xa9\"}]");
}

TEST(AnItemThatFailed, ShowsOneErrorEvenWhenItCameWithOne) {
  JsonDocument document;
  std::string out;
  JsonWriter json(out);
  write_failed_batch_item(json, document.parse(R"({"error":"old","phone":"1"})"), "new");
  EXPECT_EQ(out, R"({"phone":"1","error":"new"})");
}

TEST(AContactQuery, IsTheDefaultWithoutParameters) {
  EXPECT_EQ(v1::read_contact_query(std::nullopt, {}), core::ContactQuery{});
  JsonDocument document;
  EXPECT_EQ(v1::read_contact_query(document.parse("{}"), {}), core::ContactQuery{});
}

TEST(AContactQuery, TurnsPagesIntoAnOffset) {
  JsonDocument document;
  const core::ContactQuery query = v1::read_contact_query(document.parse(R"({"limit":50,"page":3})"), {});
  EXPECT_EQ(query.limit, 50U);
  EXPECT_EQ(query.offset, 150U);
}

TEST(AContactSearch, TakesValuesIntoTheirNormalFormAndLeavesOutWhatNobodyCanHave) {
  JsonDocument document;
  const ContactSearch search = read_contact_search(document.parse(R"({"contact_channels":[
      {"channel_ids":["+1 312 555 0142"," Ada@Example.org ","oops"]},
      {"channel_type":"FaceBook","channel_id":"fb-1"}]})"));
  EXPECT_EQ(search.addresses,
            (std::vector<core::Address>{{"phone", "13125550142"}, {"email", "ada@example.org"}, {"facebook", "fb-1"}}));
  EXPECT_TRUE(search.contacts.empty());
}

TEST(AContactSearch, AsksForEachContactOnce) {
  JsonDocument document;
  const ContactSearch search = read_contact_search(document.parse(R"({"contact_channels":[
      {"channel_type":"id","channel_ids":["x","0b7d6c1e-52a4-4f0b-9c39-6f2f1f6f8a10"," 0B7D6C1E-52A4-4F0B-9C39-6F2F1F6F8A10 "]},
      {"channel_type":"id","channel_id":"0b7d6c1e-52a4-4f0b-9c39-6f2f1f6f8a10"}]})"));
  ASSERT_EQ(search.contacts.size(), 1U);
  EXPECT_EQ(search.contacts.front().to_string(), "0b7d6c1e-52a4-4f0b-9c39-6f2f1f6f8a10");
}

}  // namespace
}  // namespace cardfile::wire
