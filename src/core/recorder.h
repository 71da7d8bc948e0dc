#pragma once
// Recorder: how an accepted command moves the team's counters and writes its log entries.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/change.h"
#include "core/command.h"
#include "core/decide.h"
#include "core/error.h"
#include "core/ids.h"
#include "core/time.h"

namespace cardfile::core {

/// For one command, while it is decided.
class Recorder {
 public:
  Recorder(const Command& command, const TeamClock& clock, Timestamp now)
      : team_(command.team),
        actor_(command.actor.to_string()),
        request_id_(command.request_id),
        now_(now),
        clock_(clock) {}

  TeamId team() const { return team_; }

  /// The time of the change that is logged next: strictly after the team's last.
  Timestamp time() const { return std::max(now_, clock_.updated + std::chrono::microseconds(1)); }

  ContactId new_contact() { return clock_.contact = ContactId(clock_.contact.value() + 1); }
  void use_contact(ContactId id) { clock_.contact = std::max(clock_.contact, id); }
  TagId last_tag() const { return clock_.tag; }
  void use_tag(TagId id) { clock_.tag = std::max(clock_.tag, id); }
  ListId new_list() { return clock_.list = ListId(clock_.list.value() + 1); }
  WebhookId new_webhook() { return clock_.webhook = WebhookId(clock_.webhook.value() + 1); }
  ChannelId new_channel() { return clock_.channel = ChannelId(clock_.channel.value() + 1); }

  void log(Subject subject, std::int64_t subject_id, std::int64_t rev, Operation operation,
           std::vector<FieldChange> changes) {
    const Timestamp at = time();
    clock_.updated = at;
    entries_.push_back({.seq = ++clock_.seq,
                        .subject = subject,
                        .subject_id = subject_id,
                        .rev = rev,
                        .at = at,
                        .operation = operation,
                        .actor = actor_,
                        .request_id = request_id_,
                        .changes = std::move(changes)});
  }

  Decision decision(Outcome outcome) {
    Decision decision;
    decision.outcome = std::move(outcome);
    decision.entries = std::move(entries_);
    decision.clock = clock_;
    return decision;
  }

 private:
  TeamId team_;
  std::string actor_;
  Uuid request_id_;
  Timestamp now_;
  TeamClock clock_;
  std::vector<ChangeEntry> entries_;
};

}  // namespace cardfile::core
