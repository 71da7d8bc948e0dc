#include <gtest/gtest.h>

#include <sys/socket.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "http/gate.h"
#include "http/peer.h"

namespace cardfile::http {
namespace {

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: t\r\n\r\n";

TEST(Connection, AnswersOneRequestAfterAnother) {
  const TestServer server;
  Peer peer = server.peer();
  for (int i = 0; i < 200; ++i) {
    const std::string path = "/" + std::to_string(i);
    const Answer answer = peer.ask("GET " + path + " HTTP/1.1\r\nHost: t\r\n\r\n");
    ASSERT_EQ(answer.status, 200);
    ASSERT_EQ(answer.body, "GET " + path + " []");
    ASSERT_TRUE(answer.says("Content-Type: application/json\r\n"));
    ASSERT_TRUE(answer.says("Date: "));
    ASSERT_FALSE(answer.says("Connection:"));
  }
}

TEST(Connection, ClosesWhenTheRequestWantsIt) {
  const TestServer server;
  for (const char* value : {"close", "Close", "keep-alive, close", " , close"}) {
    Peer peer = server.peer();
    const Answer answer = peer.ask(std::string("GET /a HTTP/1.1\r\nHost: t\r\nConnection: ") + value + "\r\n\r\n");
    EXPECT_EQ(answer.status, 200) << value;
    EXPECT_TRUE(answer.says("Connection: close\r\n")) << value;
    EXPECT_TRUE(peer.is_closed()) << value;
  }
}

TEST(Connection, SpeaksHttp10) {
  const TestServer server;
  Peer once = server.peer();
  const Answer last = once.ask("GET /a HTTP/1.0\r\n\r\n");
  EXPECT_EQ(last.body, "GET /a []");
  EXPECT_TRUE(last.says("Connection: close\r\n"));
  EXPECT_TRUE(once.is_closed());

  Peer again = server.peer();
  for (int i = 0; i < 3; ++i) {
    const Answer answer =
        again.ask("POST /a HTTP/1.0\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nhi");
    EXPECT_EQ(answer.body, "POST /a [hi]") << "HTTP/1.0 knows no 100";
    EXPECT_TRUE(answer.says("Connection: keep-alive\r\n"));
  }
}

TEST(Connection, AnswersPipelinedRequestsInOrder) {
  const TestServer server;
  Peer peer = server.peer();
  std::string requests;
  for (int i = 0; i < 1'000; ++i) {
    requests += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\n[]";
  }
  std::thread sender([&] { peer.send(requests); });
  for (int i = 0; i < 1'000; ++i) ASSERT_EQ(peer.answer().body, "POST /" + std::to_string(i) + " [[]]");
  sender.join();
}

TEST(Connection, SendsAnAnswerThoughTheNextRequestTakesLong) {
  Gate gate;
  const TestServer server({}, behind(gate));
  Peer peer = server.peer();
  peer.send(std::string(kGet) + std::string(kWait));
  EXPECT_EQ(peer.answer().body, "GET /a []");
  gate.wait_for(1);
  gate.open();
  EXPECT_EQ(peer.answer().body, "GET /wait []");
}

TEST(Connection, AnswersWhatCameBeforeTheRequestThatCloses) {
  const TestServer server;
  Peer peer = server.peer();
  peer.send(std::string(kGet) + "GET /b HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n" + std::string(kGet));
  EXPECT_EQ(peer.answer().body, "GET /a []");
  EXPECT_EQ(peer.answer().body, "GET /b []");
  EXPECT_TRUE(peer.is_closed());
}

TEST(Connection, AnswersHeadWithTheLengthButWithoutTheBody) {
  const TestServer server;
  Peer peer = server.peer();
  peer.send("HEAD /a HTTP/1.1\r\nHost: t\r\n\r\n");
  const Answer answer = peer.answer(kHeadOnly);
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.says("Content-Length: 10\r\n"));
  EXPECT_EQ(peer.ask(kGet).body, "GET /a []") << "the next answer follows at once";
}

TEST(Connection, SaysContinueAtOnce) {
  const TestServer server;
  Peer peer = server.peer();
  EXPECT_EQ(peer.ask("POST /a HTTP/1.1\r\nHost: t\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\n").status, 100);
  EXPECT_EQ(peer.ask("hello").body, "POST /a [hello]");
  EXPECT_EQ(
      peer.ask("POST /a HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n").status,
      100);
  EXPECT_EQ(peer.ask("5\r\nhello\r\n0\r\n\r\n").body, "POST /a [hello]");
  EXPECT_EQ(peer.ask("GET /a HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\n\r\n").status, 200)
      << "there is nothing to continue with";
}

TEST(Connection, RefusesABodyThatIsTooLargeInsteadOfContinue) {
  ServerOptions options;
  options.limits.body_bytes_max = 4;
  const TestServer server(options);
  Peer peer = server.peer();
  EXPECT_EQ(peer.ask("POST /a HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n").status, 413);
  EXPECT_TRUE(peer.is_closed());
}

/// Lets those in who say so.
std::optional<Response> admit(const Request& request) {
  if (request.header("Authorization") == "let me in") return std::nullopt;
  Response response;
  response.status = 401;
  return response;
}

TEST(Connection, RefusesWhoIsNotAdmittedInsteadOfContinue) {
  const TestServer server({}, echo, admit);
  Peer peer = server.peer();
  EXPECT_EQ(peer.ask("POST /a HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n").status, 401);
  EXPECT_TRUE(peer.is_closed());
  Peer other = server.peer();
  EXPECT_EQ(other
                .ask("POST /a HTTP/1.1\r\nHost: t\r\nAuthorization: let me in\r\nExpect: 100-continue\r\n"
                     "Content-Length: 5\r\n\r\n")
                .status,
            100);
  EXPECT_EQ(other.ask("hello").body, "POST /a [hello]");
}

TEST(Connection, ReadsNoLargeBodyOfWhoIsNotAdmitted) {
  const TestServer server({}, echo, admit);
  const std::string part(200'000, 'x');  // Of a body that never ends.
  for (const char* framing : {"Content-Length: 1000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nF4240\r\n"}) {
    Peer peer = server.peer();
    EXPECT_EQ(peer.ask("POST /a HTTP/1.1\r\nHost: t\r\n" + (framing + part)).status, 401);
    EXPECT_TRUE(peer.is_closed());
  }
  // A small one is read, so that the connection can go on: the handler sees to it.
  Peer peer = server.peer();
  peer.send("POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhel");
  EXPECT_EQ(peer.ask("lo").body, "POST /a [hello]");
  EXPECT_EQ(peer.ask("GET /a HTTP/1.1\r\nHost: t\r\n\r\n").status, 200);
}

TEST(Connection, GetsARefusalThroughToASenderWhoIsStillSending) {
  ServerOptions options;
  options.limits.body_bytes_max = 1024;
  const TestServer server(options);
  Peer peer = server.peer();
  peer.send("POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 8388608\r\n\r\n");
  std::thread sender([&] {
    peer.send(std::string(8 * 1024 * 1024, 'x'));
    peer.end_output();
  });
  EXPECT_EQ(peer.answer().status, 413);
  EXPECT_TRUE(peer.is_closed());
  sender.join();
}

TEST(Connection, TakesALargeBodyInPieces) {
  const TestServer server;
  const std::string body = [] {
    std::string text;
    while (text.size() < 5 * 1024 * 1024) text += std::to_string(text.size()) + ",";
    return text;
  }();
  Peer peer = server.peer();
  std::thread sender([&] {
    peer.send("POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n");
    for (std::size_t at = 0; at < body.size(); at += 70'001) peer.send(std::string_view(body).substr(at, 70'001));
    peer.send("POST /a HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (std::size_t at = 0; at < body.size(); at += 0x10000) {
      const auto chunk = std::string_view(body).substr(at, 0x10000);
      char size[16];
      std::snprintf(size, sizeof size, "%zx\r\n", chunk.size());
      peer.send(size + std::string(chunk) + "\r\n");
    }
    peer.send("0\r\n\r\n");
  });
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(peer.answer().body == "POST /a [" + body + "]");
  sender.join();
  EXPECT_EQ(peer.ask(kGet).body, "GET /a []");
}

TEST(Connection, EndsWithTheClientsInput) {
  const TestServer server;
  Peer whole = server.peer();
  whole.send(kGet);
  whole.end_output();
  EXPECT_EQ(whole.answer().body, "GET /a []");
  EXPECT_TRUE(whole.is_closed());

  Peer half = server.peer();
  half.send("POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhel");
  half.end_output();
  EXPECT_EQ(half.answer().status, 400);
  EXPECT_TRUE(half.is_closed());

  Peer none = server.peer();
  none.end_output();
  EXPECT_TRUE(none.is_closed());
}

TEST(Connection, SurvivesAHandlerThatThrows) {
  const TestServer server({}, [](const Request& request, base::Executor&) -> base::Task<Response> {
    if (request.path == "/throw") throw std::runtime_error("broken");
    co_return Response{.body = "\"fine\""};
  });
  Peer peer = server.peer();
  EXPECT_EQ(peer.ask("GET /fine HTTP/1.1\r\nHost: t\r\n\r\n").status, 200);
  const Answer answer = peer.ask("GET /throw HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_EQ(answer.status, 500);
  EXPECT_TRUE(answer.body.starts_with("refused: "));
  EXPECT_TRUE(peer.is_closed());
  EXPECT_EQ(server.peer().ask("GET /fine HTTP/1.1\r\nHost: t\r\n\r\n").status, 200);
}

TEST(Connection, SendsTheHandlersStatusAndHeaders) {
  const TestServer server({}, [](const Request&, base::Executor&) -> base::Task<Response> {
    Response response;
    response.status = 409;
    response.body = "{}";
    response.content_type = "application/problem+json";
    response.headers = {{"ETag", "\"7\""}, {"Retry-After", "2"}};
    co_return response;
  });
  const Answer answer = server.peer().ask(kGet);
  EXPECT_TRUE(answer.head.starts_with("HTTP/1.1 409 Conflict\r\n"));
  EXPECT_TRUE(answer.says("\r\nContent-Type: application/problem+json\r\n"));
  EXPECT_TRUE(answer.says("\r\nETag: \"7\"\r\n"));
  EXPECT_TRUE(answer.says("\r\nRetry-After: 2\r\n"));
}

TEST(Connection, KeepsTheRequestWholeWhileTheHandlerWaitsForAnotherThread) {
  std::vector<std::jthread> workers(1);
  const TestServer server({}, [&](const Request& request, base::Executor& executor) -> base::Task<Response> {
    struct Elsewhere {
      std::vector<std::jthread>& threads;
      base::Executor& executor;
      bool await_ready() const { return false; }
      void await_suspend(std::coroutine_handle<> waiter) {
        threads.front() = std::jthread([this, waiter] {
          const std::coroutine_handle<> waiters[] = {waiter};
          executor.resume(waiters);
        });
      }
      void await_resume() const {}
    };
    const auto thread = std::this_thread::get_id();
    co_await Elsewhere{workers, executor};
    EXPECT_EQ(std::this_thread::get_id(), thread);
    co_return Response{.body = describe(request) + std::string(request.header("x-a"))};
  });
  Peer peer = server.peer();
  peer.send("POST /a HTTP/1.1\r\nHost: t\r\nX-A: b\r\nContent-Length: 5\r\n\r\nhello" + std::string(kGet));
  EXPECT_EQ(peer.answer().body, "POST /a [hello]b");
  EXPECT_EQ(peer.answer().body, "GET /a []");
}

ServerOptions in_one_loop(Limits limits = {}) {
  ServerOptions options;
  options.threads = 1;
  options.limits = limits;
  return options;
}

TEST(Connection, GoesOnAtOnceWhenItsHandlerNeedWaitNoLonger) {
  Gate gate;
  const TestServer server(in_one_loop(), behind(gate));
  Peer peer = server.peer();
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 40; ++i) {
    peer.send(kWait);
    gate.wait_for(1);
    gate.open();
    EXPECT_EQ(peer.answer().status, 200);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(4)) << "not with the next sweep only";
}

TEST(Connection, AnswersWhatCameWhileItsHandlerWaited) {
  Gate gate;
  const TestServer server(in_one_loop(), behind(gate));
  Peer peer = server.peer();
  Peer other = server.peer();
  for (int i = 0; i < 3; ++i) {
    peer.send(kWait);
    gate.wait_for(1);
    peer.send(kGet);
    // The loop has seen it once it answers what came later.
    EXPECT_EQ(other.ask(kGet).status, 200);
    gate.open();
    EXPECT_EQ(peer.answer().body, "GET /wait []");
    EXPECT_EQ(peer.answer().body, "GET /a []");
  }
}

TEST(Connection, EndsWhenItsPeerWentAwayWhileItsHandlerWaited) {
  Gate gate;
  const TestServer server(in_one_loop({.connections_max = 2}), behind(gate));
  Peer other = server.peer();
  EXPECT_EQ(other.ask(kGet).status, 200);
  for (const bool resets : {false, true}) {
    {
      std::optional<Peer> peer;
      // The last one's end may be seen a little later than this one's beginning.
      do peer.emplace(server.port());
      while (peer->ask(kGet).status != 200);
      peer->send(kWait);
      gate.wait_for(1);
      const linger at_once{.l_onoff = 1, .l_linger = 0};
      if (resets) ::setsockopt(peer->socket(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    EXPECT_EQ(other.ask(kGet).status, 200);
    gate.open();
  }
  // Once another connection is let in, they are gone.
  while (server.peer().ask(kGet).status != 200) std::this_thread::yield();
}

TEST(Server, RefusesAPortThatIsTaken) {
  const TestServer server;
  ServerOptions options;
  options.port = server.port();
  EXPECT_THROW(Server(options, echo, error_page), std::runtime_error);
  options.port = 0;
  options.address = "nowhere";
  EXPECT_THROW(Server(options, echo, error_page), std::runtime_error);
}

}  // namespace
}  // namespace cardfile::http
