#include <gtest/gtest.h>

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "http/one_more_file.h"
#include "http/peer.h"

namespace cardfile::http {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: t\r\n\r\n";

ServerOptions with(Limits limits) {
  ServerOptions options;
  options.limits = limits;
  return options;
}

/// What all connections share is a loop's own.
ServerOptions in_one_loop(Limits limits) {
  ServerOptions options = with(limits);
  options.threads = 1;
  return options;
}

TEST(Limits, ASenderOfSlowHeadersIsDroppedHoweverOftenItSends) {
  const TestServer server(with({.header_timeout = 200ms}));
  Peer peer = server.peer();
  const auto begin = std::chrono::steady_clock::now();
  // Each byte comes well within the limit, all of them together do not.
  peer.send("GET / HTTP/1.1\r\nX-Slow: ");
  Answer answer;
  std::atomic<bool> is_answered = false;
  std::jthread dripper([&] {
    while (!is_answered && peer.send("x")) std::this_thread::sleep_for(10ms);
  });
  answer = peer.answer();
  is_answered = true;
  EXPECT_EQ(answer.status, 408);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
  dripper.join();
  EXPECT_TRUE(peer.is_closed());
}

TEST(Limits, ASenderOfASlowBodyIsDropped) {
  const TestServer server(with({.body_timeout = 50ms}));
  Peer peer = server.peer();
  EXPECT_EQ(peer.ask("POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhel").status, 408);
  EXPECT_TRUE(peer.is_closed());
  Peer chunks = server.peer();
  EXPECT_EQ(chunks.ask("POST /a HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel").status, 408);
}

TEST(Limits, AnIdleConnectionIsClosedInSilence) {
  const TestServer server(with({.idle_timeout = 50ms}));
  EXPECT_TRUE(server.peer().is_closed());
  Peer peer = server.peer();
  EXPECT_EQ(peer.ask(kGet).status, 200);
  EXPECT_TRUE(peer.is_closed());
}

TEST(Limits, EmptyLinesDoNotKeepAConnectionOpen) {
  const TestServer server(with({.idle_timeout = 100ms}));
  Peer peer = server.peer();
  peer.send("\r\n");
  EXPECT_TRUE(peer.is_closed());
}

TEST(Limits, AReaderWhoTakesNothingIsCutOff) {
  const TestServer server(with({.connections_max = 1, .write_timeout = 50ms}),
                          [](const Request& request, base::Executor&) -> base::Task<Response> {
                            co_return Response{.body = std::string(request.path == "/large" ? 32 << 20 : 1, 'x')};
                          });
  Peer peer = server.peer();
  EXPECT_EQ(peer.ask(kGet).status, 200);
  peer.send("GET /large HTTP/1.1\r\nHost: t\r\n\r\n");
  // Once another connection is let in, the first one is gone.
  while (server.peer().ask(kGet).status != 200) std::this_thread::yield();
  EXPECT_EQ(peer.answer().status, 0) << "the answer ends in its middle";
}

TEST(Limits, AReaderWhoTakesNothingOfAnAnswerThatTheKernelHasIsCutOff) {
  const TestServer server(in_one_loop({.connections_max = 1, .write_timeout = 100ms}),
                          [](const Request&, base::Executor&) -> base::Task<Response> {
                            co_return Response{.body = std::string(1'000'000, 'x')};
                          });
  Peer peer = server.peer();
  peer.send(kGet);
  // Once another connection is let in, the first one is gone.
  while (server.peer().ask(kGet).status != 200) std::this_thread::yield();
  EXPECT_EQ(peer.answer().status, 0);
}

TEST(Limits, WhoSendsOrTakesMuchAtAGoodRateHasMoreTime) {
  const TestServer server(with({.body_timeout = 200ms, .write_timeout = 200ms}),
                          [](const Request&, base::Executor&) -> base::Task<Response> {
                            co_return Response{.body = std::string(16 << 20, 'x')};
                          });
  const std::string piece(128 * 1024, 'x');
  std::vector<char> room(1 << 20);
  // A peer whose machine stood still has not kept its rate, and is cut off rightly: it tries again.
  for (int attempt = 0; attempt < 10; ++attempt) {
    auto last = std::chrono::steady_clock::now();
    std::chrono::nanoseconds longest_rest{};
    const auto rest = [&](std::chrono::milliseconds time) {
      std::this_thread::sleep_for(time);
      const auto now = std::chrono::steady_clock::now();
      longest_rest = std::max<std::chrono::nanoseconds>(longest_rest, now - last);
      last = now;
    };
    Peer peer = server.peer();
    peer.send("POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: " + std::to_string(5 * piece.size()) + "\r\n\r\n");
    for (int i = 0; i < 5; ++i) {
      peer.send(piece);
      rest(100ms);
    }
    std::size_t taken = 0;
    while (taken < (16 << 20)) {
      const ssize_t got = ::recv(peer.socket(), room.data(), room.size(), MSG_WAITALL);
      if (got <= 0) break;
      taken += static_cast<std::size_t>(got);
      rest(30ms);
    }
    rest(0ms);
    if (taken < (16 << 20) && longest_rest > 150ms) continue;
    EXPECT_GE(taken, 16 << 20) << "it took longer than the time for a small one";
    return;
  }
  ADD_FAILURE() << "this machine stands still all the time";
}

TEST(Limits, AnswersThatAreNotTakenHoldNoMoreThanTheirShareTogether) {
  constexpr std::size_t kLarge = 8 << 20;
  const TestServer server(in_one_loop({.unsent_bytes_max = 3 * kLarge}),
                          [](const Request& request, base::Executor&) -> base::Task<Response> {
                            co_return Response{.body = std::string(request.path == "/large" ? kLarge : 1, 'x')};
                          });
  std::vector<Peer> peers;
  for (int i = 0; i < 6; ++i) {
    peers.push_back(server.peer());
    EXPECT_EQ(peers.back().ask(kGet).status, 200);
    // Otherwise the kernel may take a whole answer.
    const int room = 64 * 1024;
    ::setsockopt(peers.back().socket(), SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    peers.back().send("GET /large HTTP/1.1\r\nHost: t\r\n\r\n");
    // It has begun to be answered.
    char byte = 0;
    EXPECT_EQ(::recv(peers.back().socket(), &byte, 1, MSG_PEEK), 1);
  }
  EXPECT_EQ(peers[0].answer().status, 0) << "who takes nothing for the longest time is cut off";
  EXPECT_EQ(peers[2].answer().status, 0);
  EXPECT_EQ(peers[5].answer().body.size(), kLarge) << "the last one is not";
  EXPECT_EQ(peers[5].ask(kGet).status, 200);
}

TEST(Limits, AnAnswerThatIsLargerThanTheShareOfAllIsSentAllTheSame) {
  const TestServer server(in_one_loop({.unsent_bytes_max = 1024}),
                          [](const Request&, base::Executor&) -> base::Task<Response> {
                            co_return Response{.body = std::string(8 << 20, 'x')};
                          });
  EXPECT_EQ(server.peer().ask(kGet).body.size(), std::size_t{8} << 20);
}

TEST(Limits, AHandlerMayTakeItsTime) {
  const TestServer server(
      with({.header_timeout = 20ms, .body_timeout = 20ms, .write_timeout = 20ms, .idle_timeout = 20ms}),
      [](const Request&, base::Executor&) -> base::Task<Response> {
        std::this_thread::sleep_for(100ms);
        co_return Response{.body = "1"};
      });
  EXPECT_EQ(server.peer().ask(kGet).body, "1");
}

TEST(Limits, TheConnectionOverTheMaximumIsTurnedAway) {
  const TestServer server(with({.connections_max = 2}));
  std::vector<Peer> peers;
  for (int i = 0; i < 2; ++i) {
    peers.push_back(server.peer());
    EXPECT_EQ(peers.back().ask(kGet).status, 200);
  }
  Peer third = server.peer();
  const Answer answer = third.answer();
  EXPECT_EQ(answer.status, 503);
  EXPECT_TRUE(answer.says("Connection: close\r\n"));
  EXPECT_TRUE(third.is_closed());
  EXPECT_EQ(peers.front().ask(kGet).status, 200) << "those that are in stay in";
}

TEST(Limits, WhoComesWhenNoFileCanBeOpenedIsAnsweredOnceOneCan) {
  const TestServer server(in_one_loop({}));
  Peer early = server.peer();
  EXPECT_EQ(early.ask(kGet).status, 200);
  std::optional<Peer> late;
  {
    const OneMoreFile limit;
    late.emplace(server.peer());
    late->send(kGet);
    EXPECT_EQ(early.ask(kGet).status, 200) << "who is in is answered";
  }
  EXPECT_EQ(late->answer().status, 200);
}

TEST(Limits, LargeRequestsHoldNoMoreThanTheirShareTogether) {
  const TestServer server(with({.held_bytes_max = 512 * 1024}));
  const std::string head = "POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 400000\r\n";
  const std::string body(400'000, 'x');
  Peer first = server.peer();
  EXPECT_EQ(first.ask(head + "Expect: 100-continue\r\n\r\n").status, 100);
  Peer second = server.peer();
  EXPECT_EQ(second.ask(head + "\r\n").status, 503) << "there is no room for another";
  EXPECT_TRUE(second.is_closed());
  Peer small = server.peer();
  EXPECT_EQ(small.ask(kGet).status, 200) << "small requests need none";
  EXPECT_EQ(small.ask("POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhello").status, 200);

  EXPECT_EQ(first.ask(body).status, 200) << "who is in stays in";
  EXPECT_EQ(first.ask(head + "\r\n" + body).status, 200) << "and gives its share back with the answer";
  EXPECT_EQ(small.ask(head + "\r\n" + body).status, 200);
}

TEST(Limits, ChunksCountAsWhatTheyHold) {
  const TestServer server(with({.held_bytes_max = 256 * 1024}));
  Peer peer = server.peer();
  const std::string chunk = "186A0\r\n" + std::string(100'000, 'x') + "\r\n";
  EXPECT_EQ(
      peer.ask("POST /a HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk + chunk).status,
      503);
}

TEST(Limits, AConnectionThatEndsMakesRoom) {
  const TestServer server(with({.connections_max = 1}));
  for (int i = 0; i < 20; ++i) {
    Peer peer = server.peer();
    // The server may see the last peer's end a little later than this one's beginning.
    Answer answer = peer.ask(kGet);
    while (answer.status != 200) answer = server.peer().ask(kGet);
    EXPECT_EQ(answer.body, "GET /a []");
  }
}

}  // namespace
}  // namespace cardfile::http
