#include "api/rate_limit.h"

#include <algorithm>

namespace cardfile::api {

namespace {

constexpr std::size_t kTeamsBetweenCleanings = 1024;

}  // namespace

// One lock for all teams: it is held for some ten nanoseconds, which a lock for each team would not make less.
RateLimiter::Standing RateLimiter::take(core::TeamId team, core::Timestamp now) {
  const std::lock_guard lock(mutex_);
  const auto [place, is_new] = windows_.try_emplace(team, Window{.begin = now, .taken = 0});
  Window& window = place->second;
  if (!window.has(now)) window = {.begin = now, .taken = 0};
  const bool allowed = window.taken < quota_;
  if (allowed) ++window.taken;
  // A thread may come with a time from before the one that began the window.
  const auto left = std::min<core::Timestamp::duration>(window.begin + kWindow - now, kWindow);
  const Standing standing{.allowed = allowed,
                          .remaining = quota_ - window.taken,
                          .until_reset = std::chrono::ceil<std::chrono::seconds>(left)};
  if (is_new && windows_.size() > next_cleaning_) forget_ended_windows(now);
  return standing;
}

std::size_t RateLimiter::size() const {
  const std::lock_guard lock(mutex_);
  return windows_.size();
}

void RateLimiter::forget_ended_windows(core::Timestamp now) {
  std::erase_if(windows_, [now](const auto& item) { return !item.second.has(now); });
  next_cleaning_ = 2 * std::max(windows_.size(), kTeamsBetweenCleanings / 2);
}

}  // namespace cardfile::api
