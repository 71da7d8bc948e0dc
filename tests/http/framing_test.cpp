// Where one request ends and the next begins. Each row is run through the parser in pieces of several sizes and
// through a server, and gives the same every time: what two readers of the same bytes see differently can hide a
// request from one of them.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "http/framing_cases.h"
#include "http/parser.h"
#include "http/peer.h"

namespace cardfile::http {
namespace {

Limits small_limits() {
  Limits limits;
  limits.header_bytes_max = kCaseHeaderBytesMax;
  limits.body_bytes_max = kCaseBodyBytesMax;
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
  ASSERT_GE(framing_cases().size(), 60U);
  for (const FramingCase& row : framing_cases()) {
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
  for (const FramingCase& row : framing_cases()) {
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
