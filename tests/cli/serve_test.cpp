// serve: how it comes up, answers, and goes.

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "support/held_folder.h"
#include "support/http_client.h"
#include "support/program.h"

namespace cardfile::test {
namespace {

using testing::HasSubstr;
using testing::Not;

int get(std::uint16_t port, const std::string& path, const std::string& key = {}) {
  HttpClient client(port, {{"Authorization", "Bearer " + key}});
  const auto reply = client.send("GET", path);
  return reply ? reply->status : 0;
}

std::string contents(const std::string& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(Serve, AnswersOnThePortThatItNames) {
  const TempFolder folder;
  RunningServer server(folder);
  EXPECT_EQ(get(server.port(), "/healthz"), 200);
  EXPECT_EQ(get(server.port(), "/readyz"), 200);
  // The log is written behind the requests.
  const std::string line = " info listening address=127.0.0.1 port=" + std::to_string(server.port()) + " ";
  const auto is_logged = [&] { return server.process().errors().find(line) != std::string::npos; };
  EXPECT_TRUE(becomes_true(is_logged, std::chrono::seconds(60))) << server.process().errors();
}

TEST(Serve, LimitsATeamTo500RequestsAMinuteUnlessToldOtherwise) {
  const TempFolder folder;
  const std::string key = make_team_and_key(folder);
  const auto limit_of = [&](const std::vector<std::string>& more, const std::string& bearer) {
    const std::string port_file = folder / "port";
    std::filesystem::remove(port_file);
    std::vector<std::string> arguments = {"serve", "--listen", "127.0.0.1:0", "--port-file", port_file};
    arguments.insert(arguments.end(), more.begin(), more.end());
    Process server(cardfile_with(folder, arguments));
    EXPECT_TRUE(becomes_true([&] { return !contents(port_file).empty(); }, std::chrono::seconds(30)));
    HttpClient client(static_cast<std::uint16_t>(std::stoi(contents(port_file))),
                      {{"Authorization", "Bearer " + bearer}});
    auto reply = client.send("GET", "/v1/team");
    server.send_signal(SIGTERM);
    server.wait(std::chrono::seconds(30));
    return reply && reply->status == 200 ? reply->headers["ratelimit-policy"] : "(no answer)";
  };
  EXPECT_EQ(limit_of({}, key), "\"default\";q=500;w=60");
  EXPECT_EQ(limit_of({"--rate-limit", "7"}, key), "\"default\";q=7;w=60");
  EXPECT_EQ(limit_of({"--rate-limit", "0"}, key), "");
  EXPECT_EQ(limit_of({"--demo"}, "cardfile-demo-key"), "");
  EXPECT_EQ(limit_of({"--demo", "--rate-limit", "9"}, "cardfile-demo-key"), "\"default\";q=9;w=60");
}

TEST(Serve, TakesKeysOfTheCommandLineUntilTheyAreRevoked) {
  const TempFolder folder;
  const std::string key = make_team_and_key(folder);
  {
    RunningServer server(folder);
    EXPECT_EQ(get(server.port(), "/v1/team", key), 200);
    EXPECT_EQ(get(server.port(), "/v1/team", key + "x"), 401);
    EXPECT_EQ(server.stop(), 0);
  }
  EXPECT_EQ(cardfile(folder, {"key", "revoke", "1", "--team", "1"}).exit_code, 0);
  RunningServer server(folder);
  EXPECT_EQ(get(server.port(), "/v1/team", key), 401);
}

TEST(Serve, EndsWithZeroWhenAskedTo) {
  const TempFolder folder;
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    RunningServer server(folder);
    HttpClient idle(server.port(), {});
    ASSERT_TRUE(idle.send("GET", "/healthz"));
    server.process().send_signal(signal);
    EXPECT_EQ(server.process().wait(std::chrono::seconds(60)), (Ending{.exit_code = 0}));
    EXPECT_THAT(server.process().errors(), HasSubstr(" info stopping signal=SIG"));
    EXPECT_THAT(server.process().errors(), HasSubstr(" info stopped\n"));
    EXPECT_EQ(cardfile(folder, {"check"}).exit_code, 0);
  }
}

/// A request that the server has begun to read and that lacks its body, "{}".
class HalfRequest {
 public:
  HalfRequest(std::uint16_t port, const std::string& key) : client_(port, {}) {
    client_.send_bytes("PUT /v1/contact/1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + key +
                       "\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    const auto reply = client_.receive();
    EXPECT_EQ(reply ? reply->status : 0, 100);
  }

  int finish() {
    client_.send_bytes("{}");
    const auto reply = client_.receive();
    return reply ? reply->status : 0;
  }

 private:
  HttpClient client_;
};

bool says_that_it_stops(RunningServer& server) {
  const auto said = [&] { return server.process().errors().find(" info stopping ") != std::string::npos; };
  return becomes_true(said, std::chrono::seconds(60));
}

TEST(Serve, FinishesWhatIsInFlightBeforeItEnds) {
  const TempFolder folder;
  const std::string key = make_team_and_key(folder);
  RunningServer server(folder, {"--drain-timeout-ms", "3600000", "--body-timeout-ms", "3600000"});
  HalfRequest request(server.port(), key);
  server.process().send_signal(SIGTERM);
  ASSERT_TRUE(says_that_it_stops(server));
  EXPECT_EQ(request.finish(), 404);
  EXPECT_EQ(server.process().wait(std::chrono::seconds(60)), (Ending{.exit_code = 0}));
}

TEST(Serve, SaysThatItIsNotReadyForSoLongBeforeItStops) {
  const TempFolder folder;
  const std::string key = make_team_and_key(folder);
  {
    RunningServer server(folder, {"--stop-delay-ms", "600000"});
    const std::uint16_t port = server.port();
    server.process().send_signal(SIGTERM);
    EXPECT_TRUE(becomes_true([&] { return get(port, "/readyz") == 503; }, std::chrono::seconds(60)));
    EXPECT_EQ(get(port, "/v1/team", key), 200) << "whoever still comes is answered";
    server.process().send_signal(SIGTERM);
    EXPECT_EQ(server.process().wait(std::chrono::seconds(60)), (Ending{.exit_code = 130}))
        << "the second one is obeyed";
  }
  RunningServer server(folder, {"--stop-delay-ms", "300"});
  server.port();
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(server.stop(), 0);
  EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(300));
}

TEST(Serve, CutsOffWhatTakesLongerThanTheDrainTimeout) {
  const TempFolder folder;
  const std::string key = make_team_and_key(folder);
  RunningServer server(folder, {"--drain-timeout-ms", "50"});
  const HalfRequest request(server.port(), key);
  EXPECT_EQ(server.stop(), 0);
  EXPECT_THAT(server.process().errors(), HasSubstr(" warning requests_cut_off\n"));
}

TEST(Serve, EndsAtOnceAtTheSecondSignal) {
  const TempFolder folder;
  const std::string key = make_team_and_key(folder);
  RunningServer server(folder, {"--drain-timeout-ms", "3600000", "--body-timeout-ms", "3600000"});
  const HalfRequest request(server.port(), key);
  server.process().send_signal(SIGTERM);
  ASSERT_TRUE(says_that_it_stops(server));
  server.process().send_signal(SIGINT);
  EXPECT_EQ(server.process().wait(std::chrono::seconds(60)), (Ending{.exit_code = 130}));
}

TEST(Serve, FinishesWhatIsInFlightThoughAClosedTerminalSignalsTwice) {
  const TempFolder folder;
  const std::string key = make_team_and_key(folder);
  RunningServer server(folder, {"--drain-timeout-ms", "3600000", "--body-timeout-ms", "3600000"});
  HalfRequest request(server.port(), key);
  server.process().send_signal(SIGHUP);
  ASSERT_TRUE(says_that_it_stops(server));
  server.process().send_signal(SIGHUP);
  EXPECT_EQ(request.finish(), 404);
  EXPECT_EQ(server.process().wait(std::chrono::seconds(60)), (Ending{.exit_code = 0}));
}

TEST(Serve, GoesOnWithoutATerminalUnderNohup) {
  const TempFolder folder;
  ProcessOptions options = cardfile_with(folder, {"serve", "--listen", "127.0.0.1:0", "--port-file", folder / "port"});
  options.arguments.insert(options.arguments.begin(), "/usr/bin/nohup");
  Process server(options);
  std::uint16_t port = 0;
  const auto is_up = [&] { return static_cast<bool>(std::ifstream(folder / "port") >> port); };
  ASSERT_TRUE(becomes_true(is_up, std::chrono::seconds(60))) << server.errors();
  server.send_signal(SIGHUP);
  EXPECT_EQ(get(port, "/readyz"), 200);
  server.send_signal(SIGTERM);
  EXPECT_EQ(server.wait(std::chrono::seconds(60)), (Ending{.exit_code = 0}));
  EXPECT_THAT(server.errors(), HasSubstr(" info stopping signal=SIGTERM"));
}

TEST(Serve, LeavesFilesForItsStoreWhereItMayOpenFew) {
  const TempFolder folder;
  const auto log_of = [&](const std::vector<std::string>& more) {
    ProcessOptions options = cardfile_with(
        folder, {"serve", "--listen", "127.0.0.1:0", "--log-file", "log", "--port-file", folder / "port"});
    options.arguments.insert(options.arguments.end(), more.begin(), more.end());
    const std::vector<std::string> with_few_files = {"/bin/sh", "-c", "ulimit -n 90 && exec \"$0\" \"$@\""};
    options.arguments.insert(options.arguments.begin(), with_few_files.begin(), with_few_files.end());
    std::filesystem::remove(folder / "log");
    std::filesystem::remove(folder / "port");
    Process server(options);
    std::uint16_t port = 0;
    const auto is_up = [&] { return static_cast<bool>(std::ifstream(folder / "port") >> port); };
    EXPECT_TRUE(becomes_true(is_up, std::chrono::seconds(60))) << server.errors();
    EXPECT_EQ(get(port, "/readyz"), 200);
    server.send_signal(SIGTERM);
    EXPECT_EQ(server.wait(std::chrono::seconds(60)), (Ending{.exit_code = 0}));
    return contents(folder / "log");
  };
  EXPECT_THAT(log_of({}), HasSubstr(" info connections_limited max_connections=45 wanted=20000 open_files=90\n"));
  EXPECT_THAT(log_of({"--max-connections", "20"}), Not(HasSubstr("connections_limited")));
}

TEST(Serve, AnswersReadsWhenItsFilesMayNotGrow) {
  const TempFolder folder;
  const std::string key = make_team_and_key(folder);
  ProcessOptions options = cardfile_with(folder, {"serve", "--listen", "127.0.0.1:0", "--rate-limit", "0",
                                                  "--port-file", folder / "port", "--log-file", "log"});
  const std::vector<std::string> with_small_files = {"/bin/bash", "-c", "ulimit -f 200 && exec \"$0\" \"$@\""};
  options.arguments.insert(options.arguments.begin(), with_small_files.begin(), with_small_files.end());
  Process server(options);
  std::uint16_t port = 0;
  const auto is_up = [&] { return static_cast<bool>(std::ifstream(folder / "port") >> port); };
  ASSERT_TRUE(becomes_true(is_up, std::chrono::seconds(60))) << server.errors();
  HttpClient client(port, {{"Authorization", "Bearer " + key}, {"Content-Type", "application/json"}});
  int status = 200;
  for (int i = 0; i < 1'000 && status == 200; ++i) {
    const auto reply = client.send("POST", "/v1/contact", "{\"phone\":\"" + std::to_string(13'125'550'000 + i) + "\"}");
    status = reply ? reply->status : 0;
  }
  EXPECT_EQ(status, 503);
  EXPECT_EQ(get(port, "/v1/team", key), 200);
  server.send_signal(SIGTERM);
  EXPECT_TRUE(server.wait(std::chrono::seconds(60)));
}

TEST(Serve, SaysWhenTheFolderIsInUse) {
  const TempFolder folder;
  RunningServer first(folder);
  first.port();
  const Finished second = cardfile(folder, {"serve", "--listen", "127.0.0.1:0", "--lock-timeout-ms", "0"});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.errors, HasSubstr("in use"));
  EXPECT_EQ(get(first.port(), "/healthz"), 200);
}

TEST(Serve, WaitsForTheFolderWhileACommandHoldsIt) {
  const TempFolder folder;
  make_team_and_key(folder);
  HeldFolder held(folder);
  RunningServer server(folder, {"--lock-timeout-ms", "60000"});
  held.await_refusal();
  held.let_go();
  EXPECT_EQ(get(server.port(), "/readyz"), 200);
}

TEST(Serve, LeavesThePortFileOfTheServerThatHasTheFolder) {
  const TempFolder folder;
  RunningServer first(folder);
  const std::string port = std::to_string(first.port()) + "\n";
  const Finished second =
      cardfile(folder, {"serve", "--listen", "127.0.0.1:0", "--port-file", folder / "port", "--lock-timeout-ms", "0"});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_EQ(contents(folder / "port"), port);
}

TEST(Serve, ReplacesNothingButAPortFileByItsOwn) {
  const TempFolder folder;
  make_team_and_key(folder);
  std::filesystem::create_directory(folder / "folder");
  std::ofstream(folder / "text") << "8080\nand more\n";
  std::ofstream(folder / "large") << "65536\n";
  for (const char* other : {"data/cardfile.db", "data/lock", "folder", "text", "large"}) {
    const Finished refused = cardfile(folder, {"serve", "--listen", "127.0.0.1:0", "--port-file", other});
    EXPECT_EQ(refused.exit_code, 2) << other;
    EXPECT_THAT(refused.errors, HasSubstr(std::string("cardfile: ") + other + " holds something else than a port"));
  }
  EXPECT_THAT(cardfile(folder, {"team", "list"}).output, HasSubstr("Sales"));
  EXPECT_TRUE(std::filesystem::is_directory(folder / "folder"));
  EXPECT_EQ(contents(folder / "text"), "8080\nand more\n");
  std::ofstream(folder / "empty").close();
  Process server(cardfile_with(folder, {"serve", "--listen", "127.0.0.1:0", "--port-file", "empty"}));
  EXPECT_TRUE(becomes_true([&] { return !contents(folder / "empty").empty(); }, std::chrono::seconds(60)));
}

TEST(Serve, TakesThePortFileOfAnEarlierRunAwayBeforeItAnswers) {
  const TempFolder folder;
  RunningServer first(folder);
  const std::string taken = "127.0.0.1:" + std::to_string(first.port());
  std::ofstream(folder / "stale") << "1\n";
  const Finished second =
      cardfile(folder, {"serve", "--listen", taken, "--data", "other", "--port-file", folder / "stale"});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_FALSE(std::filesystem::exists(folder / "stale"));
}

TEST(Serve, SaysWhenTheAddressIsTaken) {
  const TempFolder folder;
  RunningServer first(folder);
  const std::string taken = "127.0.0.1:" + std::to_string(first.port());
  const Finished second = cardfile(folder, {"serve", "--listen", taken, "--data", "other"});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.errors, HasSubstr("cardfile: Cannot listen on 127.0.0.1 port " + std::to_string(first.port()) +
                                       ": Address already in use. Name another address or port with --listen, or stop "
                                       "the program that has this one.\n"));
}

TEST(Serve, SaysWhenTheFolderCannotBeMade) {
  const TempFolder folder;
  std::ofstream(folder / "file") << "not a folder";
  const Finished refused = cardfile(folder, {"serve", "--listen", "127.0.0.1:0", "--data", "file"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("cardfile: file is a file, not a data folder."));
  EXPECT_THAT(cardfile(folder, {"check", "--data", "file"}).errors,
              HasSubstr("cardfile: file is a file, not a data folder. Name another one with --data.\n"));
}

TEST(Serve, PrefersFlagsToTheEnvironmentAndTheEnvironmentToTheFile) {
  const TempFolder folder;
  std::ofstream(folder / "cardfile.toml") << "data = 'of-file'\nlog_file = 'log'\naccess_log = true\n";
  ProcessOptions options = cardfile_with(
      folder, {"serve", "--listen", "127.0.0.1:0", "--config", "cardfile.toml", "--port-file", folder / "port"},
      {{"CARDFILE_LISTEN", "not an address"}, {"CARDFILE_DATA", "of-environment"}});
  Process server(options);
  std::uint16_t port = 0;
  const auto is_up = [&] { return static_cast<bool>(std::ifstream(folder / "port") >> port); };
  ASSERT_TRUE(becomes_true(is_up, std::chrono::seconds(60))) << server.errors();
  EXPECT_EQ(get(port, "/healthz"), 200);
  server.send_signal(SIGTERM);
  EXPECT_EQ(server.wait(std::chrono::seconds(60)), (Ending{.exit_code = 0}));
  EXPECT_THAT(contents(folder / "log"), HasSubstr("data=of-environment"));
  EXPECT_THAT(contents(folder / "log"), HasSubstr(" info request "));
  EXPECT_EQ(server.errors(), "");
}

TEST(Serve, WarnsWhenItMakesADatabaseBesideFilesOfAnother) {
  const TempFolder folder;
  {
    RunningServer fresh(folder);
    fresh.port();
    EXPECT_EQ(fresh.stop(), 0);
    EXPECT_THAT(fresh.process().errors(), Not(HasSubstr(" warning ")));
  }
  std::filesystem::remove(folder / "data/cardfile.db");
  // The indexer may have been stopped before it came to it.
  std::ofstream(folder / "data/search.db", std::ios::app).close();
  RunningServer server(folder);
  EXPECT_EQ(get(server.port(), "/readyz"), 200);
  EXPECT_EQ(server.stop(), 0);
  EXPECT_THAT(server.process().errors(), HasSubstr(" warning database_missing data=./data beside=search.db"));
}

TEST(Serve, LogsNoRequestsUnlessAsked) {
  const TempFolder folder;
  RunningServer server(folder);
  EXPECT_EQ(get(server.port(), "/healthz"), 200);
  EXPECT_EQ(server.stop(), 0);
  EXPECT_THAT(server.process().errors(), Not(HasSubstr("healthz")));
}

TEST(Serve, TakesAFlagWithAndWithoutItsValue) {
  const TempFolder folder;
  const auto logs_requests = [&folder](const std::vector<std::string>& arguments) {
    RunningServer server(folder, arguments);
    EXPECT_EQ(get(server.port(), "/healthz"), 200);
    EXPECT_EQ(server.stop(), 0);
    return server.process().errors().find(" info request ") != std::string::npos;
  };
  EXPECT_TRUE(logs_requests({"--access-log"}));
  EXPECT_TRUE(logs_requests({"--access-log", "--access-log"}));
  EXPECT_TRUE(logs_requests({"--access-log=true"}));
  EXPECT_FALSE(logs_requests({"--access-log=false"}));
}

/// Into cert.pem and key.pem.
void make_certificate(const TempFolder& folder) {
  const Finished made =
      run({.arguments = {"/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                         "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout",
                         folder / "key.pem", "-out", folder / "cert.pem"}});
  ASSERT_EQ(made.exit_code, 0) << made.errors;
}

TEST(Serve, SpeaksHttpsWithACertificate) {
  const TempFolder folder;
  make_certificate(folder);
  RunningServer server(folder, {"--tls-cert", "cert.pem", "--tls-key", "key.pem"});
  const std::string url = "https://127.0.0.1:" + std::to_string(server.port()) + "/healthz";
  const Finished answer = run({.arguments = {"/usr/bin/curl", "--silent", "--insecure", "--write-out", "%{http_code}",
                                             "--output", "/dev/null", url}});
  EXPECT_EQ(answer.output, "200");
  EXPECT_EQ(server.stop(), 0);
}

TEST(Serve, SaysWhyTheCertificateOrItsKeyCannotBeUsed) {
  const TempFolder folder;
  make_certificate(folder);
  std::ofstream(folder / "text") << "no PEM";
  const Finished encrypted = run({.arguments = {"/usr/bin/openssl", "pkey", "-in", folder / "key.pem", "-aes256",
                                                "-passout", "pass:phrase", "-out", folder / "encrypted.pem"}});
  ASSERT_EQ(encrypted.exit_code, 0) << encrypted.errors;
  const auto refusal = [&](const std::string& certificate, const std::string& key) {
    const Finished refused =
        cardfile(folder, {"serve", "--listen", "127.0.0.1:0", "--tls-cert", certificate, "--tls-key", key});
    EXPECT_EQ(refused.exit_code, 1);
    return refused.errors;
  };
  EXPECT_THAT(refusal("absent.pem", "key.pem"),
              HasSubstr("The certificate file absent.pem cannot be read: No such file or directory.\n"));
  EXPECT_THAT(refusal("cert.pem", "absent.pem"),
              HasSubstr("The key file absent.pem cannot be read: No such file or directory.\n"));
  EXPECT_THAT(refusal(".", "key.pem"), HasSubstr("The certificate file . cannot be read: Is a directory.\n"));
  EXPECT_THAT(refusal("text", "key.pem"), HasSubstr("The certificate file text holds no certificate in PEM form"));
  EXPECT_THAT(refusal("cert.pem", "text"), HasSubstr("The key file text holds no private key in PEM form"));
  for (const char* other : {"ec -pkeyopt ec_paramgen_curve:prime256v1", "rsa -pkeyopt rsa_keygen_bits:2048"}) {
    const Finished made =
        run({.arguments = {"/bin/sh", "-c", std::string("openssl genpkey -out other.pem -algorithm ") + other},
             .folder = folder.path()});
    ASSERT_EQ(made.exit_code, 0) << made.errors;
    EXPECT_THAT(refusal("cert.pem", "other.pem"),
                HasSubstr("The key in other.pem is not that of the certificate in cert.pem: "));
  }
  EXPECT_THAT(refusal("cert.pem", "encrypted.pem"),
              HasSubstr("The key file encrypted.pem has a pass phrase, and there is nobody to ask for it."));
}

TEST(Serve, ListensOnIpv6) {
  if (!std::ifstream("/proc/net/if_inet6")) GTEST_SKIP() << "this machine has no IPv6";
  const TempFolder folder;
  Process server(cardfile_with(folder, {"serve", "--listen", "[::1]:0", "--port-file", folder / "port"}));
  std::string port;
  const auto is_up = [&] { return static_cast<bool>(std::ifstream(folder / "port") >> port); };
  ASSERT_TRUE(becomes_true(is_up, std::chrono::seconds(60))) << server.errors();
  const Finished answer =
      run({.arguments = {"/usr/bin/curl", "--silent", "--fail", "--globoff", "http://[::1]:" + port + "/healthz"}});
  EXPECT_EQ(answer.exit_code, 0);
}

}  // namespace
}  // namespace cardfile::test
