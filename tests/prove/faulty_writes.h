#pragma once
// Planted faults of a store that is to do one thing at a time to a contact: each gets one thing wrong.

#include <atomic>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "core/error.h"
#include "prove/planted.h"

namespace cardfile::prove {

/// Writes one after the other, and lets a fault do each update and show each contact.
class FaultyWrites : public PassingStore {
 public:
  using PassingStore::PassingStore;

  void submit(store::Submission& submission) override {
    for (store::Work& work : submission.works) {
      const std::lock_guard lock(writing_);
      try {
        work.result = write(std::move(work.command));
      } catch (...) {
        work.result = std::current_exception();
      }
    }
    const std::coroutine_handle<> waiter = submission.waiter;
    submission.executor->resume({&waiter, 1});
  }

  std::optional<core::Contact> contact(core::TeamId team, const core::ContactKey& key) const override {
    const std::shared_lock lock(showing_);
    auto contact = below().contact(team, key);
    return shown(std::move(contact));
  }
  std::optional<core::Contact> contact_at(core::TeamId team, const core::Address& address) const override {
    const std::shared_lock lock(showing_);
    return shown(below().contact_at(team, address));
  }
  std::vector<core::Contact> contacts(core::TeamId team, const core::ContactQuery& query) const override {
    const std::shared_lock lock(showing_);
    return shown(below().contacts(team, query));
  }
  std::vector<core::Contact> contacts_at(core::TeamId team, std::span<const core::Address> addresses) const override {
    const std::shared_lock lock(showing_);
    return shown(below().contacts_at(team, addresses));
  }

 protected:
  /// An update, called when no other write is at work.
  virtual core::Outcome update(core::Command command, const core::Contact&) { return pass_on(std::move(command)); }
  /// A contact as a reader gets to see it. Called by many threads.
  virtual std::optional<core::Contact> shown(std::optional<core::Contact> contact) const { return contact; }

  core::Outcome pass_on(core::Command command) { return store::commit_and_wait(below(), std::move(command)); }
  static core::UpdateContact& action_of(core::Command& command) {
    return std::get<core::UpdateContact>(command.action);
  }

  /// Reads wait while it is held.
  std::unique_lock<std::shared_mutex> hold_reads() const { return std::unique_lock(showing_); }

  /// Whether it is this one's turn, of so many.
  bool one_in(std::int64_t count) const { return ++turns_ % count == 0; }

 private:
  core::Outcome write(core::Command command) {
    auto* action = std::get_if<core::UpdateContact>(&command.action);
    const auto before = action ? below().contact(command.team, action->key) : std::nullopt;
    return before ? update(std::move(command), *before) : pass_on(std::move(command));
  }

  std::vector<core::Contact> shown(std::vector<core::Contact> contacts) const {
    for (auto& contact : contacts) contact = *shown(std::optional(std::move(contact)));
    return contacts;
  }

  std::mutex writing_;
  mutable std::shared_mutex showing_;
  mutable std::atomic<std::int64_t> turns_ = 0;
};

/// Knows each contact as it was before its last update.
class FaultsWithAMemory : public FaultyWrites {
 public:
  using FaultyWrites::FaultyWrites;

 protected:
  core::Outcome update(core::Command command, const core::Contact& before) override {
    auto outcome = pass_on(std::move(command));
    const std::lock_guard lock(memory_);
    before_.insert_or_assign(before.id, before);
    return outcome;
  }
  std::optional<core::Contact> before(core::ContactId id) const {
    const std::lock_guard lock(memory_);
    const auto found = before_.find(id);
    return found == before_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  mutable std::mutex memory_;
  std::map<core::ContactId, core::Contact> before_;
};

inline core::Outcome with_revision_moved(core::Outcome outcome, std::int64_t by) {
  core::Contact contact = *std::get<core::ContactSaved>(outcome).contact;
  contact.rev += by;
  return core::ContactSaved{std::move(contact)};
}

/// Shows revisions that are less than those below by as many as it keeps to itself.
class FaultsWithOtherRevisions : public FaultyWrites {
 public:
  using FaultyWrites::FaultyWrites;

