#include "prove/slow_peers.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "prove/lines.h"
#include "prove/short_form.h"

namespace cardfile::prove {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// How fast an honest client is answered is not judged: a busy machine may take its time.
SlowOptions few_slow() {
  return {.connections = 100,
          .rounds = 1,
          .settings = {"--header-timeout-ms", "300", "--body-timeout-ms", "300", "--write-timeout-ms", "300",
                       "--max-unsent-bytes", "4000000"},
          .drip = milliseconds(30),
          .requests = 100,
          .requests_beside_min = 1,
          .slower_percent_max = std::numeric_limits<std::int64_t>::max() / 1'000'000'000,
          .newcomers_patience = milliseconds(30'000),
          .newcomers_within = milliseconds(30'000),
          .bytes_max = 64 << 20};
}

TEST(SlowPeers, AreLetGo) {
  Campaign campaign(short_form("slow-peers", 1));
  slow_peers(campaign, few_slow());
  EXPECT_THAT(campaign.findings(), testing::IsEmpty());
  EXPECT_EQ(campaign.figure("slow connections"), 100);
}

TEST(SlowPeers, AreNoFewerWhereTheMachineAllowsFewer) {
  Campaign campaign(short_form("slow-peers", 1));
  EXPECT_THROW(slow_peers(campaign, {.connections = 1'000'000'000}), std::runtime_error);
}

TEST(SlowPeers, OfAPatientServerAreFound) {
  SlowOptions faulty = few_slow();
  faulty.settings = {"--header-timeout-ms", "1000000", "--max-unsent-bytes", "4000000"};
  faulty.patience = milliseconds(1'000);
  expect_found(
      "slow-peers", 1, [&](Campaign& campaign) { slow_peers(campaign, faulty); }, "slow peers are still connected");
}

TEST(SlowPeers, WhoseAnswersAreAllHeldAreFound) {
  SlowOptions faulty = few_slow();
  faulty.settings.back() = "1000000000";
  faulty.settings[5] = "120000";  // A busy machine takes its time to make them, and nobody is let go meanwhile.
  faulty.patience = milliseconds(1);
  expect_found(
      "slow-peers", 1, [&](Campaign& campaign) { slow_peers(campaign, faulty); }, "bytes of memory");
}

TEST(SlowPeers, WhoTakeTheTimeOfOthersAreFound) {
  SlowOptions faulty = few_slow();
  faulty.slower_percent_max = 150;
  faulty.settings.insert(faulty.settings.end(), {"--threads", "1"});
  faulty.busy_peers = 12;
  faulty.requests = 30;
  faulty.patience = milliseconds(1);
  expect_found(
      "slow-peers", 1, [&](Campaign& campaign) { slow_peers(campaign, faulty); }, "us beside slow peers");
}

/// What a server has that answers everybody the same, and what it gets wrong.
struct Carelessness {
  milliseconds patience{1'000};     // For a request to come, and for an answer to be taken.
  bool begins_anew = false;         // With each piece of an answer that is taken.
  int connections_in_all = 10'000;  // It takes no more.
};

/// The process of such a server.
class CarelessProcess {
 public:
  CarelessProcess(int listener, const Carelessness& how) : listener_(listener), how_(how) {}

  [[noreturn]] void run() {
    while (true) {
      wait();
      if (taken_ < how_.connections_in_all) take_connection();
      for (auto& line : lines_) go_on(line);
      std::erase_if(lines_, [](const Line& line) { return line.socket < 0; });
    }
  }

 private:
  struct Line {
    int socket = -1;
    std::string request{};
    std::string_view unsent{};
    steady_clock::time_point deadline = steady_clock::time_point::max();
  };

  void wait() {
    std::vector<pollfd> events{{.fd = listener_, .events = short{POLLIN}}};
    if (taken_ >= how_.connections_in_all) events.clear();
    for (const auto& line : lines_) {
      events.push_back({.fd = line.socket, .events = line.unsent.empty() ? short{POLLIN} : short{POLLOUT}});
    }
    constexpr int kMilliseconds = 10;
    ::poll(events.data(), events.size(), kMilliseconds);
  }

  void take_connection() {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
    if (socket < 0) return;
    ++taken_;
    lines_.push_back({.socket = socket});
  }

  void go_on(Line& line) const {
    const bool goes_on = line.unsent.empty() ? receive(line) : send(line);
    if (goes_on && steady_clock::now() < line.deadline) return;
    ::close(line.socket);
    line.socket = -1;
  }

  bool receive(Line& line) const {
    std::array<char, 64 * 1024> room;
    const ssize_t count = ::recv(line.socket, room.data(), room.size(), 0);
    if (count <= 0) return count < 0 && errno == EAGAIN;
    if (line.request.empty()) line.deadline = steady_clock::now() + how_.patience;
    line.request.append(room.data(), static_cast<std::size_t>(count));
    if (!is_complete(line.request)) return true;
    line.unsent = line.request.starts_with("GET /v1/contact/") ? short_ : long_;
    line.deadline = steady_clock::now() + how_.patience;
    line.request.clear();
    return send(line);
  }

  bool send(Line& line) const {
    const ssize_t count = ::send(line.socket, line.unsent.data(), line.unsent.size(), MSG_NOSIGNAL);
    if (count < 0) return errno == EAGAIN;
    line.unsent.remove_prefix(static_cast<std::size_t>(count));
    if (line.unsent.empty())
      line.deadline = steady_clock::time_point::max();
    else if (how_.begins_anew)
      line.deadline = steady_clock::now() + how_.patience;
    return true;
  }

  static bool is_complete(std::string_view request) {
    const auto head_end = request.find("\r\n\r\n");
    if (head_end == std::string_view::npos) return false;
    const auto length = Heard(request).header("Content-Length").value_or("0");
    std::size_t bytes = 0;
    std::from_chars(length.data(), length.data() + length.size(), bytes);
    return request.size() >= head_end + 4 + bytes;
  }

  static std::string answer(std::size_t bytes) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(bytes) + "\r\n\r\n" + std::string(bytes, 'x');
  }

  const std::string short_ = answer(2);
  const std::string long_ = answer(3'000'000);
  const int listener_;
  const Carelessness how_;
  int taken_ = 0;
  std::deque<Line> lines_;
};

class CarelessServer final : public Served {
 public:
  explicit CarelessServer(const Carelessness& how) {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener, generic, size) != 0 || ::listen(listener, 1'000) != 0 ||
        ::getsockname(listener, generic, &size) != 0) {
      throw std::runtime_error("no port is free");
    }
    port_ = ntohs(address.sin_port);
    process_ = ::fork();
    if (process_ < 0) throw std::runtime_error("no process can be made");
    if (process_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      CarelessProcess(listener, how).run();
    }
    ::close(listener);
  }
  ~CarelessServer() override {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }

  std::uint16_t port() const override { return port_; }
  const std::string& key() const override { return key_; }
  pid_t process() const override { return process_; }
  std::string make_n8n_key() override { return key_; }

 private:
  const std::string key_ = "key";
  std::uint16_t port_ = 0;
  pid_t process_ = -1;
};

/// So few that each is answered at once, and that sip so fast that the server sees some of it taken all the while.
SlowOptions few_slow_at(const Carelessness& how) {
  SlowOptions options = few_slow();
  options.connections = 60;
  options.contacts = 1;
  options.sip = milliseconds(20);
  options.bytes_max = std::numeric_limits<std::int64_t>::max();
  options.serve = [how] { return std::make_unique<CarelessServer>(how); };
  return options;
}

TEST(SlowPeers, AreLetGoByACarelessServerToo) {
  Campaign campaign(short_form("slow-peers", 1));
  slow_peers(campaign, few_slow_at({}));
  EXPECT_THAT(campaign.findings(), testing::IsEmpty());
}

TEST(SlowPeers, WhoSipAreFoundWhereEachSipGivesThemTimeAnew) {
  SlowOptions faulty = few_slow_at({.begins_anew = true});
  faulty.patience = milliseconds(4'000);
  expect_found(
      "slow-peers", 1, [&](Campaign& campaign) { slow_peers(campaign, faulty); }, "slow peers are still connected");
}

TEST(SlowPeers, BesideWhomNobodyNewIsTakenAreFound) {
  SlowOptions faulty = few_slow_at({.connections_in_all = 61});
  faulty.newcomers_patience = milliseconds(1'000);
  expect_found(
      "slow-peers", 1, [&](Campaign& campaign) { slow_peers(campaign, faulty); },
      "an honest client is not answered beside slow ones");
}

TEST(SlowPeers, BesideWhomWhoIsNewIsTurnedAwayAreFound) {
  SlowOptions faulty = few_slow();
  faulty.settings = {"--max-connections", "101"};
  expect_found(
      "slow-peers", 1, [&](Campaign& campaign) { slow_peers(campaign, faulty); },
      "an honest client is not answered beside slow ones");
}

}  // namespace
}  // namespace cardfile::prove
