// The operator's commands while a server holds the data folder: done by that server, at once.

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/admin_socket.h"
#include "support/held_folder.h"
#include "support/http_client.h"
#include "support/program.h"

namespace cardfile::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::StartsWith;

class AServedFolder : public testing::Test {
 protected:
  AServedFolder() { server.port(); }

  Finished run(std::vector<std::string> arguments) { return cardfile(folder, arguments); }

  /// What a program with this key is answered.
  int status_with(const std::string& key) {
    HttpClient client(server.port(), {{"Authorization", "Bearer " + key}});
    const auto reply = client.send("GET", "/v1/team", "");
    return reply ? reply->status : 0;
  }

  std::string socket_file() const { return folder / "data/admin.sock"; }

  TempFolder folder;
  std::string first_key = make_team_and_key(folder);
  RunningServer server{folder};
};

/// A program that has connected to the socket.
class Caller {
 public:
  explicit Caller(const std::string& file) : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    file.copy(address.sun_path, sizeof address.sun_path - 1);
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;
  ~Caller() { ::close(socket_); }

  bool is_connected() const { return connected_; }

  std::string ask(const std::string& bytes) {
    ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    ::shutdown(socket_, SHUT_WR);
    std::string answer;
    char byte = 0;
    while (::recv(socket_, &byte, 1, 0) == 1) answer += byte;
    return answer;
  }

 private:
  int socket_;
  bool connected_ = false;
};

TEST_F(AServedFolder, TakesAKeyOnceItIsMadeAndUntilItIsRevoked) {
  const Finished made = run({"key", "create", "--team", "1", "--name", "n8n", "--json"});
  EXPECT_EQ(made.exit_code, 0) << made.errors;
  const std::string key = json_member(made.output, "key");
  EXPECT_EQ(status_with(key), 200);
  EXPECT_THAT(run({"key", "list", "--team", "1"}).output, ContainsRegex("2   n8n   api   20[^ ]*Z  valid\n"));
  const Finished revoked = run({"key", "revoke", "2", "--team", "1"});
  EXPECT_EQ(revoked.output, "Key 2 \"n8n\" is revoked: it opens nothing any more.\n");
  EXPECT_EQ(status_with(key), 401);
  EXPECT_EQ(status_with(first_key), 200);

  EXPECT_EQ(server.stop(), 0);
  EXPECT_THAT(run({"key", "list", "--team", "1"}).output, ContainsRegex("2   n8n   api   20[^ ]*Z  revoked\n"));
}

