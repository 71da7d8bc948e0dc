#include "wire/channel_json.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "json_words.h"

namespace cardfile::wire {
namespace {

using Problems = std::vector<core::FieldError>;

core::ChannelPatch patch(std::string_view body) {
  JsonDocument document;
  return v2::read_channel_patch(document.parse(body));
}

v2::ChannelUpdate update(std::string_view body) {
  JsonDocument document;
  return v2::read_channel_update(document.parse(body));
}

core::Address address(std::string_view body, v2::ChannelQuery query = {}) {
  JsonDocument document;
  return v2::read_channel_address(document.parse(body), std::move(query));
}

TEST(ReadChannelPatch, TakesAChannelInItsNormalForm) {
  const auto full =
      patch(R"({"channel_type":"Phone","channel_id":"+1 510 555 3344","channel_handle":" h ","info_channel":"i"})");
  EXPECT_EQ(full, (core::ChannelPatch{"phone", "15105553344", "h", "i", {}}));
  const auto bare = patch(R"({"channel_type":"email","channel_id":" A@b.c ","channel_handle":null,"x":1})");
  EXPECT_EQ(bare, (core::ChannelPatch{"email", "A@b.c", {}, {}, {}}));
}

TEST(ReadChannelPatch, NamesEveryMemberAtFaultOnce) {
  EXPECT_EQ(patch("{}").problems, (Problems{{"channel_type", "is required"}, {"channel_id", "is required"}}));
  EXPECT_EQ(patch(R"({"channel_type":7,"channel_id":8,"channel_handle":9,"info_channel":[]})").problems,
            (Problems{{"channel_type", "must be a string"},
                      {"channel_id", "must be a string"},
                      {"channel_handle", "must be a string"},
                      {"info_channel", "must be a string"}}));
  EXPECT_EQ(patch(R"({"channel_type":"phone","channel_id":"x","channel_handle":5})").problems,
            (Problems{{"channel_handle", "must be a string"}, {"channel_id", std::string(core::kPhoneRule)}}));
  EXPECT_EQ(patch(R"({"channel_type":"phone","channel_id":"x"})").problems,
            (Problems{{"channel_id", std::string(core::kPhoneRule)}}));
  EXPECT_EQ(problems_of([] { patch("[]"); }), (Problems{{"body", "must be a JSON object"}}));
}

TEST(ReadChannelUpdate, TakesTheIdInEitherForm) {
  EXPECT_EQ(update(R"({"id":7,"channel_type":"phone","channel_id":"15105553344"})").id, core::ChannelId(7));
  EXPECT_EQ(update(R"({"id":"7","channel_type":"phone","channel_id":"15105553344"})").id, core::ChannelId(7));
  EXPECT_EQ(update(R"({"id":"","channel_type":"phone","channel_id":"15105553344"})").id, std::nullopt);
  EXPECT_EQ(update(R"({"channel_type":"phone","channel_id":"15105553344"})").id, std::nullopt);
  EXPECT_EQ(update(R"({"id":0,"channel_type":"phone","channel_id":"x"})").patch.problems,
            (Problems{{"channel_id", std::string(core::kPhoneRule)},
                      {"id", "must be a channel's id: an integer, or a string of its digits"}}));
}

TEST(ReadChannelAddress, TakesMembersFromTheBodyBeforeTheQuery) {
  const core::Address phone{"phone", "15105553344"};
  EXPECT_EQ(address(R"({"channel_type":"phone","channel_id":"+15105553344"})"), phone);
  EXPECT_EQ(v2::read_channel_address(std::nullopt, {"phone", "15105553344"}), phone);
  EXPECT_EQ(address(R"({"channel_id":"15105553344"})", {"phone", "1"}), phone);
  EXPECT_EQ(address(R"({"channel_type":"email","channel_id":"A@B.c"})"), (core::Address{"email", "a@b.c"}));
}

TEST(ReadChannelAddress, NamesEveryMemberAtFault) {
  EXPECT_EQ(problems_of([] { v2::read_channel_address(std::nullopt, {}); }),
            (Problems{{"channel_type", "is required"}, {"channel_id", "is required"}}));
  EXPECT_EQ(problems_of([] {
              address(R"({"channel_type":7})", {{}, "x"});
            }),
            (Problems{{"channel_type", "must be a string"}}));
  EXPECT_EQ(problems_of([] {
              v2::read_channel_address(std::nullopt, {"phone", {}},
                                       {{"channel_id", "must not be given twice"}, {"If-Match", "must be a list"}});
            }),
            (Problems{{"channel_id", "must not be given twice"}, {"If-Match", "must be a list"}}));
  EXPECT_EQ(problems_of([] {
              v2::read_channel_address(std::nullopt, {"email", "x"});
            }),
            (Problems{{"channel_id", std::string(core::kEmailRule)}}));
}

}  // namespace
}  // namespace cardfile::wire
