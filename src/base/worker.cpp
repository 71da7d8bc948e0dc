#include "base/worker.h"

namespace cardfile::base {

Worker::Worker(WorkerLimits limits) : queue_max_(limits.queue_max), owner_max_(limits.owner_max) {
  for (std::size_t i = 0; i < limits.threads; ++i)
    threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
}

Worker::~Worker() { refuse_waiting(); }

void Worker::refuse_waiting() {
  std::deque<Job*> refused;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    refused.swap(queue_);
    jobs_of_.clear();  // Nothing is taken any more.
  }
  for (auto* job : refused) job->resume_waiter();
}

bool Worker::submit(Job& job) {
  {
    const std::lock_guard lock(mutex_);
    if (ending_ || queue_.size() >= queue_max_) return false;
    auto& jobs = jobs_of_[job.owner()];
    if (jobs >= owner_max_) return false;
    ++jobs;
    queue_.push_back(&job);
  }
  arrived_.notify_one();
  return true;
}

void Worker::work(const std::stop_token& stop) {
  while (auto* job = next(stop)) {
    job->run();
    release(*job);
    job->resume_waiter();
  }
}

Worker::Job* Worker::next(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (!arrived_.wait(lock, stop, [this] { return !queue_.empty(); })) return nullptr;
  auto* job = queue_.front();
  queue_.pop_front();
  return job;
}

void Worker::release(const Job& job) {
  const std::lock_guard lock(mutex_);
  const auto jobs = jobs_of_.find(job.owner());
  if (jobs != jobs_of_.end() && --jobs->second == 0) jobs_of_.erase(jobs);
}

}  // namespace cardfile::base
