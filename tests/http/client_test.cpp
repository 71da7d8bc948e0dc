#include "http/client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "http/certificate.h"
#include "http/look_ups.h"
#include "http/peer.h"

namespace cardfile::http {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

// Far longer than anything takes; only a hanging test meets it.
constexpr auto kPatience = 20s;

base::Detached keep(base::Task<PostResult> task, PostResult& result) { result = co_await task; }

/// "200", or why there is no answer.
std::string told(const PostResult& result) {
  EXPECT_EQ(result.status == 0, !result.failure.empty());
  return result.status == 0 ? result.failure : std::to_string(result.status);
}

std::string send(Post post, Reach reach = Reach::everywhere, std::chrono::milliseconds timeout = kPatience) {
  asio::io_context context;
  Client client(context);
  PostResult result;
  keep(client.post(std::move(post), timeout, reach), result);
  context.run();
  return told(result);
}

/// A port that takes connections into its queue, where nobody answers them.
class Listener {
 public:
  Listener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("The listener has no port.");
    }
    port_ = ntohs(address.sin_port);
  }
  ~Listener() { ::close(socket_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// Until then connections are refused.
  void listen() { ::listen(socket_, 8); }
  std::uint16_t port() const { return port_; }
  bool has_visitor() const {
    pollfd waiting{socket_, POLLIN, 0};
    return ::poll(&waiting, 1, 0) == 1;
  }
  int accept() const { return ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC); }
  void interrupt() const { ::shutdown(socket_, SHUT_RDWR); }

 private:
  const int socket_;
  std::uint16_t port_ = 0;
};

/// Takes one connection and one request, sends the bytes that it is told, and reads until the client has closed.
class Receiver {
 public:
  enum class Afterwards { ends, stays_silent };

  explicit Receiver(
      std::string answer, Afterwards afterwards = Afterwards::ends, std::function<void()> when_asked = [] {})
      : answer_(std::move(answer)), afterwards_(afterwards), when_asked_(std::move(when_asked)) {
    listener_.listen();
    thread_ = std::thread([this] { serve(); });
  }
  ~Receiver() {
    listener_.interrupt();
    if (thread_.joinable()) thread_.join();
  }

  std::uint16_t port() const { return listener_.port(); }
  /// What came, once the client has closed.
  std::string request() {
    thread_.join();
    return request_;
  }

 private:
  void serve() {
    const int socket = listener_.accept();
    if (socket < 0) return;
    while (request_.find("\r\n\r\n") == std::string::npos && read_more(socket)) continue;
    when_asked_();
    ::send(socket, answer_.data(), answer_.size(), MSG_NOSIGNAL);
    if (afterwards_ == Afterwards::ends) ::shutdown(socket, SHUT_WR);
    while (read_more(socket)) continue;
    ::close(socket);
  }
  bool read_more(int socket) {
    std::array<char, 16 * 1024> room;
    const ssize_t got = ::recv(socket, room.data(), room.size(), 0);
    if (got > 0) request_.append(room.data(), static_cast<std::size_t>(got));
    return got > 0;
  }

  const std::string answer_;
  const Afterwards afterwards_;
  const std::function<void()> when_asked_;
  Listener listener_;
  std::string request_;
  std::thread thread_;
};

Post plain_to(std::uint16_t port, std::string host = "127.0.0.1") {
  return {.tls = false, .host = std::move(host), .port = port, .target = "/hook", .headers = {}, .body = "{}"};
}

Post tls_to(std::uint16_t port, std::string host = "127.0.0.1") {
  Post post = plain_to(port, std::move(host));
  post.tls = true;
  return post;
}

std::string told_of_answer(std::string answer) {
  Receiver receiver(std::move(answer));
  return send(plain_to(receiver.port()));
}

ServerOptions with(const Certificate& certificate) {
  ServerOptions options;
  options.tls = {certificate.certificate_file(), certificate.key_file()};
  return options;
}

/// While it lives the system trusts this certificate and no other.
class Trust {
 public:
  explicit Trust(const Certificate& certificate) {
    ::setenv("SSL_CERT_FILE", certificate.certificate_file().c_str(), 1);
    ::setenv("SSL_CERT_DIR", "/nowhere", 1);
  }
  ~Trust() {
    ::unsetenv("SSL_CERT_FILE");
    ::unsetenv("SSL_CERT_DIR");
  }
  Trust(const Trust&) = delete;
  Trust& operator=(const Trust&) = delete;
};

