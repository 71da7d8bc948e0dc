#include "wire/json_in.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "json_words.h"

namespace cardfile::wire {
namespace {

using Problems = std::vector<core::FieldError>;

Problems refused(std::string_view text) {
  JsonDocument document;
  return problems_of([&] { document.parse(text); });
}

TEST(JsonDocument, HandsOutValuesByKind) {
  JsonDocument document;
  const Json body = document.parse(R"({"n":null,"t":true,"f":false,"i":-12,"d":1.50,"s":"x","a":[1,2],"o":{"k":1}})");
  ASSERT_TRUE(body.is(JsonKind::object));
  EXPECT_EQ(body.size(), 8U);
  EXPECT_TRUE(body.find("n")->is(JsonKind::null));
  EXPECT_TRUE(body.find("t")->boolean());
  EXPECT_FALSE(body.find("f")->boolean());
  EXPECT_EQ(body.find("i")->integer(), -12);
  EXPECT_EQ(body.find("i")->text(), "-12");
  EXPECT_TRUE(body.find("d")->is(JsonKind::number));
  EXPECT_EQ(body.find("d")->text(), "1.50");
  EXPECT_EQ(body.find("s")->text(), "x");
  EXPECT_EQ(body.find("a")->size(), 2U);
  EXPECT_EQ(body.find("o")->find("k")->integer(), 1);
}

TEST(JsonDocument, SaysAbsentAndNullApartWhereItMatters) {
  JsonDocument document;
  const Json body = document.parse(R"({"n":null,"z":0})");
  EXPECT_TRUE(body.find("n"));
  EXPECT_FALSE(body.given("n"));
  EXPECT_TRUE(body.given("z"));
  EXPECT_FALSE(body.find("other"));
  EXPECT_FALSE(body.find("z")->find("z"));
}

TEST(JsonDocument, WalksItemsAndMembersInTheirOrder) {
  JsonDocument document;
  std::vector<std::string> seen;
  for (const Json item : document.parse(R"([{"x":[1,2,3]},[],{},"last"])")) {
    seen.push_back(std::to_string(static_cast<int>(item.kind())) + "/" + std::to_string(item.size()));
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"6/1", "5/0", "6/0", "4/0"}));
  for (const Json item : document.parse("7")) FAIL() << item.text();
}

TEST(JsonDocument, CallsOnlyWholeSpellingsIntegers) {
  JsonDocument document;
  for (const auto* text : {"1.0", "1e2", "-0.0", "1E0"}) EXPECT_TRUE(document.parse(text).is(JsonKind::number)) << text;
  for (const auto* text : {"1", "-1", "0", "-0"}) EXPECT_TRUE(document.parse(text).is(JsonKind::integer)) << text;
}

TEST(JsonDocument, KeepsItsOwnCopyOfTheBody) {
  JsonDocument document;
  std::string body = R"({"first":"Ada"})";
  const Json value = document.parse(body);
  body.assign(body.size(), '!');
  EXPECT_EQ(value.find("first")->text(), "Ada");
}

TEST(JsonDocument, TellsWhichMemberIsGivenTwice) {
  EXPECT_EQ(refused(R"({"phone":"1","first":"a","phone":"2"})"), (Problems{{"phone", "is given twice"}}));
  EXPECT_EQ(refused(R"({"a":1,"\u0061":2})"), (Problems{{"a", "is given twice"}}));
  EXPECT_EQ(refused(R"({"custom":{"12":"a","13":"b","12":"c"}})"), (Problems{{"custom.12", "is given twice"}}));
  EXPECT_EQ(refused(R"({"tags":[{"tag_id":1},{"tag_id":2,"x":{"y":1,"y":1}}]})"),
            (Problems{{"tags[1].x.y", "is given twice"}}));
  EXPECT_EQ(refused(R"([{"a":1,"a":1}])"), (Problems{{"[0].a", "is given twice"}}));
}

std::string object_of(std::size_t members) {
  std::string text = "{";
  for (std::size_t i = 0; i < members; ++i) text += "\"k" + std::to_string(i) + "\":1,";
  return text;
}

TEST(JsonDocument, FindsARepeatedMemberAmongMany) {
  for (const std::size_t members : {15U, 16U, 17U, 1000U}) {
    EXPECT_TRUE(refused(object_of(members) + "\"last\":1}").empty()) << members;
    EXPECT_EQ(refused(object_of(members) + "\"k3\":1}"), (Problems{{"k3", "is given twice"}})) << members;
  }
}

TEST(JsonDocument, NestsAsDeepAsItSaysAndNoDeeper) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(refused(nested(kJsonDepthMax)).empty());
  EXPECT_EQ(refused(nested(kJsonDepthMax + 1)), (Problems{{"body", "is nested more than 32 levels deep at byte 32"}}));
  std::string objects;
  for (std::size_t i = 0; i <= kJsonDepthMax; ++i) objects += R"({"a":)";
  EXPECT_EQ(refused(objects + "1" + std::string(kJsonDepthMax + 1, '}')).size(), 1U);
}

