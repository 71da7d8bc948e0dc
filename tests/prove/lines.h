#pragma once
// Lines: many connections of one thread.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/epoll.h>

#include "prove/peer.h"
#include "prove/served.h"

namespace cardfile::prove {

/// An answer as it came, all of it.
class Heard {
 public:
  explicit Heard(std::string_view text) : text_(text) {}

  std::string_view text() const { return text_; }
  int status() const;
  /// Names are looked for as the server writes them.
  std::optional<std::string_view> header(std::string_view name) const;
  std::string_view body() const;

 private:
  std::string_view text_;
};

/// Whether it is all of an answer that has a body of a length.
bool is_complete(std::string_view answer);

/// Connections, each with one request under way at most. For one thread.
class Lines {
 public:
  Lines(std::uint16_t port, std::size_t count);
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;
  ~Lines();

  std::size_t under_way() const { return under_way_; }

  /// To be called when nothing is under way on that line, and it has not ended.
  void ask(std::size_t line, std::string_view request);

  /// Waits so long for something to hear, and calls `heard(line, answer, time since it was asked)` for each answer that
  /// is complete then. No answer: the connection has ended, and is of no use any more.
  template <class Function>
  void hear(std::chrono::milliseconds patience, const Function& heard) {
    std::array<epoll_event, 256> events;
    const int count =
        ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), static_cast<int>(patience.count()));
    const auto now = std::chrono::steady_clock::now();
    for (int i = 0; i < count; ++i) {
      const auto number = static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.u64);
      Line& line = lines_[number];
      const Got got = receive(line);
      if (got == Got::part) continue;
      if (std::exchange(line.is_asking, false)) --under_way_;
      const std::string answer = std::exchange(line.received, {});
      const auto time = std::chrono::duration_cast<std::chrono::microseconds>(now - line.asked);
      heard(number, got == Got::all ? std::optional(Heard(answer)) : std::nullopt, time);
    }
  }

 private:
  struct Line {
    Peer peer;
    bool is_asking = false;
    std::chrono::steady_clock::time_point asked{};
    std::string received{};
  };
  enum class Got { part, all, end };

  Got receive(Line& line);

  const int epoll_;
  std::deque<Line> lines_;
  std::size_t under_way_ = 0;
};

/// `line` is method and target.
std::string request(const Served& served, const std::string& line, const std::string& body);

/// So many of 100 took no longer.
std::chrono::microseconds percentile(std::vector<std::chrono::microseconds> times, std::size_t percent);

}  // namespace cardfile::prove
