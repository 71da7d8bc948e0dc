#pragma once
// ListeningStore: planted faults that know what waits for the disk.

#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/executor.h"
#include "core/command.h"
#include "core/contact.h"
#include "prove/planted.h"

namespace cardfile::prove {

/// Hears of each submission before it is passed on, and stands between it and the news that it is done. Who derives
/// from it and has state of its own calls wait_for_answers() in its destructor.
class ListeningStore : public PassingStore {
 public:
  using PassingStore::PassingStore;

  void submit(store::Submission& submission) final {
    hear(submission);
    Ear* ear = nullptr;
    {
      const std::lock_guard lock(mutex_);
      ear = &ears_.emplace_back(*this, submission);
    }
    submission.executor = ear;
    PassingStore::submit(submission);
  }

 protected:
  /// Called on the submitter's thread. The store below moves the commands out.
  virtual void hear(const store::Submission&) {}
  /// It is done or refused. Called on the submitter's thread or the one that commits; somebody has to tell it.
  virtual void answer(store::Submission& submission) { tell(submission); }

  /// It may be gone afterwards.
  static void tell(store::Submission& submission) {
    const std::coroutine_handle<> waiter = submission.waiter;
    submission.executor->resume({&waiter, 1});
  }

  void wait_for_answers() {
    std::unique_lock lock(mutex_);
    heard_.wait(lock, [this] { return ears_.empty(); });
  }

 private:
  /// The executor of one submission, in place of its own.
  class Ear final : public base::Executor {
   public:
    Ear(ListeningStore& store, store::Submission& submission)
        : store_(store), submission_(submission), own_(*submission.executor) {}

    void resume(std::span<const std::coroutine_handle<>>) override {
      submission_.executor = &own_;
      store_.answer(submission_);
      store_.forget(*this);
    }

   private:
    ListeningStore& store_;
    store::Submission& submission_;
    base::Executor& own_;
  };

  void forget(const Ear& ear) {
    const std::lock_guard lock(mutex_);
    ears_.remove_if([&ear](const Ear& other) { return &other == &ear; });
    heard_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable heard_;
  std::list<Ear> ears_;  // Guarded by mutex_.
};

/// Shows updates from when they are submitted, and so before they are durable.
class ShowsTheUnsynced final : public ListeningStore {
 public:
  using ListeningStore::ListeningStore;
  ~ShowsTheUnsynced() override { wait_for_answers(); }

  std::optional<core::Contact> contact(core::TeamId team, const core::ContactKey& key) const override {
    return updated(team, PassingStore::contact(team, key));
  }
  std::optional<core::Contact> contact_at(core::TeamId team, const core::Address& address) const override {
    return updated(team, PassingStore::contact_at(team, address));
  }

 private:
  struct Update {
    const store::Submission* submission = nullptr;
    core::TeamId team;
    core::ContactKey key;
    std::optional<std::string> first;
  };

  void hear(const store::Submission& submission) override {
    const std::lock_guard lock(waiting_);
    for (const auto& work : submission.works) {
      if (const auto* update = std::get_if<core::UpdateContact>(&work.command.action)) {
        updates_.push_back({&submission, work.command.team, update->key, update->patch.first});
      }
    }
  }

  void answer(store::Submission& submission) override {
    {
      const std::lock_guard lock(waiting_);
      std::erase_if(updates_, [&submission](const Update& update) { return update.submission == &submission; });
    }
    tell(submission);
  }

  std::optional<core::Contact> updated(core::TeamId team, std::optional<core::Contact> contact) const {
    const std::lock_guard lock(waiting_);
    for (const Update& update : updates_) {
      const bool is_its =
          contact && update.team == team &&
          (update.key == core::ContactKey(contact->id) || update.key == core::ContactKey(contact->uuid));
      if (!is_its) continue;
      if (update.first) contact->first = *update.first;
      ++contact->rev;
    }
    return contact;
  }

  mutable std::mutex waiting_;
  std::vector<Update> updates_;  // Guarded by waiting_.
};

}  // namespace cardfile::prove
