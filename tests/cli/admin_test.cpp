// team, user, inbox, key, migrate and check.

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/held_folder.h"
#include "support/program.h"

namespace cardfile::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

TEST(TeamCommand, CreatesTeamsWithRisingIds) {
  const TempFolder folder;
  const Finished first = cardfile(folder, {"team", "create", "Sales"});
  EXPECT_EQ(first.exit_code, 0) << first.errors;
  EXPECT_THAT(first.output, HasSubstr("Team 1 \"Sales\" is made."));
  const Finished second = cardfile(folder, {"team", "create", "Café", "--json"});
  EXPECT_EQ(json_member(second.output, "id"), "2");
  EXPECT_EQ(json_member(second.output, "name"), "Café");
}

TEST(TeamCommand, ListsTeamsInAlignedColumns) {
  const TempFolder folder;
  cardfile(folder, {"team", "create", "Café"});
  cardfile(folder, {"team", "create", "A long name"});
  const Finished list = cardfile(folder, {"team", "list"});
  EXPECT_EQ(list.exit_code, 0);
  EXPECT_THAT(list.output, MatchesRegex("ID  NAME         CREATED\n"
                                        "1   Café         20[^ ]*Z\n"
                                        "2   A long name  20[^ ]*Z\n"));
  EXPECT_THAT(cardfile(folder, {"team", "list", "--json"}).output,
              MatchesRegex("\\[\\{\"id\":1,\"name\":\"Café\",\"created\":\"20[^\"]*Z\"\\},"
                           "\\{\"id\":2,\"name\":\"A long name\",\"created\":\"20[^\"]*Z\"\\}\\]\n"));
}

TEST(TeamCommand, RefusesANameThatIsNone) {
  const TempFolder folder;
  const Finished refused = cardfile(folder, {"team", "create", " "});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.errors, HasSubstr("name: must be 1 to 255 characters in one line\n"));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(UserCommand, CreatesAndListsUsersOfATeam) {
  const TempFolder folder;
  cardfile(folder, {"team", "create", "Sales"});
  const Finished admin =
      cardfile(folder, {"user", "create", "--team", "1", "--name", "Mina Sato", "--email", "mina@example.org",
                        "--phone", "+1 312 555 0142", "--role", "admin", "--json"});
  EXPECT_EQ(admin.exit_code, 0) << admin.errors;
  EXPECT_EQ(json_member(admin.output, "id"), "1");
  EXPECT_EQ(json_member(admin.output, "phone"), "13125550142");
  EXPECT_EQ(json_member(admin.output, "role"), "admin");
  const Finished member = cardfile(folder, {"user", "create", "--team", "1", "--name", "Ben"});
  EXPECT_THAT(member.output, HasSubstr("User 2 \"Ben\" of team 1 is made."));
  EXPECT_EQ(cardfile(folder, {"user", "list", "--team", "1"}).output,
            "ID  NAME       E-MAIL            PHONE        ROLE\n"
            "1   Mina Sato  mina@example.org  13125550142  admin\n"
            "2   Ben                                       member\n");
  EXPECT_THAT(cardfile(folder, {"user", "list", "--team", "1", "--json"}).output, ContainsRegex("^\\[\\{.*\\}\\]\n$"));
}

TEST(UserCommand, ListsNamesWithoutWhatATerminalWouldObey) {
  const TempFolder folder;
  cardfile(folder, {"team", "create", "Sales"});
  cardfile(folder, {"user", "create", "--team", "1", "--name",
                    "Mina \xc2\x9b"
                    "31m Saté"});
  EXPECT_THAT(cardfile(folder, {"user", "list", "--team", "1"}).output, HasSubstr("1   Mina ?31m Saté"));
}

