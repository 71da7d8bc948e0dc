#include "http/poller.h"

#include <gtest/gtest.h>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "base/task.h"

namespace cardfile::http {
namespace {

using namespace std::chrono_literals;

constexpr auto kForEver = 20s;

/// Two ends of a connection; the poller knows one of them.
class Pair {
 public:
  explicit Pair(Poller& poller) : Pair(poller, connected()) {}
  ~Pair() { close_peer(); }

  PolledSocket& socket() { return socket_; }

  void send(int bytes = 1) {
    for (int i = 0; i < bytes; ++i) EXPECT_EQ(::send(peer_, "x", 1, 0), 1);
  }
  void receive_all() {
    std::array<char, 64> room;
    while (::recv(socket_.descriptor(), room.data(), room.size(), MSG_DONTWAIT) > 0) continue;
  }
  void close_peer() {
    if (peer_ >= 0) ::close(peer_);
    peer_ = -1;
  }

 private:
  static std::array<int, 2> connected() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    return ends;
  }
  Pair(Poller& poller, const std::array<int, 2>& ends) : socket_(poller, ends[0]), peer_(ends[1]) {}

  PolledSocket socket_;
  int peer_;
};

struct Ready {
  PolledSocket& socket;
  Event event;
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> waiter) const { socket.wait_for(event, waiter); }
  void await_resume() const {}
};

/// Counts how often the socket was ready; waits again only when it is told to.
base::Detached wait_once(PolledSocket& socket, Event event, int& count) {
  co_await Ready{socket, event};
  ++count;
}

TEST(Poller, ResumesWhoWaitsOnceTheSocketIsReady) {
  Poller poller;
  Pair pair(poller);
  int readable = 0;
  wait_once(pair.socket(), Event::readable, readable);
  poller.wait(0ms);
  EXPECT_EQ(readable, 0);
  for (int i = 1; i <= 3; ++i) {
    pair.send();
    poller.wait(kForEver);
    EXPECT_EQ(readable, i);
    pair.receive_all();
    wait_once(pair.socket(), Event::readable, readable);
  }
  poller.wait(0ms);
  EXPECT_EQ(readable, 3) << "nothing has come since";
  pair.socket().stop_waiting().destroy();
}

TEST(Poller, TellsOfInputThatWasLeftBehind) {
  Poller poller;
  Pair pair(poller);
  int readable = 0;
  pair.send(2);
  for (int i = 1; i <= 2; ++i) {
    wait_once(pair.socket(), Event::readable, readable);
    poller.wait(kForEver);
    EXPECT_EQ(readable, i) << "nobody has read what is there";
  }
}

TEST(Poller, LosesNothingThatComesWhileNobodyWaits) {
  Poller poller;
  Pair pair(poller);
  int readable = 0;
  pair.send();
  wait_once(pair.socket(), Event::readable, readable);
  poller.wait(kForEver);
  pair.receive_all();

  pair.send();
  poller.wait(0ms);
  poller.wait(0ms);
  EXPECT_EQ(readable, 1) << "nobody waits";
  wait_once(pair.socket(), Event::readable, readable);
  poller.wait(kForEver);
  EXPECT_EQ(readable, 2);
}

TEST(Poller, SleepsThoughASocketIsReadyThatNobodyWaitsFor) {
  Poller poller;
  Pair readable(poller);
  Pair broken(poller);
  int count = 0;
  for (Pair* pair : {&readable, &broken}) {
    pair->send();
    wait_once(pair->socket(), Event::readable, count);
  }
  while (count < 2) poller.wait(kForEver);
  broken.close_peer();
  poller.wait(0ms);  // It finds them once more, and that nobody waits.
  poller.wait(0ms);

  std::atomic<bool> is_woken = false;
  std::jthread waker([&] {
    is_woken = true;
    poller.wake();
  });
  poller.wait(kForEver);
  EXPECT_TRUE(is_woken);

  wait_once(broken.socket(), Event::readable, count);
  wait_once(readable.socket(), Event::readable, count);
  while (count < 4) poller.wait(kForEver);
}

TEST(Poller, WaitsForOutputAndForInputByTurns) {
  Poller poller;
  Pair pair(poller);
  int writable = 0;
  int readable = 0;
  for (int i = 1; i <= 2; ++i) {
    wait_once(pair.socket(), Event::writable, writable);
    poller.wait(kForEver);
    EXPECT_EQ(writable, i);
    wait_once(pair.socket(), Event::readable, readable);
    poller.wait(0ms);
    EXPECT_EQ(readable, i - 1) << "it can only be written to";
    pair.send();
    poller.wait(kForEver);
    EXPECT_EQ(readable, i);
    pair.receive_all();
  }
}

TEST(Poller, ABrokenConnectionIsReadyForWhateverIsWaitedFor) {
  Poller poller;
  Pair pair(poller);
  int writable = 0;
  const std::array<char, 4096> bytes{};
  while (::send(pair.socket().descriptor(), bytes.data(), bytes.size(), MSG_DONTWAIT) > 0) continue;
  wait_once(pair.socket(), Event::writable, writable);
  poller.wait(0ms);
  EXPECT_EQ(writable, 0) << "the peer reads nothing";
  pair.close_peer();
  poller.wait(kForEver);
  EXPECT_EQ(writable, 1);
}

TEST(Poller, WhoStoppedWaitingIsNotResumed) {
  Poller poller;
  Pair pair(poller);
  int readable = 0;
  wait_once(pair.socket(), Event::readable, readable);
  const auto waiter = pair.socket().stop_waiting();
  EXPECT_FALSE(pair.socket().stop_waiting());
  pair.send();
  poller.wait(0ms);
  EXPECT_EQ(readable, 0);
  waiter.resume();
  EXPECT_EQ(readable, 1);
}

TEST(Poller, AWakeUpThatCameBeforeTheWaitEndsIt) {
  Poller poller;
  for (int i = 0; i < 3; ++i) {
    poller.wake();
    poller.wait(kForEver);
  }
  const auto begin = std::chrono::steady_clock::now();
  poller.wait(20ms);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 15ms) << "it ends one wait only";
}

TEST(Poller, ASocketThatIsDestroyedIsForgottenThoughAnotherProcessHasItToo) {
  Poller poller;
  int readable = 0;
  auto pair = std::make_unique<Pair>(poller);
  wait_once(pair->socket(), Event::readable, readable);
  const int copy = ::dup(pair->socket().descriptor());
  pair->send();
  pair->socket().stop_waiting().destroy();
  pair.reset();
  poller.wait(0ms);
  EXPECT_EQ(readable, 0);
  ::close(copy);
}

}  // namespace
}  // namespace cardfile::http
