#include "store/faulty_vfs.h"

#include <utility>

namespace cardfile::test {

std::optional<int> FaultyVfs::before(const FileCall& call) {
  if (call.asked == Asked::write) return on_write();
  if (call.asked == Asked::sync && call.kind == FileKind::log) return on_sync();
  return std::nullopt;
}

void FaultyVfs::syncs_give(int code) {
  const std::lock_guard lock(mutex_);
  sync_code_ = code;
}

void FaultyVfs::writes_give(int code, int successes) {
  const std::lock_guard lock(mutex_);
  write_code_ = code;
  writes_left_ = successes;
}

void FaultyVfs::hold_syncs() {
  const std::lock_guard lock(mutex_);
  holding_ = true;
}

void FaultyVfs::wait_for_held_sync() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_ > 0; });
}

bool FaultyVfs::has_held_sync() const {
  const std::lock_guard lock(mutex_);
  return waiting_ > may_go_;
}

void FaultyVfs::let_one_sync_go() {
  const std::lock_guard lock(mutex_);
  ++may_go_;
  changed_.notify_all();
}

void FaultyVfs::release_syncs() {
  const std::lock_guard lock(mutex_);
  holding_ = false;
  may_go_ = 0;
  changed_.notify_all();
}

int FaultyVfs::syncs() const {
  const std::lock_guard lock(mutex_);
  return syncs_;
}

int FaultyVfs::writes() const {
  const std::lock_guard lock(mutex_);
  return writes_;
}

std::optional<int> FaultyVfs::on_sync() {
  std::unique_lock lock(mutex_);
  ++syncs_;
  ++waiting_;
  if (holding_) changed_.notify_all();
  changed_.wait(lock, [this] { return !holding_ || may_go_ > 0; });
  if (may_go_ > 0) --may_go_;
  --waiting_;
  return sync_code_ == SQLITE_OK ? std::nullopt : std::optional(sync_code_);
}

std::optional<int> FaultyVfs::on_write() {
  const std::lock_guard lock(mutex_);
  ++writes_;
  if (write_code_ == SQLITE_OK || writes_left_-- > 0) return std::nullopt;
  return write_code_;
}

}  // namespace cardfile::test
