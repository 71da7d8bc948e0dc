#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "http/peer.h"

namespace cardfile::http {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: t\r\n\r\n";

/// Where handlers wait, as they do for a store, until the test lets them go on: from a thread of its own.
class Gate {
 public:
  struct Entry {
    Gate& gate;
    base::Executor& executor;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> waiter) const {
      const std::lock_guard lock(gate.mutex_);
      gate.waiters_.push_back({&executor, waiter});
      gate.arrived_.notify_all();
    }
    void await_resume() const {}
  };

  Entry enter(base::Executor& executor) { return {*this, executor}; }

  void wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [&] { return waiters_.size() >= count; });
  }

  void open() {
    std::jthread([this] {
      std::vector<Waiter> waiters;
      {
        const std::lock_guard lock(mutex_);
        waiters.swap(waiters_);
      }
      for (const Waiter& waiter : waiters) {
        const std::coroutine_handle<> handles[] = {waiter.handle};
        waiter.executor->resume(handles);
      }
    }).join();
  }

 private:
  struct Waiter {
    base::Executor* executor;
    std::coroutine_handle<> handle;
  };
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Waiter> waiters_;
};

Answerer behind(Gate& gate) {
  return [&gate](const Request& request, base::Executor& executor) -> base::Task<Response> {
    if (request.path == "/wait") co_await gate.enter(executor);
    co_return Response{.body = describe(request)};
  };
}

constexpr std::string_view kWait = "GET /wait HTTP/1.1\r\nHost: t\r\n\r\n";

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

TEST(Drain, CutsOffWhoStaysButWaitsForTheirHandlers) {
  Gate gate;
  TestServer server({}, behind(gate));
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
