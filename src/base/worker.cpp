#include "base/worker.h"

namespace cardfile::base {

Worker::Worker(WorkerLimits limits) : queue_max_(limits.queue_max) {
  for (std::size_t i = 0; i < limits.threads; ++i) threads_.emplace_back([this] { work(); });
}

Worker::~Worker() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  arrived_.notify_all();
}

bool Worker::submit(Job& job) {
  {
    const std::lock_guard lock(mutex_);
    if (ending_ || queue_.size() >= queue_max_) return false;
    queue_.push_back(&job);
  }
  arrived_.notify_one();
  return true;
}

void Worker::work() {
  while (auto* job = next()) {
    job->run();
    job->resume_waiter();
  }
}

Worker::Job* Worker::next() {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [this] { return !queue_.empty() || ending_; });
  if (queue_.empty()) return nullptr;
  auto* job = queue_.front();
  queue_.pop_front();
  return job;
}

}  // namespace cardfile::base
