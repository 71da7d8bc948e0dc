#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

#include "http/certificate.h"
#include "http/peer.h"

namespace cardfile::http {
namespace {

using namespace std::chrono_literals;

ServerOptions with(const Certificate& certificate, Limits limits = {}) {
  ServerOptions options;
  options.limits = limits;
  options.tls = {certificate.certificate_file(), certificate.key_file()};
  return options;
}

class TlsPeer {
 public:
  explicit TlsPeer(const TestServer& server, int version_max = TLS1_3_VERSION)
      : peer_(server.peer()), context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free) {
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_max_proto_version(context_.get(), version_max);
    tls_.reset(SSL_new(context_.get()));
    SSL_set_fd(tls_.get(), peer_.socket());
  }

  bool shake_hands() { return SSL_connect(tls_.get()) == 1; }
  void send(const std::string& bytes) {
    ASSERT_EQ(SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size())), static_cast<int>(bytes.size()));
  }

  /// What arrives until it ends with `end`; an empty end reads until the server closes.
  std::string receive(const std::string& end) {
    std::string text;
    char room[16 * 1024];
    while (end.empty() || !text.ends_with(end)) {
      const int got = SSL_read(tls_.get(), room, sizeof room);
      if (got <= 0) {
        was_closed_properly_ = SSL_get_error(tls_.get(), got) == SSL_ERROR_ZERO_RETURN;
        break;
      }
      text.append(room, static_cast<std::size_t>(got));
    }
    return text;
  }
  bool was_closed_properly() const { return was_closed_properly_; }

 private:
  Peer peer_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> tls_{nullptr, &SSL_free};
  bool was_closed_properly_ = false;
};

TEST(Tls, AnswersRequestsOverTls12And13) {
  const Certificate certificate;
  const TestServer server(with(certificate));
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsPeer peer(server, version);
    ASSERT_TRUE(peer.shake_hands());
    for (int i = 0; i < 3; ++i) {
      peer.send("POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhello");
      EXPECT_TRUE(peer.receive("[hello]").starts_with("HTTP/1.1 200 OK\r\n"));
    }
    peer.send("GET /a HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(peer.receive("").ends_with("GET /a []"));
    EXPECT_TRUE(peer.was_closed_properly());
  }
}

TEST(Tls, CarriesLargeBodiesBothWays) {
  const Certificate certificate;
  const TestServer server(with(certificate));
  TlsPeer peer(server);
  ASSERT_TRUE(peer.shake_hands());
  const std::string body(5 * 1024 * 1024, 'x');
  peer.send("POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n");
  peer.send(body);
  EXPECT_TRUE(peer.receive("]").ends_with("POST /a [" + body + "]"));
}

TEST(Tls, RefusesVersionsBefore12AndPlainRequests) {
  const Certificate certificate;
  const TestServer server(with(certificate));
  EXPECT_FALSE(TlsPeer(server, TLS1_1_VERSION).shake_hands());
  Peer plain = server.peer();
  plain.send("GET /a HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_EQ(plain.answer().status, 0);
  TlsPeer next(server);
  EXPECT_TRUE(next.shake_hands());
}

TEST(Tls, DropsWhoDoesNotShakeHands) {
  const Certificate certificate;
  const TestServer server(with(certificate, {.header_timeout = 50ms}));
  EXPECT_TRUE(server.peer().is_closed());
}

TEST(Tls, SaysWhichFileCannotBeUsed) {
  const Certificate one;
  const Certificate other;
  ServerOptions options = with(one);
  options.port = 0;
  options.tls.key_file = other.key_file();
  EXPECT_THROW(Server(options, echo, error_page), std::runtime_error) << "the key of another certificate";
  options.tls.key_file.clear();
  EXPECT_THROW(Server(options, echo, error_page), std::runtime_error);
  options.tls = {"/nowhere/certificate.pem", one.key_file()};
  try {
    Server(options, echo, error_page);
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("/nowhere/certificate.pem"), std::string::npos);
  }
}

}  // namespace
}  // namespace cardfile::http
