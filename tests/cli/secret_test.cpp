// secret: what a team's programs sign their tokens with, and the key file that it is sealed under.

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/http_client.h"
#include "support/program.h"

namespace cardfile::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

constexpr const char* kUuid = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}";

class SecretCommand : public testing::Test {
 protected:
  SecretCommand() { cardfile(folder, {"team", "create", "Sales"}); }

  Finished create(const std::string& name = "CRM sync") {
    return cardfile(folder, {"secret", "create", "--team", "1", "--name", name, "--json"});
  }
  std::string key_file() { return folder / "data/secrets.key"; }

  TempFolder folder;
};

TEST_F(SecretCommand, ShowsASecretOnceAndHowToSign) {
  const Finished made = cardfile(folder, {"secret", "create", "--team", "1", "--name", "CRM sync"});
  EXPECT_EQ(made.exit_code, 0) << made.errors;
  EXPECT_THAT(made.output, HasSubstr("Secret \"CRM sync\" of team 1 is made:"));
  EXPECT_THAT(made.output, ContainsRegex(std::string("\n  id      ") + kUuid + "\n"));
  EXPECT_THAT(made.output, ContainsRegex("\n  secret  cfs_[A-Za-z0-9_-]{43}\n"));
  EXPECT_THAT(cardfile(folder, {"secret", "list", "--team", "1"}).output,
              MatchesRegex(std::string("ID +NAME +CREATED +STATE\n") + kUuid + "  CRM sync  20[^ ]*Z  valid\n"));
  EXPECT_THAT(cardfile(folder, {"secret", "list", "--team", "1", "--json"}).output, Not(HasSubstr("cfs_")));
}

TEST_F(SecretCommand, PrintsAScriptThatSignsAndIsLetIn) {
  const Finished made = cardfile(folder, {"secret", "create", "--team", "1", "--name", "CRM sync"});
  RunningServer server(folder);
  std::string script = made.output.substr(made.output.find("  id=") + 2);
  const std::string printed = "http://127.0.0.1:8080/v1/team";
  ASSERT_NE(script.find(printed), std::string::npos);
  script.replace(script.find(printed), printed.size(), server.url("/v1/team"));
  const Finished answered = run({.arguments = {"/bin/bash", "-c", script}, .folder = folder.path()});
  EXPECT_EQ(json_member(answered.output, "name"), "Sales") << answered.output << answered.errors;
}

TEST_F(SecretCommand, KeepsTheSecretOutOfTheFolderInClear) {
  const std::string secret = json_member(create().output, "secret");
  ASSERT_THAT(secret, MatchesRegex("cfs_[A-Za-z0-9_-]{43}"));
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "data")) {
    if (!entry.is_regular_file()) continue;
    std::ifstream stream(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    EXPECT_THAT(text, Not(HasSubstr(secret))) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 2);
}

TEST_F(SecretCommand, MakesNoKeyFileForANameThatIsNone) {
  for (const std::string name : {"", " ", "two\nlines"}) EXPECT_EQ(create(name).exit_code, 2) << name;
  EXPECT_FALSE(std::filesystem::exists(key_file()));
}

TEST_F(SecretCommand, MakesTheKeyFileOnceForItsOwnerAlone) {
  EXPECT_FALSE(std::filesystem::exists(key_file()));
  create("old");
  struct stat status {};
  ASSERT_EQ(::stat(key_file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  const auto written = std::filesystem::last_write_time(key_file());
  create("new");
  EXPECT_EQ(std::filesystem::last_write_time(key_file()), written);
}

TEST_F(SecretCommand, GivesATeamTwoSecretsAtMostAndSaysHowToGoOn) {
  const std::string old = json_member(create("old").output, "id");
  EXPECT_EQ(create("new").exit_code, 0);
  const Finished refused = create("one more");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("at most 2 API secrets: revoke one of them first"));
  EXPECT_EQ(cardfile(folder, {"secret", "revoke", old, "--team", "1"}).exit_code, 0);
  EXPECT_EQ(create("one more").exit_code, 0);
}

TEST_F(SecretCommand, RevokesASecret) {
  const std::string id = json_member(create().output, "id");
  const Finished revoked = cardfile(folder, {"secret", "revoke", id, "--team", "1"});
  EXPECT_EQ(revoked.exit_code, 0) << revoked.errors;
  EXPECT_THAT(revoked.output, HasSubstr("is revoked"));
  EXPECT_THAT(cardfile(folder, {"secret", "list", "--team", "1"}).output, HasSubstr("revoked"));
  EXPECT_THAT(cardfile(folder, {"secret", "revoke", id, "--team", "1"}).output, HasSubstr("was revoked already"));
  for (const char* unknown : {"6f1d0a52-9d0e-4a63-8c57-0f9f2c6f3a11", "7", "x"}) {
    const Finished refused = cardfile(folder, {"secret", "revoke", unknown, "--team", "1"});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.errors, HasSubstr(std::string("Team 1 has no secret ") + unknown));
  }
}

TEST_F(SecretCommand, RefusesToGoOnWithoutTheKeyFile) {
  const std::string id = json_member(create().output, "id");
  std::filesystem::rename(key_file(), folder / "elsewhere");
  for (const Finished& refused : {create("new"), cardfile(folder, {"serve", "--listen", "127.0.0.1:0"})}) {
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.errors, HasSubstr("secrets.key is missing"));
    EXPECT_THAT(refused.errors, HasSubstr("No backup has it: put the copy there that was kept elsewhere"));
    EXPECT_THAT(refused.errors, HasSubstr("(cardfile secret list --team ID --data ./data)"));
  }
  EXPECT_FALSE(std::filesystem::exists(key_file()));
  // The way out when it is lost.
  EXPECT_EQ(cardfile(folder, {"secret", "revoke", id, "--team", "1"}).exit_code, 0);
  EXPECT_EQ(create("new").exit_code, 0);
}

TEST_F(SecretCommand, RefusesAKeyFileThatOthersMayRead) {
  create();
  ASSERT_EQ(::chmod(key_file().c_str(), 0640), 0);
  for (const Finished& refused : {create("new"), cardfile(folder, {"serve", "--listen", "127.0.0.1:0"})}) {
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.errors, HasSubstr("may be used by others (mode 0640)"));
  }
}

TEST_F(SecretCommand, SealsNothingWithAKeyThatAReplacedFileDoesNotHold) {
  {
    RunningServer server(folder);
    server.port();
    std::ofstream(key_file()) << std::string(42, 'x') + "A\n";
    std::filesystem::permissions(key_file(), std::filesystem::perms::owner_read);
    const Finished refused = create();
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.errors, HasSubstr("secrets.key was replaced while the server runs"));
    EXPECT_EQ(server.stop(), 0);
  }
  EXPECT_EQ(create().exit_code, 0);
  RunningServer restarted(folder);
  EXPECT_NE(restarted.port(), 0);
}

TEST_F(SecretCommand, RefusesTheKeyFileOfAnotherFolder) {
  const std::string id = json_member(create().output, "id");
  std::filesystem::remove(key_file());
  std::ofstream(key_file()) << std::string(42, 'x') + "A\n";
  std::filesystem::permissions(key_file(), std::filesystem::perms::owner_read);
  for (const Finished& refused : {create("new"), cardfile(folder, {"serve", "--listen", "127.0.0.1:0"})}) {
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.errors, HasSubstr("secrets.key does not open API secret " + id));
  }
}

}  // namespace
}  // namespace cardfile::test
