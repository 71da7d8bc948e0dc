#pragma once
// PassingStore and Plant: how a test plants a fault between a store and the check that has to find it.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/store.h"

namespace cardfile::prove {

/// Passes everything on. A planted fault derives from it and gets one thing wrong.
class PassingStore : public store::Store {
 public:
  explicit PassingStore(std::unique_ptr<store::Store> below) : below_(std::move(below)) {}

  void submit(store::Submission& submission) override { below_->submit(submission); }
  std::vector<core::TeamId> teams() const override { return below_->teams(); }
  std::shared_ptr<const core::Directory> directory(core::TeamId team) const override { return below_->directory(team); }
  std::optional<core::Contact> contact(core::TeamId team, const core::ContactKey& key) const override {
    return below_->contact(team, key);
  }
  std::optional<core::Contact> contact_at(core::TeamId team, const core::Address& address) const override {
    return below_->contact_at(team, address);
  }
  std::vector<core::Contact> contacts(core::TeamId team, const core::ContactQuery& query) const override {
    return below_->contacts(team, query);
  }
  std::int64_t count(core::TeamId team, const core::ContactQuery& query) const override {
    return below_->count(team, query);
  }
  std::vector<core::Contact> contacts_at(core::TeamId team, std::span<const core::Address> addresses) const override {
    return below_->contacts_at(team, addresses);
  }
  std::vector<core::ListTarget> targets(core::TeamId team, core::ListId list) const override {
    return below_->targets(team, list);
  }
  std::optional<store::KeyOwner> key_owner(std::span<const std::uint8_t, 32> digest) const override {
    return below_->key_owner(digest);
  }
  std::optional<store::SealedSecret> secret(const core::Uuid& id) const override { return below_->secret(id); }
  std::map<core::WebhookId, std::int64_t> webhook_positions(core::TeamId team) const override {
    return below_->webhook_positions(team);
  }
  std::vector<core::ChangeEntry> changes(core::TeamId team, std::int64_t after_seq, std::size_t limit,
                                         std::size_t bytes_max) const override {
    return below_->changes(team, after_seq, limit, bytes_max);
  }
  std::string write_failure() const override { return below_->write_failure(); }
  store::CheckReport check(const store::Progress& progress) const override { return below_->check(progress); }

 protected:
  store::Store& below() const { return *below_; }

 private:
  const std::unique_ptr<store::Store> below_;
};

/// Waits for each submission before it is told to whom it belongs, so that a fault can tell it otherwise.
class TellingStore : public PassingStore {
 public:
  using PassingStore::PassingStore;

  void submit(store::Submission& submission) override {
    commit(submission.works);
    const std::coroutine_handle<> waiter = submission.waiter;
    submission.executor->resume({&waiter, 1});
  }

 protected:
  virtual void commit(std::span<store::Work> works) { store::commit_and_wait(below(), works); }
};

/// Puts a fault before a store that a check has opened. The default plants nothing.
using Plant = std::function<std::unique_ptr<store::Store>(std::unique_ptr<store::Store>)>;
inline std::unique_ptr<store::Store> nothing_planted(std::unique_ptr<store::Store> store) { return store; }

template <class Fault>
Plant planted() {
  return [](std::unique_ptr<store::Store> store) { return std::make_unique<Fault>(std::move(store)); };
}

}  // namespace cardfile::prove