TEST(JsonDocument, RefusesHostileBodiesWithoutLongWork) {
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(refused(std::string(1 << 20, '[')).size(), 1U);
  EXPECT_EQ(refused(std::string(1 << 20, '{')).size(), 1U);
  EXPECT_EQ(refused(std::string(1 << 20, '"')).size(), 1U);
  EXPECT_EQ(refused("[" + std::string(1 << 20, '9') + "]").size(), 1U);
  EXPECT_TRUE(refused(object_of(100'000) + "\"last\":1}").empty());
  std::string same_length = "{";
  for (int i = 100'000; i < 200'000; ++i) same_length += "\"" + std::string(20, 'x') + std::to_string(i) + "\":0,";
  EXPECT_TRUE(refused(same_length + "\"last\":1}").empty());
  // Generous: a quadratic check takes minutes here, under any sanitizer.
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(20));
}

TEST(JsonDocument, ReadsSmallAndLargeDocumentsInTurn) {
  JsonDocument document;
  std::string large = "[";
  for (int i = 0; i < 50'000; ++i) large += R"("some text",)";
  large += "0]";
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(document.parse(large).size(), 50'001U);
    EXPECT_EQ(document.parse("[1]").size(), 1U);
  }
}

/// Makes documents up: the same seed, the same documents.
class Inventor {
 public:
  explicit Inventor(unsigned seed) : random_(seed) {}

  std::string document() {
    std::string out;
    JsonWriter json(out);
    value(json, 0);
    return out;
  }

  /// The same with blanks between some of the tokens outside strings.
  std::string spread(std::string_view text) {
    std::string out;
    bool inside = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '"') inside = !inside;
      const bool structural = !inside && std::string_view("[]{},:").find(text[i]) != std::string_view::npos;
      if (structural && pick(3) == 0) out += ' ';
      out += text[i];
      if (inside && text[i] == '\\') out += text[++i];
      if (structural && pick(3) == 0) out += "\n\t";
    }
    return out;
  }

 private:
  unsigned pick(unsigned choices) { return static_cast<unsigned>(random_() % choices); }

  std::string text() {
    static const std::vector<std::string> kPieces = {"a",
                                                     "Zz9",
                                                     " ",
                                                     "\"",
                                                     "\\",
                                                     "/",
                                                     "\n",
                                                     "\x01",
                                                     "\t",
                                                     "\xC3\xA9",
                                                     "\xE2\x82\xAC",
                                                     "\xF0\x9F\x98\x80",
                                                     "0123456789abcdef",
                                                     std::string(1, '\0')};
    std::string out;
    for (unsigned i = pick(8); i > 0; --i) out += kPieces[pick(static_cast<unsigned>(kPieces.size()))];
    return out;
  }

  void value(JsonWriter& json, unsigned depth) {
    switch (pick(depth < 6 ? 8 : 6)) {
      case 0:
        json.null();
        return;
      case 1:
        json.boolean(pick(2) == 0);
        return;
      case 2:
        json.integer(static_cast<std::int64_t>(random_()) * (pick(2) == 0 ? 1 : -1));
        return;
      case 3:
        json.raw("-" + std::to_string(pick(1000)) + "." + std::to_string(pick(1000)) + "e-" + std::to_string(pick(99)));
        return;
      case 4:
      case 5:
        json.string(text());
        return;
      case 6:
        json.begin_array();
        for (unsigned i = pick(6); i > 0; --i) value(json, depth + 1);
        json.end_array();
        return;
      default:
        json.begin_object();
        for (unsigned i = pick(24); i > 0; --i) {
          json.key(std::to_string(i) + text());
          value(json, depth + 1);
        }
        json.end_object();
    }
  }

  std::mt19937_64 random_;
};

TEST(JsonDocument, ReadsBackWhateverTheWriterWrites) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Inventor inventor(seed);
  for (int i = 0; i < 500; ++i) {
    const std::string text = inventor.document();
    ASSERT_EQ(rewritten(text), text);
    ASSERT_EQ(rewritten(inventor.spread(text)), text);
  }
}

TEST(JsonDocument, TellsThePlaceInTheBodyThatWasSentAlsoBehindEscapes) {
  EXPECT_EQ(refused(R"({"a":"x\"y"}])").front().message, "is not JSON: an unexpected character at byte 12");
  EXPECT_EQ(refused(R"({"a":"xzzy"}])").front().message, "is not JSON: an unexpected character at byte 12");
}

TEST(JsonDocument, TakesSoManyValuesAndNoMore) {
  const auto zeros = [](std::size_t count) {
    std::string text = "[0";
    for (std::size_t i = 1; i < count; ++i) text += ",0";
    return text + "]";
  };
  EXPECT_EQ(refused(zeros(kJsonValuesMax - 1)), Problems{});
  EXPECT_EQ(refused(zeros(kJsonValuesMax)), (Problems{{"body", "has more than 200000 values at byte 399999"}}));
}

TEST(JsonDocument, SurvivesEveryDamagedByte) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  Inventor inventor(seed);
  JsonDocument document;
  for (int i = 0; i < 3000; ++i) {
    std::string text = inventor.document();
    for (auto hits = 1 + random() % 3; hits > 0; --hits) {
      text[random() % text.size()] = static_cast<char>(random() % 256);
    }
    try {
      std::string out;
      JsonWriter json(out);
      write_value(json, document.parse(text));
      ASSERT_EQ(rewritten(out), out);
    } catch (const core::Error& error) {
      ASSERT_EQ(error.errors().size(), 1U);
    }
  }
}

}  // namespace
}  // namespace cardfile::wire
