// Where one request ends and the next begins. Each row is run through the parser in pieces of several sizes and
// through a server, and gives the same every time: what two readers of the same bytes see differently can hide a
// request from one of them.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "http/parser.h"
#include "http/peer.h"

namespace cardfile::http {
namespace {

struct Row {
  std::string name;
  std::string bytes;
  std::vector<std::string> outcome;  // The requests that are seen, or the status of the refusal; then nothing more.
};

constexpr std::size_t kHeaderBytesMax = 512;
constexpr std::size_t kBodyBytesMax = 64;

const std::vector<Row>& rows() {
  const std::string host = "Host: t\r\n";
  const std::string get = "GET /next HTTP/1.1\r\nHost: t\r\n\r\n";
  const std::string next = "GET /next []";
  const std::string post = "POST /p HTTP/1.1\r\nHost: t\r\n";
  const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
  static const std::vector<Row> table = {
      // Requests as they should be.
      {"a plain GET", "GET /a?b=c HTTP/1.1\r\n" + host + "\r\n" + get, {"GET /a?b=c []", next}},
      {"a body of known length", post + "Content-Length: 5\r\n\r\nhello" + get, {"POST /p [hello]", next}},
      {"a body on GET", "GET /a HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\n[]" + get, {"GET /a [[]]", next}},
      {"a body on DELETE",
       "DELETE /a HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\n{}" + get,
       {"DELETE /a [{}]", next}},
      {"a chunked body on GET",
       "GET /a HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n" + get,
       {"GET /a [[]]", next}},
      {"a POST without length has no body", post + "\r\n" + get, {"POST /p []", next}},
      {"a body of length zero", post + "Content-Length: 0\r\n\r\n" + get, {"POST /p []", next}},
      {"a length with leading zeros", post + "Content-Length: 005\r\n\r\nhello" + get, {"POST /p [hello]", next}},
      {"a length between blanks", post + "Content-Length: \t5 \r\n\r\nhello" + get, {"POST /p [hello]", next}},
      {"a body that looks like a request",
       post + "Content-Length: 31\r\n\r\n" + get + get,
       {"POST /p [" + get + "]", next}},
      {"three requests at once", get + get + get, {next, next, next}},
      {"empty lines before a request", "\r\n\r\n" + get + "\r\n" + get, {next, next}},
      {"an unknown method", "BREW /pot HTTP/1.1\r\nHost: t\r\n\r\n", {"BREW /pot []"}},
      {"an empty Host", "GET /a HTTP/1.1\r\nHost:\r\n\r\n" + get, {"GET /a []", next}},
      {"a Host with port", "GET /a HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n" + get, {"GET /a []", next}},
      {"header names in any case",
       "POST /p HTTP/1.1\r\nhOST: t\r\ncONTENT-lENGTH: 2\r\n\r\nhi" + get,
       {"POST /p [hi]", next}},
      {"absolute-form", "GET http://t:80/a/b?c HTTP/1.1\r\n" + host + "\r\n" + get, {"GET /a/b?c []", next}},
      {"absolute-form without path", "GET HTTPS://t HTTP/1.1\r\n" + host + "\r\n" + get, {"GET / []", next}},
      {"absolute-form with only a query",
       "GET http://t?x=1 HTTP/1.1\r\n" + host + "\r\n" + get,
       {"GET /?x=1 []", next}},
      {"a query with marks and slashes", "GET /a?b?c/d HTTP/1.1\r\n" + host + "\r\n" + get, {"GET /a?b?c/d []", next}},
      {"OPTIONS for the whole server", "OPTIONS * HTTP/1.1\r\n" + host + "\r\n" + get, {"OPTIONS * []", next}},
      {"UTF-8 in a header", "GET /a HTTP/1.1\r\nHost: t\r\nX-Name: \xC3\x85sa\r\n\r\n" + get, {"GET /a []", next}},
      // Chunks.
      {"chunks", chunked + "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n" + get, {"POST /p [hello]", next}},
      {"chunked in capitals",
       post + "Transfer-Encoding: Chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n" + get,
       {"POST /p [x]", next}},
      {"hexadecimal sizes in both cases",
       chunked + "a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n" + get,
       {"POST /p [01234567890123456789a]", next}},
      {"a size with leading zeros", chunked + "0005\r\nhello\r\n000\r\n\r\n" + get, {"POST /p [hello]", next}},
      {"no chunks but the last", chunked + "0\r\n\r\n" + get, {"POST /p []", next}},
      {"chunk extensions", chunked + "5;a=b;c=\"d e\"\r\nhello\r\n0;z\r\n\r\n" + get, {"POST /p [hello]", next}},
      {"trailers", chunked + "5\r\nhello\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n" + get, {"POST /p [hello]", next}},
      {"chunk data with line ends", chunked + "4\r\n\r\n\r\n\r\n0\r\n\r\n" + get, {"POST /p [\r\n\r\n]", next}},
      {"a size that is no number", chunked + "x\r\nhello\r\n0\r\n\r\n", {"400"}},
      {"a negative size", chunked + "-1\r\nhello\r\n0\r\n\r\n", {"400"}},
      {"a size with a base", chunked + "0x5\r\nhello\r\n0\r\n\r\n", {"400"}},
      {"an empty size", chunked + "\r\nhello\r\n0\r\n\r\n", {"400"}},
      {"a size beyond 64 bits", chunked + "10000000000000005\r\nhello\r\n0\r\n\r\n", {"400"}},
      {"a size followed by a blank", chunked + "5 \r\nhello\r\n0\r\n\r\n", {"400"}},
      {"more data than the chunk's size", chunked + "3\r\nhello\r\n0\r\n\r\n", {"400"}},
      {"less data than the chunk's size", chunked + "6\r\nhello\r\n0\r\n\r\n", {"400"}},
      {"a size line that ends in a bare LF", chunked + "5\nhello\r\n0\r\n\r\n", {"400"}},
      {"a bare LF in an extension", chunked + "5;a\nb\r\nhello\r\n0\r\n\r\n", {"400"}},
      {"a bare LF in a quoted extension", chunked + "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n", {"400"}},
      {"a folded trailer", chunked + "0\r\nX-Sum: 1\r\n 2\r\n\r\n", {"400"}},
      {"a length among the trailers", chunked + "0\r\nContent-Length: 5\r\n\r\n", {"400"}},
      {"chunks that exceed the limit together",
       chunked + "3c\r\n" + std::string(60, 'x') + "\r\n5\r\nhello\r\n0\r\n\r\n",
       {"413"}},
      {"a chunk that would exceed the limit", chunked + "41\r\nx", {"413"}},
      {"an endless chunk extension", chunked + "5;a=" + std::string(600, 'x'), {"431"}},
      {"endless trailers", chunked + "0\r\nX: " + std::string(600, 'x'), {"431"}},
      // Two ways to tell the length, or none that is known.
      {"length and chunked", post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + get, {"400"}},
      {"chunked and length", post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + get, {"400"}},
      {"length and an unknown coding", post + "Transfer-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello", {"400"}},
      {"chunked twice", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {"400"}},
      {"an unknown coding and chunked",
       post + "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       {"400"}},
      {"gzip, chunked", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", {"501"}},
      {"chunked, gzip", post + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", {"501"}},
      {"chunked, chunked", post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", {"501"}},
      {"identity", post + "Transfer-Encoding: identity\r\n\r\n", {"501"}},
      {"xchunked", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", {"501"}},
      {"chunked in quotes", post + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", {"501"}},
      {"chunked after a vertical tab", post + "Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n", {"400"}},
      {"chunked in a folded line", post + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", {"400"}},
      {"chunked in HTTP/1.0", "POST /p HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {"400"}},
      {"two equal lengths", post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", {"400"}},
      {"two different lengths", post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", {"400"}},
      {"a list of equal lengths", post + "Content-Length: 5, 5\r\n\r\nhello", {"400"}},
      {"a list of different lengths", post + "Content-Length: 5, 6\r\n\r\nhello!", {"400"}},
      {"a length with a sign", post + "Content-Length: +5\r\n\r\nhello", {"400"}},
      {"a negative length", post + "Content-Length: -5\r\n\r\nhello", {"400"}},
      {"a hexadecimal length", post + "Content-Length: 0x5\r\n\r\nhello", {"400"}},
      {"a length with a fraction", post + "Content-Length: 5.0\r\n\r\nhello", {"400"}},
      {"an empty length", post + "Content-Length:\r\n\r\nhello", {"400"}},
      {"a length beyond 64 bits", post + "Content-Length: 18446744073709551621\r\n\r\nhello", {"400"}},
      {"a length over the limit", post + "Content-Length: 65\r\n\r\n", {"413"}},
      {"an enormous length", post + "Content-Length: 18446744073709551615\r\n\r\n", {"413"}},
      // Header lines.
      {"no Host", "GET /a HTTP/1.1\r\n\r\n", {"400"}},
      {"two Hosts", "GET /a HTTP/1.1\r\nHost: t\r\nHost: t\r\n\r\n", {"400"}},
      {"two Hosts in HTTP/1.0", "GET /a HTTP/1.0\r\nHost: t\r\nHost: u\r\n\r\n", {"400"}},
      {"two names in one Host", "GET /a HTTP/1.1\r\nHost: t u\r\n\r\n", {"400"}},
      {"a path in Host", "GET /a HTTP/1.1\r\nHost: t/u\r\n\r\n", {"400"}},
      {"a user in Host", "GET /a HTTP/1.1\r\nHost: u@t\r\n\r\n", {"400"}},
      {"a blank before the colon", "GET /a HTTP/1.1\r\nHost : t\r\n\r\n", {"400"}},
      {"a blank before the first name", "GET /a HTTP/1.1\r\n Host: t\r\n\r\n", {"400"}},
      {"a folded value", "GET /a HTTP/1.1\r\nHost: t\r\nX-A: b\r\n c\r\n\r\n", {"400"}},
      {"a fold with a tab and nothing else", "GET /a HTTP/1.1\r\nHost: t\r\nX-A: b\r\n\t\r\n\r\n", {"400"}},
      {"a fold after an empty line", "GET /a HTTP/1.1\r\nHost: t\r\nX-A:\r\n\tb\r\n\r\n", {"400"}},
      {"a line without colon", "GET /a HTTP/1.1\r\nHost: t\r\nnonsense\r\n\r\n", {"400"}},
      {"a line without name", "GET /a HTTP/1.1\r\nHost: t\r\n: x\r\n\r\n", {"400"}},
      {"a NUL in a value", "GET /a HTTP/1.1\r\nHost: t\r\nX-A: a" + std::string(1, '\0') + "b\r\n\r\n", {"400"}},
      {"a DEL in a value",
       "GET /a HTTP/1.1\r\nHost: t\r\nX-A: a\x7f"
       "b\r\n\r\n",
       {"400"}},
      {"a bare CR in a value", "GET /a HTTP/1.1\r\nHost: t\r\nX-A: a\rb\r\n\r\n", {"400"}},
      {"a bare LF in a value", "GET /a HTTP/1.1\r\nHost: t\r\nX-A: a\nX-B: b\r\n\r\n", {"400"}},
      {"lines that end in a bare LF", "GET /a HTTP/1.1\nHost: t\n\n", {"400"}},
      {"one line that ends in a bare LF", "GET /a HTTP/1.1\r\nHost: t\n\r\n", {"400"}},
      {"headers that end in a bare LF", "GET /a HTTP/1.1\r\nHost: t\r\n\n", {"400"}},
      {"a long header", "GET /a HTTP/1.1\r\nHost: t\r\nX-A: " + std::string(600, 'x') + "\r\n\r\n", {"431"}},
      {"many short headers",
       "GET /a HTTP/1.1\r\nHost: t\r\n" +
           [] {
             std::string lines;
             for (int i = 0; i < 100; ++i) lines += "X: y\r\n";
             return lines;
           }() +
           "\r\n",
       {"431"}},
      {"a long target", "GET /" + std::string(600, 'x') + " HTTP/1.1\r\nHost: t\r\n\r\n", {"431"}},
      {"an endless request line", std::string(600, 'G'), {"431"}},
      // Expectations.
      {"an unknown expectation", post + "Expect: 200-ok\r\nContent-Length: 2\r\n\r\n", {"417"}},
      {"two expectations", post + "Expect: 100-continue, x\r\nContent-Length: 2\r\n\r\n", {"417"}},
      // Request lines.
      {"HTTP/2.0", "GET /a HTTP/2.0\r\nHost: t\r\n\r\n", {"505"}},
      {"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {"505"}},
      {"HTTP/1.2", "GET /a HTTP/1.2\r\nHost: t\r\n\r\n", {"505"}},
      {"HTTP/0.9", "GET /a\r\n\r\n", {"400"}},
      {"a version in small letters", "GET /a http/1.1\r\nHost: t\r\n\r\n", {"400"}},
      {"a version with two digits", "GET /a HTTP/1.10\r\nHost: t\r\n\r\n", {"400"}},
      {"something behind the version", "GET /a HTTP/1.1 x\r\nHost: t\r\n\r\n", {"400"}},
      {"two blanks before the target", "GET  /a HTTP/1.1\r\nHost: t\r\n\r\n", {"400"}},
      {"a blank in the target", "GET /a b HTTP/1.1\r\nHost: t\r\n\r\n", {"400"}},
      {"a tab in the target", "GET /a\tb HTTP/1.1\r\nHost: t\r\n\r\n", {"400"}},
      {"a control character in the target", "GET /a\x01 HTTP/1.1\r\nHost: t\r\n\r\n", {"400"}},
      {"a target without slash", "GET a HTTP/1.1\r\nHost: t\r\n\r\n", {"400"}},
      {"a star with GET", "GET * HTTP/1.1\r\nHost: t\r\n\r\n", {"400"}},
      {"a tunnel", "CONNECT t:443 HTTP/1.1\r\nHost: t\r\n\r\n", {"400"}},
      {"another scheme", "GET ftp://t/a HTTP/1.1\r\nHost: t\r\n\r\n", {"400"}},
      {"absolute-form without host", "GET http:///a HTTP/1.1\r\nHost: t\r\n\r\n", {"400"}},
      {"a method with a colon", "GE:T /a HTTP/1.1\r\nHost: t\r\n\r\n", {"400"}},
      {"a blank before the method", " GET /a HTTP/1.1\r\nHost: t\r\n\r\n", {"400"}},
      {"a TLS greeting", "\x16\x03\x01\x02\x01\x01", {"400"}},
      {"a good request and then a bad one", get + "nonsense\r\n\r\n", {next, "400"}},
  };
  return table;
}

Limits small_limits() {
  Limits limits;
  limits.header_bytes_max = kHeaderBytesMax;
  limits.body_bytes_max = kBodyBytesMax;
  return limits;
}

std::vector<std::string> parse(const std::string& bytes, std::size_t piece) {
  Parser parser(small_limits());
  std::vector<std::string> outcome;
  std::size_t fed = 0;
  while (true) {
    const auto state = parser.advance();
    if (state == Parser::State::refused) {
      outcome.push_back(std::to_string(parser.refusal().status));
      return outcome;
    }
    if (state == Parser::State::complete) {
      outcome.push_back(describe(parser.request()));
      parser.next();
      continue;
    }
    if (fed == bytes.size()) return outcome;
    const auto room = parser.space();
    const std::size_t count = std::min({piece, room.size(), bytes.size() - fed});
    std::memcpy(room.data(), bytes.data() + fed, count);
    parser.received(count);
    fed += count;
  }
}

TEST(Framing, IsTheSameInPiecesOfAnySize) {
  ASSERT_GE(rows().size(), 60U);
  for (const Row& row : rows()) {
    for (const std::size_t piece : {1U, 2U, 3U, 7U, 64U, 100'000U}) {
      EXPECT_EQ(parse(row.bytes, piece), row.outcome) << row.name << ", in pieces of " << piece;
    }
  }
}

class FramingOverTheWire : public testing::TestWithParam<bool> {};

TEST_P(FramingOverTheWire, StaysInStepOrCloses) {
  ServerOptions options;
  options.limits = small_limits();
  options.threads = 1;
  const TestServer server(options);
  for (const Row& row : rows()) {
    SCOPED_TRACE(row.name);
    Peer peer = server.peer();
    if (GetParam()) {
      peer.send_byte_by_byte(row.bytes);
    } else {
      peer.send(row.bytes);
    }
    bool is_refused = false;
    for (const std::string& expected : row.outcome) {
      const Answer answer = peer.answer();
      is_refused = answer.status != 200;
      EXPECT_EQ(is_refused ? std::to_string(answer.status) : answer.body, expected);
      EXPECT_EQ(answer.body.starts_with("refused: "), is_refused);
      EXPECT_EQ(answer.says("Connection: close"), is_refused);
    }
    if (is_refused) {
      EXPECT_TRUE(peer.is_closed());
    } else {
      EXPECT_EQ(peer.ask("GET /in/step HTTP/1.1\r\nHost: t\r\n\r\n").body, "GET /in/step []");
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, FramingOverTheWire, testing::Values(false, true),
                         [](const auto& row) { return row.param ? "ByteByByte" : "AtOnce"; });

TEST(Framing, KeepsHeadersWholeWhileALargeBodyArrives) {
  Limits limits;
  Parser parser(limits);
  const std::string body(5 * 1024 * 1024, 'b');
  const std::string bytes = "PUT /v1/contact/7?overwrite=true HTTP/1.1\r\nHost: t\r\nX-A: first\r\nContent-Length: " +
                            std::to_string(body.size()) + "\r\n\r\n" + body;
  for (std::size_t fed = 0; fed < bytes.size();) {
    ASSERT_LE(parser.advance(), Parser::State::body);
    const auto room = parser.space();
    const std::size_t count = std::min(room.size(), std::min<std::size_t>(bytes.size() - fed, 100'003));
    std::memcpy(room.data(), bytes.data() + fed, count);
    parser.received(count);
    fed += count;
  }
  ASSERT_EQ(parser.advance(), Parser::State::complete);
  EXPECT_EQ(parser.request().method, "PUT");
  EXPECT_EQ(parser.request().target, "/v1/contact/7?overwrite=true");
  EXPECT_EQ(parser.request().path, "/v1/contact/7");
  EXPECT_EQ(parser.request().query, "overwrite=true");
  EXPECT_EQ(parser.request().header("x-a"), "first");
  EXPECT_EQ(parser.request().body, body);
}

}  // namespace
}  // namespace cardfile::http
