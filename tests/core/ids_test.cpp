#include "core/ids.h"

#include <gtest/gtest.h>

#include <unordered_set>

#include "core/print.h"

namespace cardfile::core {
namespace {

TEST(Ids, AreReadAsClientsWriteThem) {
  struct Case {
    std::string_view text;
    std::optional<std::int64_t> value;
  };
  const Case cases[] = {
      {"1", 1},
      {"40117", 40117},
      {"9007199254740991", kIdMax},
      {"9007199254740992", {}},      // 2^53: a JSON client could not hold it.
      {"9223372036854775807", {}},   // 2^63 - 1.
      {"9223372036854775808", {}},   // 2^63: past the integer itself.
      {"99999999999999999999", {}},  // More digits than any integer has.
      {"0", {}},
      {"00", {}},
      {"007", {}},
      {"-1", {}},
      {"+1", {}},
      {" 1", {}},
      {"1 ", {}},
      {"1.0", {}},
      {"1e3", {}},
      {"0x1f", {}},
      {"12a", {}},
      {"a", {}},
      {"", {}},
      {std::string_view("1\0", 2), {}},
      {"\xd9\xa1", {}},  // An Arabic-Indic one.
  };
  for (const auto& [text, value] : cases) EXPECT_EQ(parse_id(text), value) << '"' << text << '"';
}

TEST(Ids, ZeroStandsForNone) {
  EXPECT_FALSE(ContactId());
  EXPECT_FALSE(ContactId(0));
  EXPECT_TRUE(ContactId(1));
  EXPECT_TRUE(ContactId(-1));
}

TEST(Ids, CompareByTheirNumberAndCanBeKeys) {
  EXPECT_LT(ContactId(9), ContactId(10));
  EXPECT_EQ(ContactId(9).value(), 9);
  const std::unordered_set<ContactId> set{ContactId(9), ContactId(10), ContactId(9)};
  EXPECT_EQ(set.size(), 2U);
}

TEST(Uuids, AreReadInEitherCaseAndPrintedInLowerCase) {
  const auto uuid = Uuid::parse("0B7D6c1e-52A4-4f0b-9c39-6f2f1f6f8a10");
  ASSERT_TRUE(uuid);
  EXPECT_EQ(uuid->to_string(), "0b7d6c1e-52a4-4f0b-9c39-6f2f1f6f8a10");
  EXPECT_EQ(Uuid::parse(uuid->to_string()), uuid);
  EXPECT_EQ(uuid->bytes().front(), 0x0b);
  EXPECT_EQ(uuid->bytes().back(), 0x10);
  EXPECT_EQ(Uuid().to_string(), "00000000-0000-0000-0000-000000000000");
}

TEST(Uuids, AnythingButThe36CharacterFormIsNone) {
  const std::string_view texts[] = {
      "",
      "40117",
      "0b7d6c1e52a44f0b9c396f2f1f6f8a10",
      "{0b7d6c1e-52a4-4f0b-9c39-6f2f1f6f8a10}",
      "urn:uuid:0b7d6c1e-52a4-4f0b-9c39-6f2f1f6f8a10",
      "0b7d6c1e-52a4-4f0b-9c39-6f2f1f6f8a1",
      "0b7d6c1e-52a4-4f0b-9c39-6f2f1f6f8a100",
      "0b7d6c1e-52a4-4f0b-9c39-6f2f1f6f8a1g",
      "gb7d6c1e-52a4-4f0b-9c39-6f2f1f6f8a10",
      "0b7d6c1e_52a4-4f0b-9c39-6f2f1f6f8a10",
      "0b7d6c1e-52a4_4f0b-9c39-6f2f1f6f8a10",
      "0b7d6c1e-52a4-4f0b_9c39-6f2f1f6f8a10",
      "0b7d6c1e-52a4-4f0b-9c39_6f2f1f6f8a10",
      "0b7d6c1-e52a4-4f0b-9c39-6f2f1f6f8a10",
      " 0b7d6c1e-52a4-4f0b-9c39-6f2f1f6f8a1",
      "0b7d6c1e-52a4-4f0b-9c39-6f2f1f6f8a 0",
      "------------------------------------",
  };
  for (const std::string_view text : texts) EXPECT_FALSE(Uuid::parse(text)) << text;
}

TEST(Uuids, FromRandomBytesAreOfVersion4) {
  Uuid::Bytes ones{};
  ones.fill(0xff);
  EXPECT_EQ(Uuid::from_random(ones).to_string(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
  EXPECT_EQ(Uuid::from_random({}).to_string(), "00000000-0000-4000-8000-000000000000");
}

}  // namespace
}  // namespace cardfile::core
