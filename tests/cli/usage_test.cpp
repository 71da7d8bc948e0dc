// What the program says about itself, and how it refuses what it does not understand.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/config.h"
#include "cli/settings.h"
#include "support/program.h"

namespace cardfile::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::MatchesRegex;

using Command = std::vector<std::string>;

/// Those that the help of `command` lists.
std::vector<Command> subcommands_of(const Command& command, const std::string& help) {
  std::vector<Command> commands;
  std::istringstream stream(help.substr(std::min(help.find("\nSubcommands:\n"), help.size())));
  for (std::string line; std::getline(stream, line);) {
    if (!line.starts_with("  ") || line.starts_with("   ") || line.starts_with("  cardfile ")) continue;
    commands.push_back(command);
    commands.back().push_back(line.substr(2, line.find(' ', 2) - 2));
  }
  return commands;
}

TEST(Usage, HelpsWithEveryCommandAndGivesAnExample) {
  const TempFolder folder;
  std::vector<Command> commands = {{}};
  for (std::size_t i = 0; i < commands.size(); ++i) {
    std::vector<std::string> arguments = commands[i];
    arguments.emplace_back("--help");
    const Finished help = cardfile(folder, arguments);
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_THAT(help.output, HasSubstr("Example")) << testing::PrintToString(arguments);
    EXPECT_THAT(help.output, HasSubstr("cardfile ")) << testing::PrintToString(arguments);
    EXPECT_EQ(help.errors, "");
    const auto more = subcommands_of(commands[i], help.output);
    commands.insert(commands.end(), more.begin(), more.end());
  }
  EXPECT_THAT(commands, testing::IsSupersetOf({Command{"serve"}, {"inbox", "list"}, {"webhook", "delete"}}));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Usage, ListsEverySettingOfServe) {
  const TempFolder folder;
  const std::string help = cardfile(folder, {"serve", "--help"}).output;
  const base::Config settings = cli::all_settings();
  for (const base::ConfigKey& key : settings.keys()) {
    EXPECT_THAT(help, HasSubstr("\n  " + base::flag_of(key) + " "));
  }
}

TEST(Usage, SaysInEveryCommandWhereTheNamesOfTheFileAre) {
  const TempFolder folder;
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"serve"}, {"check"}, {"key", "list"}, {"team", "create"}}) {
    std::vector<std::string> arguments = command;
    arguments.emplace_back("--help");
    std::string help = cardfile(folder, arguments).output;
    std::erase(help, '\n');
    EXPECT_THAT(help, ContainsRegex("the names in +cardfile serve --help with +'_' for +'-'"));
  }
}

