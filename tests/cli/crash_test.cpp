// The server is killed under load, again and again: what it acknowledged is there afterwards, and nothing half done.

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <latch>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/crash_writer.h"
#include "support/http_client.h"
#include "support/program.h"

namespace cardfile::test {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kKills = 6;
#else
constexpr int kKills = 30;
#endif
constexpr int kWriters = 32;
constexpr int kWritesBeforeKillMax = 2000;
constexpr int kRoundsPerCheck = 10;
constexpr int kRoundsPerEarlyKill = 5;

std::uint32_t chosen_seed() {
  const char* chosen = std::getenv("CRASH_TEST_SEED");
  return chosen ? static_cast<std::uint32_t>(std::strtoul(chosen, nullptr, 10)) : std::random_device()();
}

class CrashTest : public testing::Test {
 protected:
  CrashTest() {
    std::cout << "seed " << seed_ << " (again with CRASH_TEST_SEED=" << seed_ << ")\n";
    for (int i = 0; i < kWriters; ++i) writers_.push_back(std::make_unique<Writer>(i, seed_));
  }

  void SetUp() override {
    key_ = make_team_and_key(folder_);
    RunningServer server(folder_);
    HttpClient client(server.port(), headers());
    const auto reply = client.send("POST", "/v1/contacts/fields", R"([{"title":"A"},{"title":"B"},{"title":"C"}])");
    ASSERT_TRUE(reply);
    ASSERT_EQ(reply->status, 200) << reply->body;
    ASSERT_EQ(server.stop(), 0);
  }

  HttpClient::Headers headers() const {
    return {{"Authorization", "Bearer " + key_}, {"Content-Type", "application/json"}};
  }

  /// Every writer is at work when the server is killed, at a moment that chance picks.
  void write_and_kill() {
    RunningServer server(folder_);
    const std::uint16_t port = server.port();
    const std::int64_t kill_at = tally_.acknowledged + 1 + static_cast<std::int64_t>(random_() % kWritesBeforeKillMax);
    std::latch connected(kWriters);
    std::vector<std::jthread> threads;
    for (const auto& writer : writers_) {
      threads.emplace_back([&, port] {
        HttpClient client(port, headers());
        client.send("GET", "/healthz");
        connected.count_down();
        writer->write_until_cut_off(client, tally_);
      });
    }
    connected.wait();
    const auto may_be_killed = [&] { return tally_.acknowledged >= kill_at; };
    EXPECT_TRUE(becomes_true(may_be_killed, std::chrono::seconds(60)));
    server.process().kill();
    ++kills_;
  }

  /// While it comes up it may be repairing what the last kill left behind.
  void kill_while_it_comes_up() {
    RunningServer server(folder_);
    server.process().wait(std::chrono::milliseconds(random_() % 30));
    server.process().kill();
  }

  void verify() {
    RunningServer server(folder_);
    HttpClient client(server.port(), headers());
    for (const auto& writer : writers_) {
      writer->verify(client, tally_);
      EXPECT_THAT(writer->complaints(), testing::IsEmpty());
    }
    EXPECT_EQ(server.stop(), 0);
  }

  std::string check() {
    const Finished check = cardfile(folder_, {"check"});
    EXPECT_EQ(check.exit_code, 0) << check.output;
    return check.errors;
  }

  std::int64_t contacts() const {
    std::int64_t count = 0;
    for (const auto& writer : writers_) count += writer->contacts();
    return count;
  }

  const std::uint32_t seed_ = chosen_seed();
  std::mt19937 random_{seed_};
  TempFolder folder_;
  std::string key_;
  std::vector<std::unique_ptr<Writer>> writers_;
  Tally tally_;
  int kills_ = 0;
};

TEST_F(CrashTest, KeepsEveryAcknowledgedWriteThroughKills) {
  for (int round = 1; round <= kKills && !HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    write_and_kill();
    if (round % kRoundsPerEarlyKill == 0) kill_while_it_comes_up();
    if (round % kRoundsPerCheck == 0) check();
    verify();
  }
  std::cout << kills_ << " kills under " << kWriters << " writers: " << tally_.acknowledged << " writes acknowledged, "
            << tally_.unknown << " cut off, " << tally_.landed << " of these done\n";
  // The team, its key and three fields have entries, too: one for each change, none lost and none twice.
  const std::int64_t changes = 5 + tally_.acknowledged + tally_.landed;
  EXPECT_EQ(check(), std::to_string(contacts()) + " contacts and " + std::to_string(changes) +
                         " changes checked: all is well.\n");
}

}  // namespace
}  // namespace cardfile::test
