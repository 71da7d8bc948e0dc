#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "http/gate.h"
#include "http/one_more_file.h"
#include "http/peer.h"

namespace cardfile::http {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: t\r\n\r\n";

bool is_refused(std::uint16_t port) {
  try {
    return Peer(port).is_closed();
  } catch (const std::runtime_error&) {
    return true;
  }
}

TEST(Drain, AnswersRequestsInFlightAndTakesNoNewConnections) {
  Gate gate;
  TestServer server({}, behind(gate));
  std::vector<Peer> peers;
  for (int i = 0; i < 8; ++i) {
    peers.push_back(server.peer());
    peers.back().send(kWait);
  }
  Peer idle = server.peer();
  EXPECT_EQ(idle.ask(kGet).status, 200);
  gate.wait_for(peers.size());

  bool is_whole = false;
  std::jthread drainer([&] { is_whole = (*server).drain(20s); });
  EXPECT_TRUE(idle.is_closed());
  while (!is_refused(server.port())) std::this_thread::yield();
  gate.open();
  for (Peer& peer : peers) {
    const Answer answer = peer.answer();
    EXPECT_EQ(answer.body, "GET /wait []");
    EXPECT_TRUE(answer.says("Connection: close\r\n"));
    EXPECT_TRUE(peer.is_closed());
  }
  peers.clear();
  drainer.join();
  EXPECT_TRUE(is_whole);
}

TEST(Drain, TakesEverybodyWhoIsInTheListeningQueue) {
  ServerOptions options;
  options.threads = 1;
  std::atomic<bool> is_held = false;
  std::atomic<bool> is_draining = false;
  TestServer server(options, [&](const Request& request, base::Executor& executor) -> base::Task<Response> {
    if (request.path == "/hold") {
      is_held = true;
      is_draining.wait(false);
    }
    Response response = co_await echo(request, executor);
    co_return response;
  });
  Peer first = server.peer();
  first.send("GET /hold HTTP/1.1\r\nHost: t\r\n\r\n");
  while (!is_held) std::this_thread::yield();
  std::vector<Peer> peers;
  for (int i = 0; i < 300; ++i) {
    peers.push_back(server.peer());
    peers.back().send(kGet);
  }
  std::jthread drainer([&] {
    is_draining = true;
    is_draining.notify_all();
    EXPECT_TRUE((*server).drain(20s));
  });
  EXPECT_EQ(first.answer().status, 200);
  for (Peer& peer : peers) EXPECT_EQ(peer.answer().body, "GET /a []");
}

TEST(Drain, CutsOffWhoStaysButWaitsForTheirHandlers) {
  Gate gate;
  ServerOptions options;
  options.threads = 1;  // So that one is not cut off later than the other.
  TestServer server(options, behind(gate));
  Peer waiting = server.peer();
  waiting.send(kWait);
  gate.wait_for(1);
  Peer sending = server.peer();
  sending.send("POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhel");

  std::atomic<bool> has_returned = false;
  bool is_whole = true;
  std::jthread drainer([&] {
    is_whole = (*server).drain(50ms);
    has_returned = true;
  });
  EXPECT_TRUE(sending.is_closed());
  EXPECT_FALSE(has_returned) << "a handler is still out";
  gate.open();
  drainer.join();
  EXPECT_FALSE(is_whole);
  EXPECT_TRUE(waiting.is_closed());
}

TEST(Drain, LosesNoAnswerUnderLoad) {
  TestServer server;
  std::atomic<int> answered = 0;
  std::atomic<bool> is_draining = false;
  std::vector<std::jthread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&, peer = server.peer()]() mutable {
      while (true) {
        const Answer answer = peer.ask(kGet);
        if (answer.status == 0) {
          EXPECT_TRUE(is_draining);
          return;
        }
        EXPECT_EQ(answer.body, "GET /a []");
        ++answered;
        if (answer.says("Connection: close")) return;
      }
    });
  }
  while (answered < 200) std::this_thread::yield();
  is_draining = true;
  EXPECT_TRUE((*server).drain(20s));
}

TEST(Drain, AnswersWhoIsInWhenNoFileCanBeOpened) {
  // UBSan opens a pipe to look at the type of an object that it meets for the first time. Later it could not.
  EXPECT_TRUE((*TestServer()).drain(0ms));
  ServerOptions options;
  options.threads = 1;
  options.limits.header_timeout = 200ms;
  TestServer server(options);
  Peer slow = server.peer();
  slow.send("GET /a HTTP/1.1\r\n");
  Peer early = server.peer();
  EXPECT_EQ(early.ask(kGet).status, 200);
  {
    const OneMoreFile limit;
    const Peer late = server.peer();
    EXPECT_EQ(early.ask(kGet).status, 200);
    EXPECT_TRUE((*server).drain(20s));
  }
  EXPECT_EQ(slow.answer().status, 408) << "the loop works on until the last connection ends";
}

TEST(Drain, HappensWithoutPatienceWhenNobodyAskedForIt) {
  Gate gate;
  std::optional<Peer> peer;
  {
    const TestServer server({}, behind(gate));
    peer.emplace(server.peer());
    EXPECT_EQ(peer->ask(kGet).status, 200);
  }
  EXPECT_TRUE(peer->is_closed());
}

TEST(Drain, IsNothingForAServerThatNeverStarted) {
  ServerOptions options;
  options.port = 0;
  Server server(options, echo, error_page);
  EXPECT_NE(server.port(), 0);
  EXPECT_TRUE(server.drain(0ms));
}

}  // namespace
}  // namespace cardfile::http