TEST_F(AServedFolder, TakesTokensOfTheFirstSecretOnceItIsMade) {
  const Finished made = run({"secret", "create", "--team", "1", "--name", "CRM sync"});
  EXPECT_EQ(made.exit_code, 0) << made.errors;
  struct stat status {};
  ASSERT_EQ(::stat((folder / "data/secrets.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);

  std::string script = made.output.substr(made.output.find("  id=") + 2);
  const std::string printed = "http://127.0.0.1:8080/v1/team";
  script.replace(script.find(printed), printed.size(), server.url("/v1/team"));
  const auto answer = [&] {
    return test::run({.arguments = {"/bin/bash", "-c", script}, .folder = folder.path()}).output;
  };
  EXPECT_EQ(json_member(answer(), "name"), "Sales");
  const std::string id = json_member(run({"secret", "list", "--team", "1", "--json"}).output, "id");
  EXPECT_EQ(run({"secret", "revoke", id, "--team", "1"}).exit_code, 0);
  EXPECT_EQ(json_member(answer(), "error"), "unauthorized");

  EXPECT_EQ(run({"secret", "create", "--team", "1", "--name", "another"}).exit_code, 0);
  EXPECT_EQ(server.stop(), 0);
  RunningServer again(folder);
  EXPECT_GT(again.port(), 0);
}

TEST_F(AServedFolder, ShowsANewTeamUserAndInbox) {
  EXPECT_THAT(run({"team", "create", "Café"}).output, HasSubstr("Team 2 \"Café\" is made."));
  EXPECT_EQ(run({"user", "create", "--team", "2", "--name", "Mina Sato"}).exit_code, 0);
  EXPECT_EQ(run({"inbox", "create", "--team", "2", "--name", "Support", "--member", "1"}).exit_code, 0);
  const Finished key = run({"key", "create", "--team", "2", "--name", "web", "--json"});
  HttpClient client(server.port(), {{"Authorization", "Bearer " + json_member(key.output, "key")}});
  EXPECT_THAT(client.send("GET", "/v1/team", "")->body, HasSubstr(R"("members":[{"id":1,"name":"Mina Sato",)"));
  EXPECT_THAT(client.send("GET", "/v1/inboxes", "")->body, HasSubstr(R"("name":"Support")"));
  EXPECT_EQ(client.send("POST", "/v1/contact", R"({"phone":"13125550142"})")->status, 200);
}

TEST_F(AServedFolder, RefusesAsTheCommandItselfDoes) {
  const Finished unknown = run({"key", "revoke", "9", "--team", "1"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_EQ(unknown.output, "");
  EXPECT_THAT(unknown.errors, HasSubstr("cardfile: Team 1 has no key 9."));
  EXPECT_EQ(run({"key", "list", "--team", "7"}).errors,
            "cardfile: There is no team 7. See which there are with: cardfile team list\n");
  EXPECT_EQ(run({"key", "create", "--team", "1"}).exit_code, 2);
}

TEST_F(AServedFolder, HasASocketForItsOwnerAloneAndOnlyWhileItIsServed) {
  struct stat status {};
  ASSERT_EQ(::stat(socket_file().c_str(), &status), 0);
  EXPECT_TRUE(S_ISSOCK(status.st_mode));
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  server.stop();
  EXPECT_FALSE(std::filesystem::exists(socket_file()));
}

TEST_F(AServedFolder, IsServedAgainAndAdministeredAfterAKill) {
  server.process().kill();
  EXPECT_TRUE(std::filesystem::exists(socket_file()));
  EXPECT_EQ(run({"team", "create", "Café"}).exit_code, 0);
  RunningServer again(folder);
  again.port();
  EXPECT_THAT(run({"team", "list"}).output, HasSubstr("Café"));
}

TEST_F(AServedFolder, IsNotAskedWhatIsTooLongToAsk) {
  const Finished refused =
      run({"user", "create", "--team", "1", "--name", "Mina", "--email", std::string(70'000, 'x')});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_EQ(refused.errors, "cardfile: The command is longer than the 65536 bytes that a server takes.\n");
}

TEST_F(AServedFolder, RunsNothingOfACallerButTheOperatorsCommands) {
  for (const std::string& words : {std::string("serve\0--demo\0", 13), std::string("check\0", 6), std::string("\0", 1),
                                   std::string("key"), std::string("\xff\xfe\0", 3), std::string()}) {
    Caller caller(socket_file());
    ASSERT_TRUE(caller.is_connected());
    EXPECT_THAT(caller.ask(words), StartsWith("\2The server does not know this command: ")) << words;
  }
  Caller endless(socket_file());
  EXPECT_EQ(endless.ask("key " + std::string(70'000, 'x')), "");
  EXPECT_EQ(run({"team", "list"}).exit_code, 0);
}

TEST(AFolderThatAnotherHolds, IsAdministeredOnceAServerListensInIt) {
  const TempFolder folder;
  make_team_and_key(folder);
  const HeldFolder held(folder);
  Process waiting(cardfile_with(folder, {"team", "list"}, {{"CARDFILE_LOCK_TIMEOUT_MS", "60000"}}));
  held.await_refusal();
  const cli::AdminSocket server(folder / "data", [](const std::vector<std::string>& words) {
    EXPECT_EQ(words, (std::vector<std::string>{"team", "list"}));
    return cli::AdminReply{.exit_code = 0, .text = "The server's teams\n"};
  });
  EXPECT_EQ(waiting.wait(std::chrono::seconds(60)), (Ending{.exit_code = 0})) << waiting.errors();
  EXPECT_EQ(waiting.output(), "The server's teams\n");
}

TEST_F(AServedFolder, EndsThoughACallerSaysNothing) {
  const Caller silent(socket_file());
  ASSERT_TRUE(silent.is_connected());
  EXPECT_EQ(server.stop(), 0);
}

TEST(AServedFolderWithoutATeam, SaysHowToMakeOneAndThenServesIt) {
  const TempFolder folder;
  RunningServer server(folder);
  server.port();
  EXPECT_EQ(cardfile(folder, {"team", "create", "Sales"}).exit_code, 0);
  const Finished key = cardfile(folder, {"key", "create", "--team", "1", "--name", "web", "--json"});
  HttpClient client(server.port(), {{"Authorization", "Bearer " + json_member(key.output, "key")}});
  EXPECT_EQ(client.send("GET", "/v1/team", "")->status, 200);
  EXPECT_EQ(server.stop(), 0);
  EXPECT_THAT(server.process().errors(), HasSubstr("cardfile team create"));
}

TEST(AServedFolderWithALongPath, IsAdministeredToo) {
  const TempFolder folder;
  const std::string data = "./" + std::string(100, 'a') + "/" + std::string(100, 'b');
  EXPECT_EQ(cardfile(folder, {"team", "create", "Sales", "--data", data}).exit_code, 0);
  RunningServer server(folder, {"--data", data});
  server.port();
  const Finished list = cardfile(folder, {"team", "list", "--data", data});
  EXPECT_EQ(list.exit_code, 0) << list.errors;
  EXPECT_THAT(list.output, HasSubstr("Sales"));
}

}  // namespace
}  // namespace cardfile::test
