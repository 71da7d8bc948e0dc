#include "base/config.h"

#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temp_folder.h"

namespace cardfile::base {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

std::string refusal(const std::function<void()>& read) {
  try {
    read();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "nothing was refused";
}

class ConfigTest : public testing::Test {
 protected:
  static Config config() {
    return {
        "CARDFILE_",
        {
            {.name = "listen", .help = "Where", .fallback = "127.0.0.1:8080", .form = "HOST:PORT"},
            {.name = "idle_timeout_ms", .help = "How long", .fallback = std::int64_t{75'000}, .min = 1, .max = 100'000},
            {.name = "queue", .help = "How many", .fallback = std::int64_t{5}, .min = 2},
            {.name = "access_log", .help = "Whether", .fallback = false},
            {.name = "port_file", .help = "Who is told", .fallback = ""},
            {.name = "config", .help = "This file", .fallback = "", .in_file = false},
            {.name = "level", .help = "How much", .fallback = "info", .choices = {"info", "error"}},
        }};
  }

  std::string file_with(const std::string& text) const {
    std::ofstream(folder_ / "cardfile.toml") << text;
    return folder_ / "cardfile.toml";
  }

  std::string refusal_of_file(const std::string& text) const {
    return refusal([&] { config().read_file(file_with(text)); });
  }

  static void read_environment(Config& config, const std::vector<std::string>& variables) {
    config.read_environment(variables);
  }

  test::TempFolder folder_;
};

TEST_F(ConfigTest, FallsBackWhenNothingIsGiven) {
  const Config settings = config();
  EXPECT_EQ(settings.text("listen"), "127.0.0.1:8080");
  EXPECT_EQ(settings.number("idle_timeout_ms"), 75'000);
  EXPECT_FALSE(settings.yes("access_log"));
  EXPECT_FALSE(settings.is_given("listen"));
}

TEST_F(ConfigTest, ReadsFlags) {
  Config settings = config();
  settings.read_flag("listen", "[::1]:1");
  settings.read_flag("idle_timeout_ms", "20");
  settings.read_flag("access_log", "true");
  EXPECT_EQ(settings.text("listen"), "[::1]:1");
  EXPECT_EQ(settings.number("idle_timeout_ms"), 20);
  EXPECT_TRUE(settings.yes("access_log"));
  EXPECT_TRUE(settings.is_given("listen"));
}

TEST_F(ConfigTest, ReadsTheEnvironment) {
  Config settings = config();
  read_environment(settings,
                   {"PATH=/bin", "CARDFILE_LISTEN=a=b", "CARDFILE_IDLE_TIMEOUT_MS=20", "CARDFILE_ACCESS_LOG=1"});
  EXPECT_EQ(settings.text("listen"), "a=b");
  EXPECT_EQ(settings.number("idle_timeout_ms"), 20);
  EXPECT_TRUE(settings.yes("access_log"));
}

TEST_F(ConfigTest, ReadsAFile) {
  Config settings = config();
  settings.read_file(file_with("# a comment\nlisten = \"here\"\nidle_timeout_ms = 1_000\naccess_log = true\n"));
  EXPECT_EQ(settings.text("listen"), "here");
  EXPECT_EQ(settings.number("idle_timeout_ms"), 1000);
  EXPECT_TRUE(settings.yes("access_log"));
}

TEST_F(ConfigTest, PrefersFlagsToTheEnvironmentAndTheEnvironmentToTheFile) {
  const std::string file = file_with("listen = 'file'\nidle_timeout_ms = 3\nqueue = 30\n");
  Config first = config();
  first.read_flag("listen", "flag");
  read_environment(first, {"CARDFILE_LISTEN=environment", "CARDFILE_IDLE_TIMEOUT_MS=2"});
  first.read_file(file);
  Config last = config();
  last.read_file(file);
  read_environment(last, {"CARDFILE_LISTEN=environment", "CARDFILE_IDLE_TIMEOUT_MS=2"});
  last.read_flag("listen", "flag");
  for (const Config& settings : {first, last}) {
    EXPECT_EQ(settings.text("listen"), "flag");
    EXPECT_EQ(settings.number("idle_timeout_ms"), 2);
    EXPECT_EQ(settings.number("queue"), 30);
  }
}

TEST_F(ConfigTest, RefusesAnUnknownKeyAndSuggestsTheNearest) {
  EXPECT_EQ(refusal_of_file("lisen = 'x'"), "unknown key 'lisen' in cardfile.toml: did you mean 'listen'?");
  EXPECT_EQ(refusal_of_file("idle_timeout = 1"),
            "unknown key 'idle_timeout' in cardfile.toml: did you mean 'idle_timeout_ms'?");
  EXPECT_EQ(refusal_of_file("colour = 1"), "unknown key 'colour' in cardfile.toml");
  EXPECT_EQ(refusal_of_file("[server]\nlisten = 'x'"), "unknown key 'server' in cardfile.toml");
}

TEST_F(ConfigTest, RefusesAnUnknownVariableAndSuggestsTheNearest) {
  Config settings = config();
  EXPECT_EQ(refusal([&] { read_environment(settings, {"CARDFILE_LSITEN=x"}); }),
            "unknown environment variable 'CARDFILE_LSITEN': did you mean 'CARDFILE_LISTEN'?");
}

TEST_F(ConfigTest, PassesOverWhatKubernetesTellsOfServices) {
  Config settings = config();
  read_environment(settings, {"CARDFILE_SERVICE_HOST=10.0.0.7", "CARDFILE_SERVICE_PORT=8080",
                              "CARDFILE_SERVICE_PORT_HTTP=8080", "CARDFILE_PORT=tcp://10.0.0.7:8080",
                              "CARDFILE_PORT_8080_TCP=tcp://10.0.0.7:8080", "CARDFILE_PORT_8080_TCP_ADDR=10.0.0.7",
                              "CARDFILE_PORT_8080_TCP_PORT=8080", "CARDFILE_PORT_8080_TCP_PROTO=tcp",
                              "CARDFILE_API_SERVICE_HOST=10.0.0.8", "CARDFILE_API_PORT=tcp://10.0.0.8:80",
                              "CARDFILE_API_PORT_80_TCP_ADDR=10.0.0.8", "CARDFILE_PORT_FILE=here"});
  EXPECT_EQ(settings.text("port_file"), "here");
  for (const char* mistake :
       {"CARDFILE_PORT=8080", "CARDFILE_PORT", "CARDFILE_PORT_FIEL=x", "CARDFILE_PORT_=x", "CARDFILE_PORT_80A=x",
        "CARDFILE_SERVICE=x", "CARDFILE_SERVICE_LEVEL=x", "CARDFILE_HOST=x"}) {
    EXPECT_THAT(refusal([&] { read_environment(settings, {mistake}); }), HasSubstr("unknown environment variable"))
        << mistake;
  }
}

TEST_F(ConfigTest, RefusesAWrongTypeAndSaysWhatIsAllowed) {
  EXPECT_EQ(refusal_of_file("idle_timeout_ms = '5s'"),
            "'idle_timeout_ms' in cardfile.toml must be a whole number from 1 to 100000.");
  EXPECT_EQ(refusal_of_file("idle_timeout_ms = 1.5"),
            "'idle_timeout_ms' in cardfile.toml must be a whole number from 1 to 100000.");
  EXPECT_EQ(refusal_of_file("access_log = 'yes'"), "'access_log' in cardfile.toml must be true or false.");
  EXPECT_EQ(refusal_of_file("listen = 8080"), "'listen' in cardfile.toml must be a text.");
  EXPECT_EQ(refusal_of_file("[listen]"), "'listen' in cardfile.toml must be a text.");
}

TEST_F(ConfigTest, RefusesAValueOutOfRange) {
  Config settings = config();
  const std::string rule = "--idle-timeout-ms must be a whole number from 1 to 100000.";
  for (const char* text : {"0", "100001", "-5", "", "5s", " 5", "99999999999999999999"}) {
    EXPECT_EQ(refusal([&] { settings.read_flag("idle_timeout_ms", text); }), rule) << text;
  }
  EXPECT_EQ(refusal([&] { read_environment(settings, {"CARDFILE_QUEUE=1"}); }),
            "CARDFILE_QUEUE must be a whole number, at least 2.");
  EXPECT_EQ(refusal([&] { read_environment(settings, {"CARDFILE_ACCESS_LOG=maybe"}); }),
            "CARDFILE_ACCESS_LOG must be true or false.");
}

TEST_F(ConfigTest, RefusesWhatIsNoChoice) {
  Config settings = config();
  EXPECT_EQ(refusal([&] { settings.read_flag("level", "loud"); }), "--level must be one of info, error.");
  EXPECT_EQ(refusal_of_file("level = 'loud'"), "'level' in cardfile.toml must be one of info, error.");
}

TEST_F(ConfigTest, SaysWhereAFileIsNoToml) {
  EXPECT_THAT(refusal_of_file("listen = 'x'\nqueue ="), MatchesRegex(".*cardfile.toml, line 2, column [0-9]+: .*"));
}

TEST_F(ConfigTest, SaysWhichFileItCannotRead) {
  EXPECT_THAT(refusal([&] { config().read_file(folder_ / "absent.toml"); }), HasSubstr("absent.toml cannot be read"));
  EXPECT_EQ(refusal([&] { config().read_file(folder_.path()); }),
            "The configuration file " + folder_.path().native() + " cannot be read: it is a folder.");
}

TEST_F(ConfigTest, RefusesAFileThatNamesAnother) {
  EXPECT_EQ(refusal_of_file("config = 'another.toml'"),
            "'config' in cardfile.toml has no effect: give it as --config or in the environment.");
  Config settings = config();
  read_environment(settings, {"CARDFILE_CONFIG=cardfile.toml"});
  EXPECT_EQ(settings.text("config"), "cardfile.toml");
}

TEST_F(ConfigTest, NamesAKeysFlag) { EXPECT_EQ(flag_of(config().keys()[1]), "--idle-timeout-ms"); }

TEST(Nearest, FindsTheWordThatWasMeant) {
  const std::vector<std::string> words = {"serve", "team", "user", "version"};
  EXPECT_EQ(nearest("sevre", words), "serve");
  EXPECT_EQ(nearest("teams", words), "team");
  EXPECT_EQ(nearest("verison", words), "version");
  EXPECT_EQ(nearest("backup", words), "");
}

}  // namespace
}  // namespace cardfile::base
