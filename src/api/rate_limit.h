#pragma once
// Rate limit: how many requests a team may make in a minute (contract, 1.3).

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "core/ids.h"
#include "core/time.h"

namespace cardfile::api {

/// Counts in windows of a minute, which begin with a team's first request after the last window. So a team may make up
/// to twice the number within a minute that lies across two windows; in return an answer can say to the second when it
/// goes on. Safe to use from many threads. Remembers at most 1,024 teams, or
/// twice those that were active in the last minute.
class RateLimiter {
 public:
  static constexpr std::chrono::seconds kWindow{60};

  /// 0: no limit.
  explicit RateLimiter(std::int64_t requests_per_window) : quota_(requests_per_window) {}

  bool is_on() const { return quota_ > 0; }
  std::int64_t quota() const { return quota_; }

  /// How a team stands with a request.
  struct Standing {
    bool allowed = true;
    std::int64_t remaining = 0;          // Requests that the window still has after this one.
    std::chrono::seconds until_reset{};  // Rounded up, at least one: then a new window begins.

    friend bool operator==(const Standing&, const Standing&) = default;
  };

  /// Counts a request of `team` at `now`; one that is refused is not counted. Times may come out of order, and a clock
  /// that is set back begins a new window rather than to hold a team up for as long. To be called when is_on().
  Standing take(core::TeamId team, core::Timestamp now);

  /// Teams that are remembered.
  std::size_t size() const;

 private:
  struct Window {
    core::Timestamp begin;
    std::int64_t taken = 0;

    bool has(core::Timestamp now) const { return now - begin < kWindow && begin - now < kWindow; }
  };

  void forget_ended_windows(core::Timestamp now);

  const std::int64_t quota_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::unordered_map<core::TeamId, Window> windows_;
  std::size_t next_cleaning_ = 1024;  // Teams. Rises with those that are active, so that cleaning stays rare.
};

}  // namespace cardfile::api