 protected:
  core::Outcome update(core::Command command, const core::Contact& before) final {
    if (auto& if_match = action_of(command).if_match)
      for (auto& rev : if_match->revs) rev += hidden(before.id);
    try {
      auto outcome = update_below(std::move(command), before);
      return with_revision_moved(std::move(outcome), -hidden(before.id));
    } catch (const core::Error& error) {
      if (error.stored_rev()) throw core::Error::precondition_failed(*error.stored_rev() - hidden(before.id));
      throw;
    }
  }
  std::optional<core::Contact> shown(std::optional<core::Contact> contact) const override {
    if (contact) contact->rev -= hidden(contact->id);
    return contact;
  }

  virtual core::Outcome update_below(core::Command command, const core::Contact& before) = 0;
  void hide_revision(core::ContactId id) {
    const std::lock_guard lock(hiding_);
    ++hidden_[id];
  }

 private:
  std::int64_t hidden(core::ContactId id) const {
    const std::lock_guard lock(hiding_);
    const auto found = hidden_.find(id);
    return found == hidden_.end() ? 0 : found->second;
  }

  mutable std::mutex hiding_;
  std::map<core::ContactId, std::int64_t> hidden_;
};

/// A reader gets an old copy.
class StaleReads final : public FaultsWithAMemory {
 public:
  static constexpr const char* kName = "StaleReads";
  using FaultsWithAMemory::FaultsWithAMemory;

 private:
  std::optional<core::Contact> shown(std::optional<core::Contact> contact) const override {
    if (!contact || !one_in(10)) return contact;
    const auto old = before(contact->id);
    return old ? old : contact;
  }
};

/// The answer comes before the write can be seen: as if it were given before the commit.
class ReadsBeforeItIsDone final : public FaultsWithAMemory {
 public:
  static constexpr const char* kName = "ReadsBeforeItIsDone";
  using FaultsWithAMemory::FaultsWithAMemory;

 private:
  core::Outcome update(core::Command command, const core::Contact& before) override {
    auto outcome = FaultsWithAMemory::update(std::move(command), before);
    if (one_in(5)) unseen_ = 2;
    return outcome;
  }
  std::optional<core::Contact> shown(std::optional<core::Contact> contact) const override {
    if (!contact || unseen_ <= 0) return contact;
    --unseen_;
    const auto old = before(contact->id);
    return old ? old : contact;
  }

  mutable std::atomic<int> unseen_ = 0;
};

/// What a merge adds to was read before another write.
class LostMerges final : public FaultsWithAMemory {
 public:
  static constexpr const char* kName = "LostMerges";
  using FaultsWithAMemory::FaultsWithAMemory;

 private:
  core::Outcome update(core::Command command, const core::Contact& now) override {
    auto& action = action_of(command);
    const auto old = before(now.id);
    if (old && action.custom_mode == core::CustomMode::merge && action.patch.custom) {
      for (const auto& [field, value] : old->custom) action.patch.custom->try_emplace(field, value);
      action.custom_mode = core::CustomMode::overwrite;
    }
    return FaultsWithAMemory::update(std::move(command), now);
  }
};

/// A write is answered and then lost, as by a kill that comes before the sync.
class LostAnswers final : public FaultsWithOtherRevisions {
 public:
  static constexpr const char* kName = "LostAnswers";
  using FaultsWithOtherRevisions::FaultsWithOtherRevisions;