TEST(Usage, PrintsItsVersion) {
  const TempFolder folder;
  const Finished version = cardfile(folder, {"version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_THAT(version.output, MatchesRegex("cardfile [0-9]+\\.[0-9]+\\.[0-9]+\n"));
  EXPECT_EQ(cardfile(folder, {"--version"}).output, version.output);
}

struct Misuse {
  std::vector<std::string> arguments;
  std::string message;

  /// By its arguments, or the list of tests would print its bytes, addresses among them.
  friend void PrintTo(const Misuse& misuse, std::ostream* out) { *out << testing::PrintToString(misuse.arguments); }
};

class MisusedProgram : public testing::TestWithParam<Misuse> {};

TEST_P(MisusedProgram, EndsWithTwoAndSaysWhatToDo) {
  const TempFolder folder;
  const Finished refused = cardfile(folder, GetParam().arguments);
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.errors, HasSubstr(GetParam().message));
  EXPECT_EQ(refused.output, "");
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

INSTANTIATE_TEST_SUITE_P(
    All, MisusedProgram,
    testing::Values(
        Misuse{{}, "See: cardfile --help"}, Misuse{{"sevre"}, "unknown argument 'sevre': did you mean 'serve'?"},
        Misuse{{"team"}, "See: cardfile team --help"}, Misuse{{"team", "creat"}, "did you mean 'create'?"},
        Misuse{{"team", "create"}, "See: cardfile team create --help"},
        Misuse{{"serve", "--lisen", "127.0.0.1:1"}, "did you mean '--listen'?"},
        Misuse{{"serve", "--listen", "8080"}, "must be HOST:PORT"},
        Misuse{{"serve", "--listen", "::1:8080"}, "must be HOST:PORT"},
        Misuse{{"serve", "--listen", "example.com:80"}, "must be HOST:PORT"},
        Misuse{{"serve", "--listen", "127.0.0.1:65536"}, "must be HOST:PORT"},
        Misuse{{"serve", "--threads", "many"}, "--threads must be a whole number from 0 to 256."},
        Misuse{{"serve", "--idle-timeout-ms", "0"}, "--idle-timeout-ms must be a whole number from 1 to"},
        Misuse{{"serve", "--demo=maybe"}, "--demo must be true or false."},
        Misuse{{"serve", "--access-log=99999999999999999999999"}, "--access-log must be true or false."},
        Misuse{{"serve", "--log-level", "loud"}, "--log-level must be one of debug, info, warning, error, off."},
        Misuse{{"serve", "--tls-cert", "cert.pem"}, "both --tls-cert and --tls-key, or neither"},
        Misuse{{"serve", "--tls-key", "key.pem"}, "both --tls-cert and --tls-key, or neither"},
        Misuse{{"serve", "--config", "absent.toml"}, "absent.toml cannot be read"},
        Misuse{{"serve", "--config", "/"}, "The configuration file / cannot be read: it is a folder."},
        Misuse{{"team", "list", "--config", "/"}, "The configuration file / cannot be read: it is a folder."},
        Misuse{{"check", "--data", ""}, "The data folder must have a name: --data DIR."},
        Misuse{{"serve", "--data", ""}, "The data folder must have a name: --data DIR."},
        Misuse{{"backup", "--to", ""}, "--to: must name a path"},
        Misuse{{"check", "--data", "a", "--data", "b"},
               "cardfile: --data is given more than once.\nSee: cardfile check"},
        Misuse{{"key", "list", "--team", "1", "--team", "1"}, "cardfile: --team is given more than once."},
        Misuse{{"user", "create", "--team", "1"}, "--name is required"}, Misuse{{"user", "list"}, "--team is required"},
        Misuse{{"user", "list", "--team", "x"}, "--team: must be a whole number from 1 to 9007199254740991"},
        Misuse{{"user", "list", "--team", "0"}, "--team: must be a whole number from 1 to"},
        Misuse{{"inbox", "create", "--team", "1", "--name", "A", "--member", "0"}, "--member: must be a whole number"},
        Misuse{{"user", "create", "--team", "1", "--name", "A", "--role", "king"}, "--role"},
        Misuse{{"team", "create", "\xff\xfe"}, "UTF-8"}, Misuse{{"team", "create", "\xed\xa0\x80"}, "UTF-8"},
        Misuse{{"key", "revoke", "0", "--team", "1"}, "id: must be a whole number from 1 to"},
        Misuse{{"key", "revoke", "abc", "--team", "1"}, "id: must be a whole number from 1 to"},
        Misuse{{"key", "revoke", "99999999999999999999", "--team", "1"}, "id: must be a whole number from 1 to"},
        Misuse{{"webhook", "delete", "1.5", "--team", "1"}, "id: must be a whole number from 1 to"}));

TEST(Usage, RefusesUnknownKeysInTheFile) {
  const TempFolder folder;
  std::ofstream(folder / "cardfile.toml") << "lisen = '127.0.0.1:0'\n";
  const Finished refused = cardfile(folder, {"serve", "--config", "cardfile.toml"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_EQ(refused.errors, "cardfile: unknown key 'lisen' in cardfile.toml: did you mean 'listen'?\n");
}

TEST(Usage, RefusesUnknownVariables) {
  const TempFolder folder;
  const Finished refused = cardfile(folder, {"serve"}, {{"CARDFILE_LISEN", "127.0.0.1:0"}});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.errors, HasSubstr("did you mean 'CARDFILE_LISTEN'?"));
}

}  // namespace
}  // namespace cardfile::test
