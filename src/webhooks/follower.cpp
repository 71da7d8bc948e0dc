#include "webhooks/follower.h"

#include <algorithm>
#include <exception>
#include <limits>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/query.h"
#include "core/replay.h"
#include "core/url.h"
#include "http/waiting.h"
#include "webhooks/sealed_text.h"
#include "webhooks/signature.h"
#include "wire/webhook_json.h"

namespace cardfile::webhooks {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t kEntriesAtATime = 256;
constexpr std::size_t kBytesAtATime = std::size_t{1} << 20;  // Of which each follower may hold as many.
// Entries without an event for the webhook move its position in memory only, up to so many: they would be passed over
// again after a crash, and that is all.
constexpr std::int64_t kUnsavedEntriesMax = 10'000;

bool is_success(const http::PostResult& result) { return result.status >= 200 && result.status <= 299; }

std::string cause_of(const http::PostResult& result) {
  return result.status == 0 ? result.failure : "answered " + std::to_string(result.status);
}

bool deletes_contact(const core::ChangeEntry& entry) {
  return entry.subject == core::Subject::contact && entry.operation == core::Operation::remove;
}

bool deletes(const core::ChangeEntry& entry, core::WebhookId webhook) {
  return entry.subject == core::Subject::webhook && entry.operation == core::Operation::remove &&
         entry.subject_id == webhook.value();
}

/// For a team that has no contacts yet.
core::Contact made_up_contact(core::Timestamp at) {
  core::Contact contact;
  contact.rev = 1;
  contact.created = contact.updated = at;
  contact.first = "Sample";
  contact.last = "Contact";
  contact.display_name = "Sample Contact";
  contact.channels = {{.id = {},
                       .type = std::string(core::kPhone),
                       .value = "15555550100",
                       .handle = {},
                       .info = {},
                       .created = at,
                       .updated = at}};
  return contact;
}

}  // namespace

Follower::Follower(Service& service, core::TeamId team, core::Webhook webhook, std::int64_t position)
    : service_(service),
      team_(team),
      webhook_(std::move(webhook)),
      position_(position),
      saved_position_(position),
      timer_(service.context) {}

void Follower::begin(std::function<void()> on_end) {
  on_end_ = std::move(on_end);
  run();
}

void Follower::wake() {
  if (has_news_) return;
  has_news_ = true;
  timer_.cancel();
}

void Follower::end() {
  is_ending_ = true;
  timer_.cancel();
}

base::Detached Follower::run() {
  const bool can_follow = unseal();
  while (!is_ending_) {
    std::string failure;
    try {
      if (can_follow) {
        co_await follow();
      } else {
        co_await wait_for_news();
      }
    } catch (const std::exception& error) {
      failure = error.what();
    }
    if (failure.empty() || is_ending_) continue;
    service_.parts.log.write(base::LogLevel::error, "webhook_held_up",
                             {{"team", team_.value()}, {"webhook", webhook_.id.value()}, {"cause", failure}});
    co_await pause(service_.options.pause_after_failure);
  }
  on_end_();
}

/// Events wait rather than go out without what tells the receiver whose they are.
bool Follower::unseal() {
  const auto read = [this](Purpose purpose, const std::string& sealed) {
    return webhooks::unseal(service_.parts.vault, team_, webhook_.url, purpose, sealed);
  };
  auto token = read(Purpose::token, webhook_.sealed_token);
  auto secret = read(Purpose::secret, webhook_.sealed_secret);
  if (!token || !secret) {
    service_.parts.log.write(
        base::LogLevel::error, "webhook_held_up",
        {{"team", team_.value()},
         {"webhook", webhook_.id.value()},
         {"cause", "secrets.key is not the one that its token was sealed with: put that one back, or make it anew"}});
    return false;
  }
  token_ = std::move(*token);
  secret_ = std::move(*secret);
  return true;
}

base::Task<void> Follower::follow() {
  const auto entries = service_.parts.store.changes(team_, position_, kEntriesAtATime, kBytesAtATime);
  for (const core::ChangeEntry& entry : entries) {
    if (is_ending_) co_return;
    co_await tell(entry);
  }
  if (entries.empty()) {
    co_await wait_for_news();
  } else {
    co_await base::Turn(service_.executor);  // Nothing of these may have been for this webhook.
  }
}

