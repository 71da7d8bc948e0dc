#pragma once
// SlowVfs: a disk whose syncs take as long as a check says.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>

#include "store/hooked_vfs.h"

namespace cardfile::prove {

/// At first as fast as the disk below. From any thread.
class SlowVfs final : public test::HookedVfs {
 public:
  SlowVfs();
  ~SlowVfs() override = default;

  /// From now on each sync takes that long, those that have begun included. Ends a standstill.
  void syncs_take(std::chrono::milliseconds time);
  /// From now on no sync ends.
  void stand_still();

  /// Syncs of the log that have begun so far. They are numbered in this order, from 1 on.
  std::int64_t begun() const;
  /// The highest number of those that are done; so whatever was written before it began is durable.
  std::int64_t newest_done() const;
  /// Of any file.
  bool has_waiting_sync() const;

 private:
  std::optional<int> before(const test::FileCall& call) override;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  std::chrono::milliseconds time_{0};
  bool stands_still_ = false;
  std::int64_t begun_ = 0;
  std::int64_t newest_done_ = 0;
  int waiting_ = 0;
};

}  // namespace cardfile::prove