 private:
  core::Outcome update_below(core::Command command, const core::Contact& before) override {
    if (!one_in(20)) return pass_on(std::move(command));
    const auto lock = hold_reads();
    core::Command back{.team = command.team, .actor = {}, .request_id = {}, .action = {}};
    core::UpdateContact undo{.key = before.id,
                             .patch = {.first = before.first, .custom = core::CustomPatch{}},
                             .custom_mode = core::CustomMode::overwrite};
    for (const auto& [field, value] : before.custom) undo.patch.custom->emplace(field, value);
    back.action = std::move(undo);
    auto outcome = pass_on(std::move(command));
    pass_on(std::move(back));
    hide_revision(before.id);
    hide_revision(before.id);
    return with_revision_moved(std::move(outcome), 2);  // Of which two are kept back from now on.
  }
};

class WritesDoneTwice final : public FaultyWrites {
 public:
  static constexpr const char* kName = "WritesDoneTwice";
  using FaultyWrites::FaultyWrites;

 private:
  core::Outcome update(core::Command command, const core::Contact&) override {
    auto outcome = pass_on(command);
    action_of(command).if_match.reset();
    if (one_in(20)) pass_on(std::move(command));
    return outcome;
  }
};

/// A write does not raise the revision.
class RevisionsGivenTwice final : public FaultsWithOtherRevisions {
 public:
  static constexpr const char* kName = "RevisionsGivenTwice";
  using FaultsWithOtherRevisions::FaultsWithOtherRevisions;

 private:
  core::Outcome update_below(core::Command command, const core::Contact& before) override {
    if (!one_in(20)) return pass_on(std::move(command));
    const auto lock = hold_reads();
    auto outcome = pass_on(std::move(command));
    hide_revision(before.id);
    return outcome;
  }
};

/// Readers can come between the names of an overwrite and its custom values.
class TornOverwrites final : public FaultsWithOtherRevisions {
 public:
  static constexpr const char* kName = "TornOverwrites";
  using FaultsWithOtherRevisions::FaultsWithOtherRevisions;

 private:
  core::Outcome update_below(core::Command command, const core::Contact& before) override {
    if (action_of(command).custom_mode == core::CustomMode::merge) return pass_on(std::move(command));
    core::Command names = command;
    action_of(names).patch.custom.reset();
    pass_on(std::move(names));
    for (int i = 0; i < 50; ++i) std::this_thread::yield();
    const auto lock = hold_reads();
    action_of(command).if_match.reset();
    auto outcome = pass_on(std::move(command));
    hide_revision(before.id);
    return outcome;
  }
};

class IgnoredConditions final : public FaultyWrites {
 public:
  static constexpr const char* kName = "IgnoredConditions";
  using FaultyWrites::FaultyWrites;

 private:
  core::Outcome update(core::Command command, const core::Contact&) override {
    if (one_in(5)) action_of(command).if_match.reset();
    return pass_on(std::move(command));
  }
};

/// As by a retry of ours that meets the write's own trace.
class RefusalsOfWhatIsDone final : public FaultyWrites {
 public:
  static constexpr const char* kName = "RefusalsOfWhatIsDone";
  using FaultyWrites::FaultyWrites;

 private:
  core::Outcome update(core::Command command, const core::Contact&) override {
    const bool conditional = action_of(command).if_match.has_value();
    auto outcome = pass_on(std::move(command));
    const auto rev = std::get<core::ContactSaved>(outcome).contact->rev;
    if (conditional && one_in(5)) throw core::Error::precondition_failed(rev);
    return outcome;
  }
};

class DeletedContactsThatAreRead final : public FaultyWrites {
 public:
  static constexpr const char* kName = "DeletedContactsThatAreRead";
  using FaultyWrites::FaultyWrites;

  std::optional<core::Contact> contact(core::TeamId team, const core::ContactKey& key) const override {
    auto contact = FaultyWrites::contact(team, key);
    const std::lock_guard lock(memory_);
    if (contact) last_.insert_or_assign(key, *contact);
    const auto found = last_.find(key);
    return contact || found == last_.end() ? contact : std::optional(found->second);
  }

 private:
  mutable std::mutex memory_;
  mutable std::map<core::ContactKey, core::Contact> last_;
};

}  // namespace cardfile::prove
