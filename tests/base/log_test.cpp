#include "base/log.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temp_folder.h"

namespace cardfile::base {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class LogTest : public testing::Test {
 protected:
  std::string file() const { return folder_ / "log"; }

  std::string text() const {
    std::ifstream stream(file());
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  std::string line_with(std::string_view value) const {
    Log log(LogLevel::info, file());
    log.write(LogLevel::info, "event", {{"value", value}});
    log.flush();
    return text();
  }

 private:
  test::TempFolder folder_;
};

TEST_F(LogTest, WritesTimeLevelEventAndFields) {
  Log log(LogLevel::info, file());
  log.write(LogLevel::info, "listening", {{"address", "127.0.0.1"}, {"port", std::int64_t{8080}}});
  log.flush();
  EXPECT_THAT(text(), ContainsRegex("^20[0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]\\.[0-9]{3}Z "
                                    "info listening address=127.0.0.1 port=8080\n$"));
}

TEST_F(LogTest, NamesItsLevels) {
  Log log(LogLevel::debug, file());
  log.write(LogLevel::debug, "one");
  log.write(LogLevel::warning, "two");
  log.write(LogLevel::error, "three");
  log.flush();
  EXPECT_THAT(text(), HasSubstr("Z debug one\n"));
  EXPECT_THAT(text(), HasSubstr("Z warning two\n"));
  EXPECT_THAT(text(), HasSubstr("Z error three\n"));
}

TEST_F(LogTest, LeavesOutWhatIsBelowItsLevel) {
  Log log(LogLevel::warning, file());
  EXPECT_FALSE(log.wants(LogLevel::info));
  EXPECT_TRUE(log.wants(LogLevel::error));
  log.write(LogLevel::info, "quiet");
  log.write(LogLevel::error, "loud");
  log.flush();
  EXPECT_THAT(text(), Not(HasSubstr("quiet")));
  EXPECT_THAT(text(), HasSubstr("loud"));
}

TEST_F(LogTest, WritesNothingWhenItIsOff) {
  Log log(LogLevel::off, file());
  EXPECT_FALSE(log.wants(LogLevel::error));
  EXPECT_FALSE(log.wants(LogLevel::off));
  log.write(LogLevel::error, "loud");
  log.flush();
  EXPECT_EQ(text(), "");
}

TEST_F(LogTest, QuotesValuesWithBlanks) { EXPECT_THAT(line_with("two words"), HasSubstr(" value=\"two words\"\n")); }

TEST_F(LogTest, QuotesAnEmptyValue) { EXPECT_THAT(line_with(""), HasSubstr(" value=\"\"\n")); }

TEST_F(LogTest, QuotesAValueThatLooksLikeAnotherField) { EXPECT_THAT(line_with("a=b"), HasSubstr(" value=\"a=b\"\n")); }

TEST_F(LogTest, EscapesQuotesAndBackslashes) { EXPECT_THAT(line_with("a\"b\\"), HasSubstr(" value=\"a\\\"b\\\\\"\n")); }

TEST_F(LogTest, LetsNobodyForgeALine) {
  const std::string text = line_with("x\n2026-01-01T00:00:00.000Z error forged\r\x1b[2J\x7f");
  EXPECT_EQ(std::ranges::count(text, '\n'), 1);
  EXPECT_THAT(text, HasSubstr(R"(value="x\n2026-01-01T00:00:00.000Z error forged\x0d\x1b[2J\x7f")"));
}

TEST_F(LogTest, EscapesBytesThatATerminalMightObey) {
  EXPECT_THAT(line_with("\xc2\x9b"), HasSubstr(R"(value="\xc2\x9b")"));
}

TEST_F(LogTest, WritesNumbersToTheirEnds) {
  Log log(LogLevel::info, file());
  log.write(LogLevel::info, "ends", {{"least", INT64_MIN}, {"most", INT64_MAX}});
  log.flush();
  EXPECT_THAT(text(), HasSubstr("least=-9223372036854775808 most=9223372036854775807\n"));
}

TEST_F(LogTest, AppendsToAnOlderFile) {
  Log(LogLevel::info, file()).write(LogLevel::info, "first");
  Log(LogLevel::info, file()).write(LogLevel::info, "second");
  EXPECT_THAT(text(), ContainsRegex("first\n.*second\n"));
}

TEST_F(LogTest, WritesWhatWaitsWhenItEnds) {
  {
    Log log(LogLevel::info, file());
    for (int i = 0; i < 1000; ++i) log.write(LogLevel::info, "event");
  }
  const std::string written = text();
  EXPECT_EQ(std::ranges::count(written, '\n'), 1000);
}

TEST_F(LogTest, KeepsLinesOfManyThreadsWhole) {
  constexpr int kThreads = 8;
  constexpr int kLines = 400;  // Of all threads no more than may wait: of more, the oldest are dropped.
  Log log(LogLevel::info, file());
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&log] {
        for (int line = 0; line < kLines; ++line) log.write(LogLevel::info, "event", {{"line", std::int64_t{line}}});
        log.flush();
      });
    }
  }
  std::ifstream stream(file());
  int lines = 0;
  for (std::string line; std::getline(stream, line); ++lines) {
    EXPECT_THAT(line, ContainsRegex("Z info event line=[0-9]+$"));
  }
  EXPECT_EQ(lines, kThreads * kLines);
}

TEST_F(LogTest, SaysWhichFileItCannotOpen) {
  try {
    Log log(LogLevel::info, "/proc/no/such/log");
    FAIL() << "no exception";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("/proc/no/such/log"));
  }
}

TEST(Log, MakesNoFoldersOutOfAMistypedPath) {
  const test::TempFolder folder;
  EXPECT_THROW(Log(LogLevel::info, folder / "made/deep/log"), std::runtime_error);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace cardfile::base