base::Task<void> Follower::tell(const core::ChangeEntry& entry) {
  if (deletes(entry, webhook_.id)) {
    // What follows is not told, however soon it came; the outbox may not have noticed yet.
    is_ending_ = true;
    co_return;
  }
  if (deletes_contact(entry)) deletions_.erase({core::ContactId(entry.subject_id), entry.seq});
  const auto events = core::events_of(entry, webhook_);
  if (events.empty()) {
    position_ = entry.seq;
    if (position_ - saved_position_ >= kUnsavedEntriesMax) co_await save(position_);
    co_return;
  }
  const bool at_most_once = webhook_.kind == core::WebhookKind::n8n_trigger;
  if (at_most_once) {
    co_await save(entry.seq);
    if (is_ending_) co_return;  // It was deleted meanwhile.
    position_ = entry.seq;
  }
  for (const core::Event& event : events) {
    if (co_await deliver(entry, event) == Told::interrupted) co_return;
  }
  if (!at_most_once) {
    position_ = entry.seq;
    co_await save(entry.seq);
  }
}

base::Task<Follower::Told> Follower::deliver(const core::ChangeEntry& entry, const core::Event& event) {
  const auto contact = co_await subject_of(entry, event);
  if (!contact) co_return Told::interrupted;
  const wire::Telling telling{.type = event.type, .contact = *contact, .at = entry.at};
  const std::string body =
      wire::webhook_body(webhook_, token_, telling, *service_.parts.store.directory(team_), service_.parts.dialect);
  const std::string name = name_of(entry, event);
  const bool is_trigger = webhook_.kind == core::WebhookKind::n8n_trigger;
  const auto reach = is_trigger ? service_.options.triggers_reach : http::Reach::everywhere;
  http::Client& client = is_trigger ? service_.triggers_client : service_.client;
  const std::size_t tries = is_trigger ? 1 : service_.options.pauses.size() + 1;
  for (std::size_t attempt = 1;; ++attempt) {
    http::Post post = post_of(name, body);
    const http::PostResult result = co_await client.post(std::move(post), service_.options.timeout, reach);
    if (is_success(result)) co_return Told::yes;
    if (is_ending_) co_return Told::interrupted;
    const bool is_last = attempt == tries;
    service_.parts.log.write(is_last ? base::LogLevel::error : base::LogLevel::warning,
                             is_last ? "webhook_gave_up" : "webhook_failed",
                             {{"team", team_.value()},
                              {"webhook", webhook_.id.value()},
                              {"entry", entry.seq},
                              {"attempt", static_cast<std::int64_t>(attempt)},
                              {"cause", cause_of(result)}});
    if (is_last) co_return Told::yes;
    co_await pause(service_.options.pauses[attempt - 1]);
    if (is_ending_) co_return Told::interrupted;
  }
}

/// The contact as it stands now, or, once it is gone, as it was; an event about consent shows that as the entry left
/// it. None when the follower is to end.
base::Task<std::optional<core::Contact>> Follower::subject_of(const core::ChangeEntry& entry,
                                                              const core::Event& event) {
  if (event.is_sample) co_return sample(event.type);
  if (entry.operation == core::Operation::remove) co_return core::contact_deleted_by(entry);
  while (!is_ending_) {
    auto contact = service_.parts.store.contact(team_, core::ContactId(entry.subject_id));
    const bool is_another = contact && contact->created > entry.at;
    if (!contact || is_another) contact = co_await deleted_after(entry);
    // The entry may be there a moment before what it made of the contact.
    if (contact && contact->rev >= entry.rev) {
      if (core::is_about_consent(event.type)) contact->consent = core::consent_after(entry, contact->consent);
      co_return contact;
    }
    co_await pause(service_.options.gathering);
  }
  co_return std::nullopt;
}

base::Task<std::optional<core::Contact>> Follower::deleted_after(const core::ChangeEntry& entry) {
  co_await find_deletions(entry.seq);
  const core::ContactId id(entry.subject_id);
  const auto found = deletions_.lower_bound({id, entry.seq});
  if (found != deletions_.end() && found->first == id) {
    co_return core::contact_deleted_by(
        service_.parts.store.changes(team_, found->second - 1, 1, kBytesAtATime).front());
  }
  // Or it is beyond those that are kept.
  auto seq = deletions_end_;
  while (!is_ending_) {
    const auto entries = service_.parts.store.changes(team_, seq, kEntriesAtATime, kBytesAtATime);
    if (entries.empty()) break;
    for (const core::ChangeEntry& later : entries) {
      if (deletes_contact(later) && later.subject_id == entry.subject_id) co_return core::contact_deleted_by(later);
    }
    seq = entries.back().seq;
    co_await base::Turn(service_.executor);
  }
  co_return std::nullopt;
}

