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
      if (!parser.keep_alive()) {
        outcome.push_back(kClosed);
        return outcome;
      }
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
  ASSERT_GE(framing_cases().size(), 200U);
  for (const FramingCase& row : framing_cases()) {
    for (const std::size_t piece : {1U, 2U, 3U, 7U, 64U, 100'000U}) {
      EXPECT_EQ(parse(row.bytes, piece), row.outcome) << row.name << ", in pieces of " << piece;
    }
  }
}

// Readers more lenient than ours, each by what it makes of the bytes before it reads them.

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string takes_line_feeds_for_line_ends(const std::string& bytes) {
  return replaced(replaced(bytes, "\r\n", "\n"), "\n", "\r\n");
}
std::string drops_blanks_before_colons(const std::string& bytes) { return replaced(bytes, " :", ":"); }
std::string joins_folded_lines(const std::string& bytes) { return replaced(bytes, "\r\n ", " "); }
std::string takes_signs_in_lengths(const std::string& bytes) { return replaced(bytes, "Length: +", "Length: "); }
std::string takes_bases_of_sizes(const std::string& bytes) { return replaced(bytes, "\r\n0x", "\r\n"); }
std::string knows_no_codings(const std::string& bytes) { return replaced(bytes, "Transfer-Encoding", "X"); }
std::string knows_no_lengths(const std::string& bytes) { return replaced(bytes, "Content-Length", "X"); }
std::string reads_underscores_as_dashes(const std::string& bytes) { return replaced(bytes, "_Length", "-Length"); }

TEST(Framing, TellsALenientReaderApart) {
  for (const auto planted :
       {takes_line_feeds_for_line_ends, drops_blanks_before_colons, joins_folded_lines, takes_signs_in_lengths,
        takes_bases_of_sizes, knows_no_codings, knows_no_lengths, reads_underscores_as_dashes}) {
    const auto& cases = framing_cases();
    EXPECT_TRUE(std::any_of(cases.begin(), cases.end(),
                            [&](const FramingCase& row) { return parse(planted(row.bytes), 7) != row.outcome; }));
  }
}

/// What the server says about a case, in the words of its outcome.
std::vector<std::string> heard_by(Peer& peer, const FramingCase& row) {
  std::vector<std::string> heard;
  for (const std::string& expected : row.outcome) {
    if (expected == kClosed) break;
    const bool is_head = expected.starts_with("HEAD ");
    Answer answer = peer.answer(is_head);
    if (answer.status == 100) answer = peer.answer(is_head);
    const bool is_refused = answer.status != 200;
    EXPECT_EQ(answer.body.starts_with("refused: "), is_refused);
    heard.push_back(is_refused ? std::to_string(answer.status) : is_head ? expected : answer.body);
    const bool is_last = answer.says("Connection: close");
    EXPECT_TRUE(is_last || !is_refused) << "a refusal is the last answer";
    if (is_last && !is_refused) heard.push_back(kClosed);
    if (is_last) break;
  }
  return heard;
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
    EXPECT_EQ(heard_by(peer, row), row.outcome);
    if (row.closes()) {
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