TEST(Client, SendsOneRequestAndClosesBehindTheHeadOfTheAnswer) {
  Receiver receiver("HTTP/1.1 204 No Content\r\nX-Any: thing\r\n\r\n", Receiver::Afterwards::stays_silent);
  Post post = plain_to(receiver.port());
  post.target = "/hook/7?a=%20b";
  post.headers = {{"Content-Type", "application/json"}, {"X-Signature", "sha256=00"}};
  post.body = R"({"type":"target_opt_out"})";
  EXPECT_EQ(send(post), "204");
  EXPECT_EQ(receiver.request(), "POST /hook/7?a=%20b HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(receiver.port()) +
                                    "\r\nContent-Type: application/json\r\nX-Signature: sha256=00\r\n"
                                    "Connection: close\r\nContent-Length: 25\r\n\r\n" +
                                    post.body);
}

TEST(Client, ReachesACardfileServerByNameAndCarriesALargeBody) {
  std::string seen;
  const TestServer server({}, [&](const Request& request, base::Executor&) -> base::Task<Response> {
    seen = request.body;
    co_return Response{};
  });
  Post post = plain_to(server.port(), "localhost");
  post.body.assign(1024 * 1024, 'x');
  EXPECT_EQ(send(post), "200");
  EXPECT_TRUE(seen == post.body);
}

TEST(Client, GivesEveryFinalStatusAndFollowsNoRedirection) {
  Listener elsewhere;
  elsewhere.listen();
  EXPECT_EQ(told_of_answer("HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:" + std::to_string(elsewhere.port()) +
                           "/\r\nContent-Length: 0\r\n\r\n"),
            "301");
  EXPECT_FALSE(elsewhere.has_visitor());
  EXPECT_EQ(told_of_answer("HTTP/1.1 500 Oh\r\n\r\n"), "500");
  EXPECT_EQ(told_of_answer("HTTP/1.0 200 OK\r\n\r\nto the end"), "200");
  EXPECT_EQ(told_of_answer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                           "HTTP/1.1 202 Accepted\r\n\r\n"),
            "202");
}

