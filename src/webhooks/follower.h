#pragma once
// Follower: one webhook's way along the change log of its team.

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/executor.h"
#include "base/task.h"
#include "core/change.h"
#include "core/contact.h"
#include "core/event.h"
#include "core/ids.h"
#include "core/webhook.h"
#include "http/client.h"
#include "webhooks/outbox.h"

namespace cardfile::webhooks {

/// What all followers of an outbox share.
struct Service {
  const Parts parts;
  const Options options;
  boost::asio::io_context& context;
  base::Executor& executor;  // The context's.
  http::Client& client;
  http::Client& triggers_client;  // Names that strangers choose, and that are found slowly, hold up no webhook.
};

/// On the outbox's thread only.
class Follower {
 public:
  /// `position`: the last entry that the webhook has been told of.
  Follower(Service& service, core::TeamId team, core::Webhook webhook, std::int64_t position);
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;
  ~Follower() = default;

  /// `on_end` is called once, when nothing of it is under way any more; it may then be destroyed, but not within the
  /// call.
  void begin(std::function<void()> on_end);

  /// There may be news.
  void wake();

  /// Makes it end soon: after the try that is under way.
  void end();

 private:
  enum class Told { yes, interrupted };

  base::Detached run();
  base::Task<void> follow();
  base::Task<void> tell(const core::ChangeEntry& entry);
  base::Task<Told> deliver(const core::ChangeEntry& entry, const core::Event& event);
  base::Task<std::optional<core::Contact>> subject_of(const core::ChangeEntry& entry, const core::Event& event);
  base::Task<std::optional<core::Contact>> deleted_after(const core::ChangeEntry& entry);
  base::Task<void> find_deletions(std::int64_t after_seq);
  /// Those among some more entries; false at the end of the log.
  bool read_deletions();
  core::Contact sample(core::EventType type) const;
  base::Task<void> save(std::int64_t seq);
  base::Task<void> pause(std::chrono::milliseconds time);
  base::Task<void> wait_for_news();
  bool unseal();
  http::Post post_of(std::string_view id, const std::string& body) const;
  std::string name_of(const core::ChangeEntry& entry, const core::Event& event) const;

  Service& service_;
  const core::TeamId team_;
  const core::Webhook webhook_;
  std::int64_t position_;
  std::int64_t saved_position_;
  // Entries that delete contacts, of those after the position and up to deletions_end_. A contact whose id was chosen
  // may be there again, and go again.
  std::set<std::pair<core::ContactId, std::int64_t>> deletions_;
  std::int64_t deletions_end_ = 0;
  std::string token_;
  std::string secret_;  // Empty: events are not signed.
  boost::asio::steady_timer timer_;
  std::function<void()> on_end_;
  bool has_news_ = false;
  bool is_ending_ = false;
};

}  // namespace cardfile::webhooks
