// The framing cases once more, through the proxies that people put before a server. Whoever gets a request past a
// proxy that has not seen it as one can answer for others: so each request that the server sees must be one that the
// proxy has counted.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "http/ascii.h"
#include "http/careless_server.h"
#include "http/framing_cases.h"
#include "http/peer.h"
#include "http/proxy.h"

namespace cardfile::http {
namespace {

/// What a server behind a proxy was asked.
class Witness {
 public:
  struct Sight {
    std::string request;             // As describe() puts it.
    std::vector<std::string> marks;  // The proxy's, of which there must be one.
  };

  void saw(Sight sight) {
    const std::lock_guard lock(mutex_);
    sights_.push_back(std::move(sight));
  }
  std::vector<Sight> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(sights_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<Sight> sights_;
};

TestServer server_watched_by(Witness& witness) {
  ServerOptions options;
  options.threads = 1;
  return TestServer(options, [&witness](const Request& request, base::Executor& executor) -> base::Task<Response> {
    Witness::Sight sight{.request = describe(request), .marks = {}};
    for (const auto& [name, value] : request.headers) {
      if (equal_ignoring_case(name, kProxyMark)) sight.marks.emplace_back(value);
    }
    witness.saw(std::move(sight));
    co_return co_await echo(request, executor);
  });
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

/// The bodies of those answers that are the server's own: one for each request that the proxy took for one.
std::vector<std::string> echoes_in(std::string_view answers, bool first_is_head) {
  std::vector<std::string> echoes;
  while (answers.starts_with("HTTP/1.1 ")) {
    const std::size_t head_end = answers.find("\r\n\r\n");
    if (head_end == std::string_view::npos) break;
    const std::string head = lower_case(answers.substr(0, head_end + 2));
    std::size_t length = 0;
    const std::size_t at = head.find("\r\ncontent-length: ");
    if (at != std::string::npos) std::from_chars(head.data() + at + 18, head.data() + head.size(), length);
    const bool is_interim = answers.substr(9, 1) == "1";
    if (is_interim || first_is_head) length = 0;
    if (!is_interim) first_is_head = false;
    answers.remove_prefix(head_end + 4);
    if (head.starts_with("http/1.1 200")) echoes.emplace_back(answers.substr(0, length));
    answers.remove_prefix(std::min(length, answers.size()));
  }
  return echoes;
}

std::vector<std::string> requests_of(const std::vector<Witness::Sight>& sights) {
  std::vector<std::string> requests;
  for (const auto& sight : sights) requests.push_back(sight.request);
  return requests;
}

/// Whether `some` are the first of `all`. To HEAD the echo is empty.
bool are_first_of(const std::vector<std::string>& some, const std::vector<std::string>& all) {
  return some.size() <= all.size() &&
         std::equal(some.begin(), some.end(), all.begin(),
                    [](const auto& a, const auto& b) { return a == b || (a.empty() && b.starts_with("HEAD ")); });
}

/// What came of sending cases.
struct Heard {
  std::vector<std::string> disagreements;  // A sentence for each thing that proxy and server see differently.
  std::size_t cases_passed = 0;            // Those that leave the connection open, and came through whole.
};

/// Sends each case through the proxy with one more request behind it, then that request alone.
Heard send_through(const Proxy& proxy, Witness& witness, const std::vector<FramingCase>& cases) {
  const std::string tail = "GET /tail HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n";
  const std::string tail_seen = "GET /tail []";
  Heard heard;
  std::set<std::string> marks;
  for (const FramingCase& row : cases) {
    const auto say = [&](const std::string& what) { heard.disagreements.push_back(row.name + ": " + what); };
    const bool is_head = row.bytes.starts_with("HEAD ");
    // A client that has closed its side may be left without the later answers, as chance has it. The tail ends the
    // connection from the other side, unless the case does something before that.
    const auto sender = row.closes() ? Sender::closes : Sender::waits;
    const auto echoes = echoes_in(proxy.answers_to(row.bytes + tail, sender), is_head);
    const auto sights = witness.take();
    const auto seen = requests_of(sights);
    for (const auto& sight : sights) {
      if (sight.marks.size() != 1) say("the server sees a request that the proxy did not: " + sight.request);
      for (const auto& mark : sight.marks) {
        if (!marks.insert(mark).second) say("the server sees one request as two, of which one is " + sight.request);
      }
    }
    if (!are_first_of(echoes, seen)) say("the answers are not those to what the server saw");
    if (!row.closes()) {
      auto expected = row.outcome;
      expected.push_back(tail_seen);
      if (!are_first_of(seen, expected)) say("the server sees other requests than without the proxy");
      if (seen == expected) ++heard.cases_passed;
    }
    // The next client may get the same connection to the server.
    if (echoes_in(proxy.answers_to(tail, Sender::waits), false) != std::vector<std::string>{tail_seen}) {
      say("the next client's request is not answered as it should be");
    }
    const auto next = witness.take();
    if (next.size() != 1 || next.front().marks.size() != 1) say("the next client's request is not seen alone");
    for (const auto& sight : next) marks.insert(sight.marks.begin(), sight.marks.end());
  }
  return heard;
}

/// How many of the cases that leave the connection open come through at least: as many as through nginx 1.22 and
/// HAProxy 2.6, every time. The others are refused, such as a method in small letters. Who meets a stricter proxy looks
/// at which it refuses as well, and lowers the number.
std::size_t cases_that_pass(ProxyKind kind) {
  switch (kind) {
    case ProxyKind::nginx:
    case ProxyKind::nginx_streaming:
      return 64;
    case ProxyKind::haproxy:
      return 71;
    case ProxyKind::haproxy_lenient:
      return 75;
  }
  return 0;
}

class FramingBehindAProxy : public testing::TestWithParam<ProxyKind> {};

TEST_P(FramingBehindAProxy, IsSeenAlikeByProxyAndServer) {
  Witness witness;
  TestServer server = server_watched_by(witness);
  const Proxy proxy(GetParam(), server.port());
  const Heard heard = send_through(proxy, witness, framing_cases());
  EXPECT_EQ(heard.disagreements, std::vector<std::string>{});
  EXPECT_GE(heard.cases_passed, cases_that_pass(GetParam())) << "a case that no server sees shows nothing";
}

// The planted fault of the count: where every case is refused there is nothing to disagree about.
TEST_P(FramingBehindAProxy, IsSeenAlikeButCountsForNothingWhereTheProxyRefusesEveryCase) {
  Witness witness;
  TestServer server = server_watched_by(witness);
  const Proxy proxy(GetParam(), server.port());
  std::vector<FramingCase> refused = framing_cases();
  for (FramingCase& row : refused) row.bytes = "no request\r\n\r\n";
  const Heard heard = send_through(proxy, witness, refused);
  EXPECT_EQ(heard.disagreements, std::vector<std::string>{});
  EXPECT_LT(heard.cases_passed, cases_that_pass(GetParam()));
}

TEST_P(FramingBehindAProxy, IsSeenDifferentlyByAServerThatKnowsNoLengths) {
  Witness witness;
  const CarelessServer server([&witness](std::string_view head) {
    Witness::Sight sight{.request = std::string(head.substr(0, head.find(" HTTP/"))) + " []", .marks = {}};
    const std::size_t mark = lower_case(head).find("\r\nx-proxy-request: ");
    if (mark != std::string_view::npos) sight.marks.emplace_back(head.substr(mark, head.find("\r\n", mark + 2)));
    witness.saw(std::move(sight));
  });
  const Proxy proxy(GetParam(), server.port());
  EXPECT_THAT(send_through(proxy, witness, framing_cases()).disagreements,
              testing::Contains(testing::HasSubstr("the server sees a request that the proxy did not")));
}

INSTANTIATE_TEST_SUITE_P(All, FramingBehindAProxy,
                         testing::Values(ProxyKind::nginx, ProxyKind::nginx_streaming, ProxyKind::haproxy,
                                         ProxyKind::haproxy_lenient),
                         [](const auto& kind) { return std::string(to_string(kind.param)); });

}  // namespace
}  // namespace cardfile::http
