#include "prove/lines.h"

#include <algorithm>
#include <charconv>

namespace cardfile::prove {
namespace {

constexpr std::string_view kHeadEnd = "\r\n\r\n";

template <class Number>
Number number_in(std::string_view text) {
  Number number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

int Heard::status() const { return number_in<int>(text_.substr(text_.find(' ') + 1)); }

std::optional<std::string_view> Heard::header(std::string_view name) const {
  const auto head = text_.substr(0, text_.find(kHeadEnd));
  const std::string begin = "\r\n" + std::string(name) + ": ";
  const auto at = head.find(begin);
  if (at == std::string_view::npos) return std::nullopt;
  const auto value = head.substr(at + begin.size());
  return value.substr(0, value.find("\r\n"));
}

std::string_view Heard::body() const { return text_.substr(text_.find(kHeadEnd) + kHeadEnd.size()); }

bool is_complete(std::string_view text) {
  const auto head_end = text.find(kHeadEnd);
  if (head_end == std::string_view::npos) return false;
  const auto length = Heard(text).header("Content-Length");
  return length && text.size() >= head_end + kHeadEnd.size() + number_in<std::size_t>(*length);
}

Lines::Lines(std::uint16_t port, std::size_t count) : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  for (std::size_t number = 0; number < count; ++number) {
    const Line& line = lines_.emplace_back(Line{.peer = Peer(port)});
    epoll_event event{.events = EPOLLIN, .data = {.u64 = number}};
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, line.peer.socket(), &event) != 0) {
      throw std::runtime_error("a connection cannot be watched");
    }
  }
}

Lines::~Lines() { ::close(epoll_); }

void Lines::ask(std::size_t line, std::string_view request) {
  lines_[line].is_asking = true;
  lines_[line].asked = std::chrono::steady_clock::now();
  lines_[line].peer.send(request);
  ++under_way_;
}

Lines::Got Lines::receive(Line& line) {
  std::array<char, 16 * 1024> room;
  const auto got = line.peer.receive(room);
  if (!got) return Got::part;
  if (got->empty()) {
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, line.peer.socket(), nullptr);
    return Got::end;
  }
  line.received.append(*got);
  return is_complete(line.received) ? Got::all : Got::part;
}

std::string request(const Served& served, const std::string& line, const std::string& body) {
  return line + " HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer " + served.key() +
         "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::chrono::microseconds percentile(std::vector<std::chrono::microseconds> times, std::size_t percent) {
  if (times.empty()) return std::chrono::microseconds{0};
  const auto place = times.begin() + static_cast<std::ptrdiff_t>((times.size() - 1) * percent / 100);
  std::ranges::nth_element(times, place);
  return *place;
}

}  // namespace cardfile::prove
