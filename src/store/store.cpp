#include "store/store.h"

#include <condition_variable>
#include <mutex>
#include <utility>

namespace cardfile::store {
namespace {

/// Stands in for a coroutine: who waits is a thread.
class BlockingExecutor final : public base::Executor {
 public:
  void resume(std::span<const std::coroutine_handle<>>) override {
    // Notified under the lock: the waiting thread destroys this object as soon as it gets through.
    const std::lock_guard lock(mutex_);
    done_ = true;
    changed_.notify_one();
  }

  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return done_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;  // Guarded by mutex_.
};

}  // namespace

core::Outcome Work::take() {
  if (auto* refusal = std::get_if<std::exception_ptr>(&result)) std::rethrow_exception(std::move(*refusal));
  return std::move(std::get<core::Outcome>(result));
}

void KeptContacts::add(core::Outcome& outcome) {
  auto* saved = std::get_if<core::ContactSaved>(&outcome);
  if (saved == nullptr) return;
  if (contacts_ == Contacts::kept) {
    bytes_.add(*saved->contact);
  } else {
    saved->contact = {};
  }
}

void commit_and_wait(Store& store, std::span<Work> works) {
  BlockingExecutor executor;
  Submission submission{.works = works, .executor = &executor, .waiter = std::noop_coroutine()};
  store.submit(submission);
  executor.wait();
}

core::Outcome commit_and_wait(Store& store, core::Command command) {
  Work work{.command = std::move(command), .result = {}};
  commit_and_wait(store, {&work, 1});
  return work.take();
}

}  // namespace cardfile::store