TEST(UserCommand, RefusesAnAddressThatIsNone) {
  const TempFolder folder;
  cardfile(folder, {"team", "create", "Sales"});
  const Finished refused = cardfile(folder, {"user", "create", "--team", "1", "--name", "Ben", "--email", "ben"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.errors, HasSubstr("email"));
}

TEST(InboxCommand, CreatesAndListsInboxesOfATeam) {
  const TempFolder folder;
  cardfile(folder, {"team", "create", "Sales"});
  cardfile(folder, {"user", "create", "--team", "1", "--name", "Mina"});
  cardfile(folder, {"user", "create", "--team", "1", "--name", "Ben"});
  const Finished support =
      cardfile(folder, {"inbox", "create", "--team", "1", "--name", "Support", "--phone", "+1 312 555 0110", "--phone",
                        "13125550111", "--member", "2", "--member", "1", "--json"});
  EXPECT_EQ(support.exit_code, 0) << support.errors;
  EXPECT_THAT(support.output,
              HasSubstr(R"({"id":1,"name":"Support","phones":["13125550110","13125550111"],"members":[2,1],)"));
  const Finished sales = cardfile(folder, {"inbox", "create", "--team", "1", "--name", "Sales"});
  EXPECT_EQ(sales.output, "Inbox 2 \"Sales\" of team 1 is made.\n");
  EXPECT_EQ(cardfile(folder, {"inbox", "list", "--team", "1"}).output,
            "ID  NAME     PHONES                   MEMBERS\n"
            "1   Support  13125550110 13125550111  2 1\n"
            "2   Sales\n");
  EXPECT_THAT(cardfile(folder, {"inbox", "list", "--team", "1", "--json"}).output, ContainsRegex("^\\[\\{.*\\}\\]\n$"));
}

TEST(InboxCommand, RefusesAMemberThatIsNoUserAndAPhoneThatIsNone) {
  const TempFolder folder;
  cardfile(folder, {"team", "create", "Sales"});
  const Finished refused =
      cardfile(folder, {"inbox", "create", "--team", "1", "--name", "A", "--member", "7", "--phone", "x"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.errors, HasSubstr("7 is not one"));
  EXPECT_THAT(refused.errors, HasSubstr("phones: "));
  EXPECT_EQ(cardfile(folder, {"inbox", "list", "--team", "1", "--json"}).output, "[]\n");
}

TEST(KeyCommand, ShowsAKeyOnceAndHowToUseIt) {
  const TempFolder folder;
  cardfile(folder, {"team", "create", "Sales"});
  const Finished made = cardfile(folder, {"key", "create", "--team", "1", "--name", "n8n"});
  EXPECT_EQ(made.exit_code, 0) << made.errors;
  EXPECT_THAT(made.output, ContainsRegex("\n  cf_[A-Za-z0-9_-]{43}\n"));
  EXPECT_THAT(made.output, HasSubstr("curl -H \"Authorization: Bearer cf_"));
  EXPECT_THAT(cardfile(folder, {"key", "list", "--team", "1"}).output,
              MatchesRegex("ID  NAME  KIND  CREATED +STATE\n1   n8n   api   20[^ ]*Z  valid\n"));
  EXPECT_THAT(cardfile(folder, {"key", "list", "--team", "1", "--json"}).output, Not(HasSubstr("cf_")));
}

TEST(KeyCommand, MakesKeysOfTheOtherKindForTheN8nNode) {
  const TempFolder folder;
  cardfile(folder, {"team", "create", "Sales"});
  const Finished made = cardfile(folder, {"key", "create", "--team", "1", "--name", "flows", "--kind", "n8n"});
  EXPECT_EQ(made.exit_code, 0) << made.errors;
  EXPECT_THAT(made.output, ContainsRegex("curl -H \"X-Heymarket-API-Key: cf_[^ ]*\" http://[^ ]*/n8n/v1/test_auth"));
  EXPECT_THAT(cardfile(folder, {"key", "list", "--team", "1", "--json"}).output, HasSubstr("\"kind\":\"n8n\""));
  EXPECT_EQ(cardfile(folder, {"key", "create", "--team", "1", "--name", "x", "--kind", "root"}).exit_code, 2);
}

TEST(KeyCommand, GivesEveryKeyAnotherSecret) {
  const TempFolder folder;
  const std::string first = make_team_and_key(folder);
  const Finished second = cardfile(folder, {"key", "create", "--team", "1", "--name", "test", "--json"});
  EXPECT_EQ(json_member(second.output, "id"), "2");
  EXPECT_THAT(json_member(second.output, "key"), MatchesRegex("cf_[A-Za-z0-9_-]{43}"));
  EXPECT_NE(json_member(second.output, "key"), first);
}

TEST(KeyCommand, RevokesAKey) {
  const TempFolder folder;
  make_team_and_key(folder);
  const Finished revoked = cardfile(folder, {"key", "revoke", "1", "--team", "1"});
  EXPECT_EQ(revoked.exit_code, 0) << revoked.errors;
  EXPECT_THAT(revoked.output, HasSubstr("is revoked"));
  EXPECT_THAT(cardfile(folder, {"key", "list", "--team", "1"}).output, HasSubstr("revoked"));
  EXPECT_THAT(cardfile(folder, {"key", "revoke", "1", "--team", "1"}).output, HasSubstr("was revoked already"));
  const Finished unknown = cardfile(folder, {"key", "revoke", "9", "--team", "1"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.errors, HasSubstr("Team 1 has no key 9."));
}

TEST(AdminCommands, SayWhenThereIsNoSuchTeam) {
  const TempFolder folder;
  cardfile(folder, {"team", "create", "Sales"});
  for (const char* group : {"user", "inbox", "key", "secret"}) {
    const Finished refused = cardfile(folder, {group, "create", "--team", "7", "--name", "x"});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_EQ(refused.errors, "cardfile: There is no team 7. See which there are with: cardfile team list\n");
  }
}

TEST(AdminCommands, NameOtherCommandsWithTheFolderThatTheyWereGiven) {
  const TempFolder folder;
  EXPECT_THAT(cardfile(folder, {"team", "create", "Sales", "--data", "a"}).output,
              HasSubstr("cardfile key create --team 1 --name \"my program\" --data a\n"));
  EXPECT_THAT(cardfile(folder, {"user", "list", "--team", "7", "--data", "a"}).errors,
              HasSubstr("cardfile team list --data a\n"));
  EXPECT_THAT(cardfile(folder, {"key", "revoke", "7", "--team", "1", "--data", "a"}).errors,
              HasSubstr("cardfile key list --team 1 --data a\n"));
  EXPECT_THAT(cardfile(folder, {"webhook", "delete", "7", "--team", "1", "--data", "a"}).errors,
              HasSubstr("cardfile webhook list --team 1 --data a\n"));
}

TEST(AdminCommands, MakeNoFolderOutOfAMistypedPath) {
  const TempFolder folder;
  for (const char* command : {"check", "migrate"}) {
    const Finished refused = cardfile(folder, {command, "--data", "tpyo"});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.errors, HasSubstr("There is no data folder tpyo: name another one with --data, "));
  }
  EXPECT_EQ(cardfile(folder, {"key", "list", "--team", "1"}).exit_code, 1);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(AdminCommands, SayThatAFolderCannotBeLookedAt) {
  const TempFolder folder;
  std::filesystem::create_symlink("loop", folder / "loop");
  for (const char* command : {"check", "migrate"}) {
    const Finished refused = cardfile(folder, {command, "--data", "loop/data"});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_EQ(refused.errors,
              "cardfile: Cannot open the data folder loop/data: Too many levels of symbolic links. Name another one "
              "with --data, or run "
              "this as its owner.\n");
  }
}

/// As bash runs it, in which $cardfile is the program.
Finished in_shell(const TempFolder& folder, const std::string& script) {
  const std::string program = cardfile_with(folder, {}).arguments.front();
  return run(
      {.arguments = {"/bin/bash", "-c", script}, .environment = {{"cardfile", program}}, .folder = folder.path()});
}

class WhatCannotBePrinted : public testing::TestWithParam<std::string> {
 protected:
  WhatCannotBePrinted() { make_team_and_key(folder); }

  std::string errors_of(const std::string& arguments) {
    const Finished finished = in_shell(folder, "$cardfile " + arguments + " " + GetParam());
    EXPECT_EQ(finished.exit_code, 1) << arguments;
    EXPECT_THAT(finished.errors, StartsWith("cardfile: Standard output cannot be written to: ")) << arguments;
    return finished.errors;
  }

  TempFolder folder;
};

TEST_P(WhatCannotBePrinted, IsAFailureThatNamesTheKeyToRevoke) {
  EXPECT_THAT(
      errors_of("key create --team 1 --name n8n"),
      HasSubstr(". Key 2 of team 1 is made and nobody knows it: revoke it with: cardfile key revoke 2 --team 1\n"));
  EXPECT_THAT(errors_of("key create --team 1 --name n8n --json"), HasSubstr("cardfile key revoke 3 --team 1\n"));
  EXPECT_EQ(cardfile(folder, {"key", "revoke", "3", "--team", "1"}).exit_code, 0);
  const std::string errors = errors_of("secret create --team 1 --name n8n");
  const std::string id = json_member(cardfile(folder, {"secret", "list", "--team", "1", "--json"}).output, "id");
  EXPECT_THAT(errors, HasSubstr("revoke it with: cardfile secret revoke " + id + " --team 1\n"));
  EXPECT_THAT(errors_of("webhook create --team 1 --url https://example.org/hooks --sign"),
              HasSubstr("delete it with: cardfile webhook delete 1 --team 1\n"));
}

TEST_P(WhatCannotBePrinted, IsTakenBackInTheFolderWhereItWasMade) {
  std::filesystem::rename(folder / "data", folder / "other");
  std::ofstream(folder / "other.toml") << "data = 'other'\n";
  EXPECT_THAT(errors_of("key create --team 1 --name n8n --data other"),
              HasSubstr("cardfile key revoke 2 --team 1 --data other\n"));
  EXPECT_THAT(errors_of("key create --team 1 --name n8n --config other.toml"),
              HasSubstr("cardfile key revoke 3 --team 1 --config other.toml\n"));
  EXPECT_THAT(errors_of("secret create --team 1 --name n8n --data=other"), ContainsRegex("--team 1 --data other\n"));
  EXPECT_THAT(errors_of("webhook create --team 1 --url https://example.org/hooks --data other"),
              HasSubstr("cardfile webhook delete 1 --team 1 --data other\n"));
  RunningServer server(folder, {"--data", "other"});
  server.port();
  EXPECT_THAT(errors_of("key create --team 1 --name n8n --data other"),
              HasSubstr("cardfile key revoke 4 --team 1 --data other\n"));
}

TEST_P(WhatCannotBePrinted, IsAFailureOfTheServersAnswerToo) {
  RunningServer server(folder);
  server.port();
  EXPECT_THAT(errors_of("key create --team 1 --name n8n"), HasSubstr("cardfile key revoke 2 --team 1\n"));
  EXPECT_THAT(errors_of("key list --team 1"), Not(HasSubstr("revoke")));
}

TEST_P(WhatCannotBePrinted, IsAFailureOfEveryCommand) {
  for (const char* arguments : {"key list --team 1", "team list --json", "migrate", "version", "--version", "--help",
                                "key create --help", "backup --to copy"}) {
    errors_of(arguments);
  }
}

INSTANTIATE_TEST_SUITE_P(Ways, WhatCannotBePrinted, testing::Values("> /dev/full", ">&-"));

TEST(AdminCommands, WriteIntoNoFileInPlaceOfAClosedStream) {
  const TempFolder folder;
  make_team_and_key(folder);
  EXPECT_EQ(in_shell(folder, "$cardfile key create --team 1 --name n8n <&- >&- 2>&-").exit_code, 1);
  EXPECT_EQ(cardfile(folder, {"check"}).exit_code, 0);
  EXPECT_EQ(in_shell(folder, "$cardfile key revoke 9 --team 1 2> /dev/full").exit_code, 1);
}

TEST(AdminCommands, SayWhatToDoWithAKeyThatNobodyReads) {
  const TempFolder folder;
  make_team_and_key(folder);
  const Finished finished =
      in_shell(folder, "mkfifo pipe; exec 3<>pipe 4>pipe 3<&-; $cardfile key create --team 1 --name n8n >&4");
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_THAT(finished.errors, HasSubstr("cardfile key revoke 2 --team 1\n"));
}

TEST(AdminCommands, MakeNoDatabaseInAFolderThatHasNone) {
  const std::vector<std::vector<std::string>> commands = {
      {"team", "list"},
      {"user", "create", "--team", "1", "--name", "Mina"},
      {"key", "list", "--team", "1"},
      {"key", "revoke", "1", "--team", "1"},
      {"secret", "create", "--team", "1", "--name", "CRM sync"},
      {"webhook", "delete", "1", "--team", "1"},
      {"check"},
      {"migrate"},
      {"backup", "--to", "copy"},
  };
  for (const std::vector<std::string>& others :
       {std::vector<std::string>{}, {"search.db"}, {"secrets.key"}, {"cardfile.db"}}) {
    const TempFolder folder;
    std::filesystem::create_directory(folder / "data");
    for (const std::string& other : others) {
      std::ofstream file(folder / ("data/" + other));
      if (other != "cardfile.db") file << "x";
    }
    for (const auto& command : commands) {
      const Finished refused = cardfile(folder, command);
      EXPECT_EQ(refused.exit_code, 1) << testing::PrintToString(command);
      EXPECT_EQ(refused.output, "");
      EXPECT_THAT(refused.errors, HasSubstr("cardfile: There is no database in ./data: "));
    }
    const std::filesystem::directory_iterator left(folder / "data");
    EXPECT_EQ(std::distance(begin(left), end(left)), static_cast<std::ptrdiff_t>(others.size()));
    EXPECT_FALSE(std::filesystem::exists(folder / "copy"));
    if (others == std::vector<std::string>{"cardfile.db"}) {
      EXPECT_TRUE(std::filesystem::is_empty(folder / "data/cardfile.db"));
    }
    EXPECT_EQ(cardfile(folder, {"team", "create", "Sales"}).exit_code, 0);
  }
}

TEST(AdminCommands, SayOfALogWhoseDatabaseIsGoneThatItHasAcknowledgedChanges) {
  const TempFolder folder;
  {
    RunningServer server(folder, {"--demo", "--data", "data"});
    ASSERT_NE(server.port(), 0);
    server.process().kill();
  }
  const std::filesystem::path log = folder / "data/cardfile.db-wal";
  ASSERT_GT(std::filesystem::file_size(log), 0U);
  std::filesystem::remove(folder / "data/cardfile.db");
  const Finished checked = cardfile(folder, {"check"});
  EXPECT_EQ(checked.exit_code, 1);
  EXPECT_THAT(checked.output, HasSubstr("cardfile.db is gone, and its write-ahead log cardfile.db-wal"));
  for (const std::vector<std::string>& command : {std::vector<std::string>{"backup", "--to", "copy"},
                                                  {"migrate"},
                                                  {"team", "list"},
                                                  {"team", "create", "Sales"}}) {
    const Finished refused = cardfile(folder, command);
    EXPECT_EQ(refused.exit_code, 1) << testing::PrintToString(command);
    EXPECT_THAT(refused.errors, HasSubstr("cardfile.db is gone, and its write-ahead log cardfile.db-wal"));
  }
  EXPECT_GT(std::filesystem::file_size(log), 0U);
}

TEST(AdminCommands, TakeTheDataFolderFromFlagEnvironmentOrFile) {
  const TempFolder folder;
  EXPECT_EQ(cardfile(folder, {"team", "create", "A", "--data", "a"}, {{"CARDFILE_DATA", "b"}}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder / "a"));
  EXPECT_FALSE(std::filesystem::exists(folder / "b"));
  EXPECT_THAT(cardfile(folder, {"team", "list"}, {{"CARDFILE_DATA", "a"}}).output, HasSubstr("A"));
}

const std::map<std::string, std::string> kWithoutWaiting = {{"CARDFILE_LOCK_TIMEOUT_MS", "0"}};
const std::map<std::string, std::string> kWithPatience = {{"CARDFILE_LOCK_TIMEOUT_MS", "60000"}};
constexpr std::chrono::seconds kPatience(60);

// The others are done by the server: admin_socket_test.cpp.
TEST(MaintenanceCommands, SayWhenTheFolderIsInUse) {
  const TempFolder folder;
  make_team_and_key(folder);
  RunningServer server(folder);
  server.port();
  for (const char* command : {"check", "migrate"}) {
    const Finished refused = cardfile(folder, {command}, kWithoutWaiting);
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.errors, HasSubstr("in use"));
  }
}

TEST(AdminCommands, SayWhenTheFolderIsInUseByWhatIsNoServer) {
  const TempFolder folder;
  make_team_and_key(folder);
  const HeldFolder held(folder);
  const Finished refused = cardfile(folder, {"team", "list"}, kWithoutWaiting);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("in use"));
}

TEST(Commands, WaitForTheFolderWhileAnotherHoldsIt) {
  const TempFolder folder;
  make_team_and_key(folder);
  for (const std::vector<std::string>& command : {std::vector<std::string>{"team", "list"}, {"check"}, {"migrate"}}) {
    HeldFolder held(folder);
    Process waiting(cardfile_with(folder, command, kWithPatience));
    held.await_refusal();
    held.let_go();
    EXPECT_EQ(waiting.wait(kPatience), (Ending{.exit_code = 0})) << waiting.errors();
  }
}

TEST(Commands, ThatAreStartedTogetherAllSucceed) {
  const TempFolder folder;
  make_team_and_key(folder);
  std::vector<std::unique_ptr<Process>> together;
  for (int i = 0; i < 6; ++i) {
    together.push_back(std::make_unique<Process>(
        cardfile_with(folder, {"user", "create", "--team", "1", "--name", "Mina"}, kWithPatience)));
  }
  for (const auto& command : together) {
    EXPECT_EQ(command->wait(kPatience), (Ending{.exit_code = 0})) << command->errors();
  }
  EXPECT_THAT(cardfile(folder, {"user", "list", "--team", "1"}).output, HasSubstr("\n6   Mina"));
}

TEST(CheckCommand, FindsNothingInASoundFolder) {
  const TempFolder folder;
  make_team_and_key(folder);
  const Finished check = cardfile(folder, {"check"});
  EXPECT_EQ(check.exit_code, 0);
  EXPECT_EQ(check.output, "");
  EXPECT_EQ(check.errors, "0 contacts and 2 changes checked: all is well.\n");
}

TEST(CheckCommand, FindsAFileThatCannotBeRead) {
  const TempFolder folder;
  make_team_and_key(folder);
  std::fstream(folder / "data/cardfile.db", std::ios::binary | std::ios::in | std::ios::out) << std::string(200, 'x');
  const Finished check = cardfile(folder, {"check"});
  EXPECT_EQ(check.exit_code, 1);
  EXPECT_THAT(check.output, MatchesRegex("The database cannot be read: .*file is not a database.*\n"));
  EXPECT_EQ(check.errors,
            "0 contacts and 0 changes checked: 1 finding. Stop using this folder and restore a backup.\n");
}

TEST(CheckCommand, FindsThatADatabaseIsEmptyAndLeavesItSo) {
  const TempFolder folder;
  make_database_without_tables(folder, "data");
  const auto size = std::filesystem::file_size(folder / "data/cardfile.db");
  const Finished check = cardfile(folder, {"check"});
  EXPECT_EQ(check.exit_code, 1);
  EXPECT_THAT(check.output, HasSubstr("cardfile.db is empty"));
  EXPECT_EQ(std::filesystem::file_size(folder / "data/cardfile.db"), size);
}

TEST(MigrateCommand, SaysWhatToDoAboutADamagedFile) {
  const TempFolder folder;
  std::filesystem::create_directory(folder / "data");
  std::ofstream(folder / "data/cardfile.db") << std::string(5000, 'x');
  const Finished refused = cardfile(folder, {"migrate"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("damaged, or no database of cardfile's. See how far with: cardfile check"));
}

TEST(MigrateCommand, SaysThatThereIsNothingToDo) {
  const TempFolder folder;
  make_team_and_key(folder);
  const Finished migrated = cardfile(folder, {"migrate"});
  EXPECT_EQ(migrated.exit_code, 0) << migrated.errors;
  EXPECT_THAT(migrated.output, MatchesRegex("\\./data has format [0-9]+ already: nothing to do\\.\n"));
}

TEST(MigrateCommand, SaysFromWhichFormatToWhich) {
  const TempFolder folder;
  make_database_without_tables(folder, "data");
  const Finished migrated = cardfile(folder, {"migrate"});
  EXPECT_EQ(migrated.exit_code, 0) << migrated.errors;
  EXPECT_THAT(migrated.output, MatchesRegex("\\./data is brought from format 0 to format [0-9]+\\.\n"));
}

}  // namespace
}  // namespace cardfile::test
