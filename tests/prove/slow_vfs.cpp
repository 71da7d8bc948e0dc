#include "prove/slow_vfs.h"

#include <algorithm>
#include <atomic>
#include <string>

namespace cardfile::prove {
namespace {

using std::chrono::steady_clock;

std::string next_name() {
  static std::atomic<int> count = 0;
  return "as-slow-" + std::to_string(++count);
}

}  // namespace

SlowVfs::SlowVfs() : HookedVfs(next_name()) {}

void SlowVfs::syncs_take(std::chrono::milliseconds time) {
  const std::lock_guard lock(mutex_);
  time_ = time;
  stands_still_ = false;
  changed_.notify_all();
}

void SlowVfs::stand_still() {
  const std::lock_guard lock(mutex_);
  stands_still_ = true;
  changed_.notify_all();
}

std::int64_t SlowVfs::begun() const {
  const std::lock_guard lock(mutex_);
  return begun_;
}

std::int64_t SlowVfs::newest_done() const {
  const std::lock_guard lock(mutex_);
  return newest_done_;
}

bool SlowVfs::has_waiting_sync() const {
  const std::lock_guard lock(mutex_);
  return waiting_ > 0;
}

std::optional<int> SlowVfs::before(const test::FileCall& call) {
  if (call.asked != test::Asked::sync) return std::nullopt;
  const auto began = steady_clock::now();
  std::unique_lock lock(mutex_);
  const bool is_of_log = call.kind == test::FileKind::log;
  const std::int64_t number = is_of_log ? ++begun_ : 0;
  ++waiting_;
  while (stands_still_ || steady_clock::now() < began + time_) {
    if (stands_still_) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, began + time_);
    }
  }
  --waiting_;
  newest_done_ = std::max(newest_done_, number);
  return std::nullopt;
}

}  // namespace cardfile::prove