/// Reads what is new in the log only, as far as there is room for it: a webhook that is far behind may have many
/// contacts that are gone. Others have their turns meanwhile.
base::Task<void> Follower::find_deletions(std::int64_t after_seq) {
  deletions_end_ = std::max(deletions_end_, after_seq);
  const auto has_room = [this] { return deletions_.size() < service_.options.deletions_max; };
  while (!is_ending_ && has_room() && read_deletions()) co_await base::Turn(service_.executor);
}

bool Follower::read_deletions() {
  const auto entries = service_.parts.store.changes(team_, deletions_end_, kEntriesAtATime, kBytesAtATime);
  if (entries.empty()) return false;
  for (const core::ChangeEntry& entry : entries) {
    if (deletions_.size() >= service_.options.deletions_max) break;
    if (deletes_contact(entry)) deletions_.emplace(core::ContactId(entry.subject_id), entry.seq);
    deletions_end_ = entry.seq;
  }
  return true;
}

core::Contact Follower::sample(core::EventType type) const {
  core::ContactQuery newest;
  newest.direction = core::Direction::descending;
  newest.limit = 1;
  const auto contacts = service_.parts.store.contacts(team_, newest);
  core::Contact contact = contacts.empty() ? made_up_contact(service_.parts.clock()) : contacts.front();
  if (type == core::EventType::target_opt_out) contact.consent.unsubscribed_admin = true;
  if (type == core::EventType::incoming_message_unsubscribe) contact.consent.unsubscribed_contact = true;
  return contact;
}

/// A webhook that was deleted meanwhile has no position any more.
base::Task<void> Follower::save(std::int64_t seq) {
  core::Command command{
      .team = team_, .actor = {}, .request_id = {}, .action = core::AdvanceWebhook{.id = webhook_.id, .seq = seq}};
  store::Commit commit(service_.parts.store, service_.executor, std::move(command));
  try {
    co_await commit;
    saved_position_ = seq;
  } catch (const core::Error& error) {
    if (error.code() != core::ErrorCode::not_found) throw;
    is_ending_ = true;
  }
}

base::Task<void> Follower::pause(milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  // News is no reason to hurry.
  while (!is_ending_ && std::chrono::steady_clock::now() < end) {
    timer_.expires_at(end);
    co_await http::Waiting([this](auto done) { timer_.async_wait(std::move(done)); });
  }
}

base::Task<void> Follower::wait_for_news() {
  if (!has_news_ && !is_ending_) {
    timer_.expires_at(std::chrono::steady_clock::time_point::max());
    co_await http::Waiting([this](auto done) { timer_.async_wait(std::move(done)); });
  }
  has_news_ = false;
}

http::Post Follower::post_of(std::string_view id, const std::string& body) const {
  const auto url = core::parse_url(webhook_.url).value();
  http::Post post{
      .tls = url.tls, .host = url.host, .port = url.port, .target = url.target, .headers = {}, .body = body};
  post.headers = {{"Content-Type", "application/json"}, {"User-Agent", "Cardfile"}, {"Webhook-Id", std::string(id)}};
  if (!secret_.empty()) {
    const auto now = std::chrono::floor<std::chrono::seconds>(service_.parts.clock()).time_since_epoch().count();
    post.headers.emplace_back("Webhook-Timestamp", std::to_string(now));
    post.headers.emplace_back("Webhook-Signature", signature_of(secret_, id, now, body));
  }
  return post;
}

/// The same for each try, and for no other event. A folder that was restored from a backup gives the numbers of the
/// entries that it lost again, so the number alone would not do: a receiver would take the new event for the old one.
std::string Follower::name_of(const core::ChangeEntry& entry, const core::Event& event) const {
  return std::to_string(team_.value()) + "-" + std::to_string(webhook_.id.value()) + "-" + std::to_string(entry.seq) +
         "-" + std::to_string(entry.at.time_since_epoch().count()) + "-" + std::string(core::to_string(event.type));
}

}  // namespace cardfile::webhooks
