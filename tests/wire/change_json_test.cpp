#include "wire/change_json.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace cardfile::wire {
namespace {

using Changes = std::vector<core::FieldChange>;
using Integers = std::vector<std::int64_t>;
using Channels = std::vector<core::Channel>;

core::Timestamp at(std::int64_t microseconds) { return core::Timestamp(std::chrono::microseconds(microseconds)); }

TEST(ChangeJson, TellsEachFieldWithWhatItWasAndBecame) {
  const core::Channel phone{core::ChannelId(1), "phone", "15105553344", "", "", at(5), at(5)};
  const Changes changes = {{"first", "Ada", "Grace"},
                           {"custom.12", {}, "pro"},
                           {"custom.13", "", {}},
                           {"assigned_user_id", {}, std::int64_t{77}},
                           {"blocked", false, true},
                           {"tags", Integers{9}, Integers{9, 10}},
                           {"channels", {}, Channels{phone}}};
  EXPECT_EQ(changes_to_json(changes),
            R"({"first":["Ada","Grace"],"custom.12":[null,"pro"],"custom.13":["",null],"assigned_user_id":[null,77],)"
            R"("blocked":[false,true],"tags":[[9],[9,10]],)"
            R"("channels":[null,[{"id":1,"type":"phone","value":"15105553344","created":5}]]})");
  EXPECT_EQ(parse_changes(changes_to_json(changes)), changes);
}

TEST(ChangeJson, TellsThatNothingChanged) {
  EXPECT_EQ(changes_to_json({}), "{}");
  EXPECT_EQ(parse_changes("{}"), Changes{});
}

TEST(ChangeJson, KeepsEmptyListsOfEitherKindApart) {
  const Changes changes = {{"tags", Integers{}, Integers{1}},
                           {"email_suppressions", Integers{2}, Integers{}},
                           {"channels", Channels{}, Channels{}}};
  EXPECT_EQ(parse_changes(changes_to_json(changes)), changes);
}

TEST(ChangeJson, ReadsBackWhateverItWrites) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto pick = [&random](unsigned choices) { return static_cast<unsigned>(random() % choices); };
  const auto text = [&] { return std::string(pick(40), 'a') + (pick(2) == 0 ? "\"\\\n\x02" : "\xC3\xA9"); };
  const auto value = [&](bool is_channels) -> core::LogValue {
    switch (pick(is_channels ? 2 : 5)) {
      case 0:
        return std::monostate();
      case 1: {
        if (!is_channels) return Integers(pick(4), std::int64_t{pick(1000)} - 500);
        Channels channels;
        for (unsigned i = pick(3); i > 0; --i) {
          channels.push_back({core::ChannelId(i), text(), text(), text(), "", at(pick(9)), at(pick(9))});
        }
        return channels;
      }
      case 2:
        return pick(2) == 0;
      case 3:
        return std::int64_t{pick(1000)} - 500;
      default:
        return text();
    }
  };
  for (int i = 0; i < 500; ++i) {
    Changes changes;
    for (unsigned field = 0; field < pick(6); ++field) {
      changes.push_back({"custom." + std::to_string(field), value(false), value(false)});
    }
    changes.push_back({"channels", value(true), value(true)});
    ASSERT_EQ(parse_changes(changes_to_json(changes)), changes);
  }
}

TEST(ChangeJson, SaysThatTheStoreIsDamaged) {
  for (const std::string broken :
       {"", "[]", "{", R"({"a":1})", R"({"a":[1]})", R"({"a":[1,2,3]})", R"({"a":[1.5,null]})", R"({"a":[{},null]})",
        R"({"tags":[["x"],null]})", R"({"channels":[[1],null]})", R"({"tags":[[{"id":1}],null]})"}) {
    EXPECT_THROW(parse_changes(broken), std::runtime_error) << broken;
  }
}

}  // namespace
}  // namespace cardfile::wire