TEST(Client, DoesNotReadTheBodyOfAnAnswer) {
  EXPECT_EQ(told_of_answer("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n{"), "200");
  EXPECT_EQ(told_of_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nrubbish"), "200");
}

TEST(Client, SaysWhatAnswersAreNone) {
  EXPECT_EQ(told_of_answer("SSH-2.0-OpenSSH_9.2\r\n"), "answer is not HTTP");
  EXPECT_EQ(told_of_answer("HTTP/1.1 000 Zero\r\n\r\n"), "answer is not HTTP");
  EXPECT_EQ(told_of_answer("HTTP/1.1 200 OK\r\nno colon\r\n\r\n"), "answer is not HTTP");
  EXPECT_EQ(told_of_answer(""), "connection was closed before an answer");
  EXPECT_EQ(told_of_answer("HTTP/1.1 200 OK\r\nX-Half: a"), "connection was closed before an answer");
  EXPECT_EQ(told_of_answer("HTTP/1.1 100 Continue\r\n\r\n"), "connection was closed before an answer");
}

TEST(Client, ReadsAHeadOf16KiBAndNoneOf64) {
  const auto head_of = [](std::size_t bytes) {
    return "HTTP/1.1 200 OK\r\nX-Long: " + std::string(bytes, 'x') + "\r\n\r\n";
  };
  EXPECT_EQ(told_of_answer(head_of(16'000)), "200");
  EXPECT_EQ(told_of_answer(head_of(17'000)), "head of the answer is too large");
  EXPECT_EQ(told_of_answer(head_of(64 * 1024)), "head of the answer is too large");
}

TEST(Client, GivesUpInTimeAndCloses) {
  Receiver silent("", Receiver::Afterwards::stays_silent);
  EXPECT_EQ(send(plain_to(silent.port()), Reach::everywhere, 50ms), "no answer in time");
  silent.request();  // Comes back, for the client has closed.
  Receiver slow("HTTP/1.1 200 OK\r\nX-Half: a", Receiver::Afterwards::stays_silent);
  EXPECT_EQ(send(plain_to(slow.port()), Reach::everywhere, 50ms), "no answer in time");
  Listener deaf;
  deaf.listen();
  EXPECT_EQ(send(tls_to(deaf.port()), Reach::everywhere, 50ms), "no answer in time") << "within the handshake";
  EXPECT_EQ(send(plain_to(deaf.port(), "localhost"), Reach::everywhere, 0ms), "no answer in time");
}

TEST(Client, SaysThatNobodyListens) {
  const Listener closed;
  EXPECT_EQ(send(plain_to(closed.port())), "connection refused");
  EXPECT_EQ(send(plain_to(closed.port(), "localhost")), "connection refused");
}

TEST(Client, SaysThatAHostIsUnknownOrCannotBeLookedUp) {
  EXPECT_EQ(send(plain_to(80, "unknown.test")), "host is unknown");
  EXPECT_EQ(send(plain_to(80, "unsure.test")), "host cannot be looked up");
}

TEST(Client, SendsNothingThatIsNoRequest) {
  Listener listener;
  listener.listen();
  std::vector<Post> posts(7, plain_to(listener.port()));
  posts[0].target = "/a\r\nX-Planted: 1";
  posts[1].target = "/a b";
  posts[2].target = "http://elsewhere/";
  posts[3].headers = {{"X-A", "1\r\nX-Planted: 1"}};
  posts[4].headers = {{"X-A: 1\r\nX-Planted", "1"}};
  posts[5].host = "127.0.0.1\r\nX-Planted: 1";
  posts[6].host = "[]";
  for (const Post& post : posts) ASSERT_EQ(send(post), "request is not valid HTTP");
  EXPECT_FALSE(listener.has_visitor());
}

TEST(Client, ReachesOnlyPublicAddressesWhenItMust) {
  Listener listener;
  listener.listen();
  for (const std::string host : {"127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "[::ffff:127.0.0.1]",
                                 "[::1]", "::1", "0.0.0.0"}) {
    ASSERT_EQ(send(plain_to(listener.port(), host), Reach::public_only), "address is not public") << host;
    ASSERT_EQ(send(tls_to(listener.port(), host), Reach::public_only), "address is not public") << host;
  }
  EXPECT_FALSE(listener.has_visitor());
  EXPECT_EQ(send(plain_to(listener.port(), "127.1"), Reach::everywhere, 0ms), "no answer in time");
}

TEST(Client, EndsWhatIsUnderWayAndWhatComesLaterWhenItIsCancelled) {
  asio::io_context context;
  Client client(context);
  Receiver silent("", Receiver::Afterwards::stays_silent, [&] { asio::post(context, [&] { client.cancel(); }); });
  PostResult result;
  keep(client.post(plain_to(silent.port()), kPatience, Reach::everywhere), result);
  context.run();
  EXPECT_EQ(told(result), "cancelled");
  PostResult later;
  keep(client.post(plain_to(silent.port()), kPatience, Reach::everywhere), later);
  EXPECT_EQ(told(later), "cancelled") << "at once, without a turn of the loop";
}

TEST(Client, LooksNamesUpBesideOneThatIsNotFoundYet) {
  const TestServer server;
  asio::io_context context;
  Client client(context);
  PostResult slow;
  PostResult quick;
  {
    const test::HeldLookUps held;
    keep(client.post(plain_to(80, "slow.test"), kPatience, Reach::everywhere), slow);
    keep(client.post(plain_to(server.port(), "localhost"), kPatience, Reach::everywhere), quick);
    while (quick == PostResult{} && context.run_one_for(kPatience) > 0) continue;
    EXPECT_EQ(told(quick), "200");
    EXPECT_EQ(slow, PostResult{});
  }
  context.run();
}

TEST(Client, WaitsForNoLookUpBeyondItsTimeOrItsCancellation) {
  asio::io_context context;
  Client client(context);
  PostResult hasty;
  PostResult patient;
  {
    const test::HeldLookUps held;
    keep(client.post(plain_to(80, "slow.test"), 10ms, Reach::everywhere), hasty);
    keep(client.post(plain_to(80, "slow.test"), kPatience, Reach::everywhere), patient);
    while (hasty == PostResult{} && context.run_one_for(kPatience) > 0) continue;
    ASSERT_EQ(told(hasty), "no answer in time");
    EXPECT_EQ(patient, PostResult{});
    client.cancel();
    while (patient == PostResult{} && context.run_one_for(kPatience) > 0) continue;
    EXPECT_EQ(told(patient), "cancelled");
    context.run();  // Nothing is left to do.
  }
}

TEST(Client, EndsWhileItsLookUpGoesOn) {
  const int before = test::look_ups_of_slow_name();
  const test::HeldLookUps held;
  asio::io_context context;
  {
    Client client(context);
    PostResult result;
    keep(client.post(plain_to(80, "slow.test"), kPatience, Reach::everywhere), result);
    while (test::look_ups_of_slow_name() == before) std::this_thread::yield();
    client.cancel();
    context.run();
    EXPECT_EQ(told(result), "cancelled");
  }
}

TEST(Client, LooksNoNameUpThatIsNoLongerWantedWhenItsTurnComes) {
  constexpr int kAtATime = 8;
  asio::io_context context;
  Client client(context);
  std::array<PostResult, kAtATime> first;
  std::array<PostResult, 20> behind;
  const int before = test::look_ups_of_slow_name();
  {
    const test::HeldLookUps held;
    for (PostResult& result : first) {
      keep(client.post(plain_to(80, "slow.test"), kPatience, Reach::everywhere), result);
    }
    for (PostResult& result : behind) keep(client.post(plain_to(80, "slow.test"), 10ms, Reach::everywhere), result);
    while (behind.back() == PostResult{} && context.run_one_for(kPatience) > 0) continue;
    ASSERT_EQ(told(behind.back()), "no answer in time");
  }
  context.run();
  for (const PostResult& result : first) EXPECT_EQ(told(result), "host is unknown");
  EXPECT_EQ(test::look_ups_of_slow_name() - before, kAtATime);
}

TEST(Client, HasManyPostsUnderWayAtATime) {
  Listener deaf;
  deaf.listen();
  const TestServer server;
  asio::io_context context;
  Client client(context);
  PostResult slow;
  std::array<PostResult, 16> results;
  keep(client.post(plain_to(deaf.port()), 50ms, Reach::everywhere), slow);
  for (PostResult& result : results) {
    keep(client.post(plain_to(server.port()), kPatience, Reach::everywhere), result);
  }
  context.run();
  for (const PostResult& result : results) EXPECT_EQ(told(result), "200");
  EXPECT_EQ(told(slow), "no answer in time");
}

TEST(ClientTls, CarriesARequestToAServerThatTheSystemTrusts) {
  const Certificate certificate("DNS:localhost,IP:127.0.0.1");
  const Trust trust(certificate);
  std::string seen;
  const TestServer server(with(certificate), [&](const Request& request, base::Executor&) -> base::Task<Response> {
    seen = request.body;
    co_return Response{};
  });
  for (const std::string host : {"127.0.0.1", "localhost", "LOCALHOST"}) {
    Post post = tls_to(server.port(), host);
    post.body = host + std::string(256 * 1024, 'x');
    EXPECT_EQ(send(post), "200") << host;
    EXPECT_TRUE(seen == post.body) << host;
  }
}

TEST(ClientTls, TrustsNobodyElse) {
  const Certificate certificate("DNS:localhost,IP:127.0.0.1");
  const Certificate other("DNS:localhost,IP:127.0.0.1");
  const Certificate old("DNS:localhost,IP:127.0.0.1", -60s);
  const Trust trust(old);
  EXPECT_EQ(send(tls_to(TestServer(with(certificate)).port())), "certificate is not trusted");
  EXPECT_EQ(send(tls_to(TestServer(with(other)).port(), "localhost")), "certificate is not trusted");
  EXPECT_EQ(send(tls_to(TestServer(with(old)).port())), "certificate has expired");
}

TEST(ClientTls, WantsACertificateForTheVeryHost) {
  for (const auto& [names, host] : {std::pair("DNS:example.com", "localhost"), std::pair("DNS:localhost", "127.0.0.1"),
                                    std::pair("IP:127.0.0.1", "localhost"), std::pair("DNS:*.localhost", "localhost"),
                                    std::pair("DNS:127.0.0.1", "127.0.0.1"), std::pair("", "localhost")}) {
    const Certificate certificate(names);
    const Trust trust(certificate);
    int asked = 0;
    const TestServer server(with(certificate), [&](const Request&, base::Executor&) -> base::Task<Response> {
      ++asked;
      co_return Response{};
    });
    EXPECT_EQ(send(tls_to(server.port(), host)), "certificate is for another host") << names << " for " << host;
    EXPECT_EQ(asked, 0);
  }
}

TEST(ClientTls, SaysThatNobodySpeaksTls) {
  const TestServer server;
  EXPECT_EQ(send(tls_to(server.port())), "TLS handshake failed");
}

}  // namespace
}  // namespace cardfile::http
