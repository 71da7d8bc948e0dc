#include "http/resolver.h"

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstddef>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace cardfile::http {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::size_t kThreadsMax = 8;

void answer(LookUp& look_up) noexcept {
  look_up.error = asio::error::operation_aborted;
  if (!look_up.is_wanted) return;
  try {
    asio::io_context own;  // That of the resolver may be gone by the end.
    const auto found = tcp::resolver(own).resolve(look_up.host, std::to_string(look_up.port),
                                                  tcp::resolver::numeric_service, look_up.error);
    for (const auto& one : found) look_up.endpoints.push_back(one.endpoint());
  } catch (const std::exception&) {
    look_up.error = asio::error::no_memory;
  }
}

}  // namespace

class Resolver::Shared {
 public:
  struct Job {
    std::shared_ptr<LookUp> look_up;
    std::function<void()> done;
  };

  explicit Shared(asio::io_context& context) : context_(&context) {}

  /// False when there are threads enough: they will come to it.
  bool needs_thread(Job job) {
    const std::scoped_lock lock(mutex_);
    jobs_.push_back(std::move(job));
    if (threads_ == kThreadsMax) return false;
    ++threads_;
    return true;
  }

  void work() {
    while (auto job = next()) {
      answer(*job->look_up);
      tell(std::move(job->done));
    }
  }

  /// No thread could be made. Those that there are come to the job, or else it fails.
  void miss_thread() {
    std::deque<Job> failed;
    {
      const std::scoped_lock lock(mutex_);
      if (--threads_ == 0) failed.swap(jobs_);
    }
    for (Job& job : failed) {
      job.look_up->error = asio::error::no_memory;
      tell(std::move(job.done));
    }
  }

  void forget() {
    const std::scoped_lock lock(mutex_);
    context_ = nullptr;
    jobs_.clear();
  }

 private:
  std::optional<Job> next() {
    const std::scoped_lock lock(mutex_);
    if (jobs_.empty()) {
      --threads_;
      return std::nullopt;
    }
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    return job;
  }

  /// Whoever cannot be told, for want of memory, is not: a look-up has no end that anybody relies on.
  void tell(std::function<void()> done) noexcept {
    const std::scoped_lock lock(mutex_);
    if (context_ == nullptr) return;
    try {
      asio::post(*context_, std::move(done));
    } catch (const std::exception&) {
    }
  }

  std::mutex mutex_;
  asio::io_context* context_;  // None when the resolver is gone.
  std::deque<Job> jobs_;
  std::size_t threads_ = 0;
};

Resolver::Resolver(asio::io_context& context) : shared_(std::make_shared<Shared>(context)) {}

Resolver::~Resolver() { shared_->forget(); }

void Resolver::begin(std::shared_ptr<LookUp> look_up, std::function<void()> done) {
  if (!shared_->needs_thread({std::move(look_up), std::move(done)})) return;
  try {
    std::thread([shared = shared_] { shared->work(); }).detach();
  } catch (const std::exception&) {  // Of threads or of memory there are no more.
    shared_->miss_thread();
  }
}

}  // namespace cardfile::http
