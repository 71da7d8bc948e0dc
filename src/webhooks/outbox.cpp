#include "webhooks/outbox.h"

#include <unistd.h>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <map>
#include <string>
#include <thread>
#include <utility>

#include "base/executor.h"
#include "base/task.h"
#include "core/directory.h"
#include "http/waiting.h"
#include "webhooks/follower.h"

namespace cardfile::webhooks {

namespace asio = boost::asio;

class Outbox::Impl final : public base::Executor {
 public:
  Impl(Parts parts, Options options)
      : client_(context_),
        triggers_client_(context_),
        service_{.parts = std::move(parts),
                 .options = std::move(options),
                 .context = context_,
                 .executor = *this,
                 .client = client_,
                 .triggers_client = triggers_client_},
        bell_(context_, service_.parts.doorbell.descriptor()),
        pausing_(context_),
        work_(context_.get_executor()),
        thread_([this] {
          listen();
          context_.run();
        }) {}

  ~Impl() override {
    asio::post(context_, [this] { end(); });
    thread_.join();
    // The last handler may have returned before the thread that resumed it left resume().
    while (posting_.load() > 0) std::this_thread::yield();
    bell_.release();  // The descriptor is the doorbell's.
  }

  void resume(std::span<const std::coroutine_handle<>> waiters) override {
    ++posting_;
    asio::post(context_, [copy = std::vector<std::coroutine_handle<>>(waiters.begin(), waiters.end())] {
      for (const auto waiter : copy) waiter.resume();
    });
    --posting_;
  }

 private:
  using Name = std::pair<core::TeamId, core::WebhookId>;

  base::Detached listen() {
    while (!is_ending_) {
      service_.parts.doorbell.hear();
      auto pause = service_.options.pause_after_failure;
      if (has_looked_around()) {
        co_await http::Waiting(
            [this](auto done) { bell_.async_wait(asio::posix::stream_descriptor::wait_read, std::move(done)); });
        if (is_ending_) co_return;
        pause = service_.options.gathering;
      }
      pausing_.expires_after(pause);
      co_await http::Waiting([this](auto done) { pausing_.async_wait(std::move(done)); });
    }
  }

  /// A store that cannot be read at the moment, for want of a file descriptor perhaps, is no reason to end the process.
  bool has_looked_around() {
    try {
      look_around();
      return true;
    } catch (const std::exception& error) {
      service_.parts.log.write(base::LogLevel::error, "webhooks_held_up", {{"cause", error.what()}});
      return false;
    }
  }

  void look_around() {
    for (const core::TeamId team : service_.parts.store.teams()) {
      auto directory = service_.parts.store.directory(team);
      auto& known = known_[team];
      if (directory == known) continue;
      if (!known || known->webhooks != directory->webhooks) follow(*directory);
      known = std::move(directory);
    }
    for (const auto& [name, follower] : followers_) follower->wake();
  }

  /// A webhook never changes: it is new, there, or gone.
  void follow(const core::Directory& directory) {
    const core::TeamId team = directory.team.id;
    for (const auto& [name, follower] : followers_) {
      if (name.first == team && !directory.webhooks.contains(name.second)) follower->end();
    }
    const auto positions = service_.parts.store.webhook_positions(team);
    for (const auto& [id, webhook] : directory.webhooks) {
      const auto position = positions.find(id);
      // One that is gone again is not begun.
      if (position == positions.end() || followers_.contains({team, id})) continue;
      auto follower = std::make_unique<Follower>(service_, team, webhook, position->second);
      const auto [place, is_new] = followers_.emplace(Name{team, id}, std::move(follower));
      place->second->begin([this, name = Name{team, id}] { asio::post(context_, [this, name] { forget(name); }); });
    }
  }

  void forget(const Name& name) {
    followers_.erase(name);
    finish_when_alone();
  }

  /// A follower that waits for the store keeps the context from nothing: the guard has to stay until the last is gone.
  void finish_when_alone() {
    if (is_ending_ && followers_.empty()) work_.reset();
  }

  void end() {
    is_ending_ = true;
    client_.cancel();
    triggers_client_.cancel();
    bell_.cancel();
    pausing_.cancel();
    for (const auto& [name, follower] : followers_) follower->end();
    finish_when_alone();
  }

  asio::io_context context_{1};
  http::Client client_;
  http::Client triggers_client_;
  Service service_;
  asio::posix::stream_descriptor bell_;
  asio::steady_timer pausing_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::atomic<int> posting_ = 0;  // Other threads within resume().

  // The outbox's thread only.
  std::map<core::TeamId, std::shared_ptr<const core::Directory>> known_;
  std::map<Name, std::unique_ptr<Follower>> followers_;
  bool is_ending_ = false;

  std::thread thread_;
};

Outbox::Outbox(Parts parts, Options options) : impl_(std::make_unique<Impl>(std::move(parts), std::move(options))) {}

Outbox::~Outbox() = default;

}  // namespace cardfile::webhooks
