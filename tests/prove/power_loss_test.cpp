#include "prove/power_loss.h"

#include <gmock/gmock.h>

#include "prove/short_form.h"

namespace cardfile::prove {
namespace {

TEST(PowerLoss, LosesNothingThatWasAcknowledgedAndLeavesNothingHalfDone) {
  expect_nothing_found("power-loss", 2, power_loss);
}

void expect_power_loss_found(const PowerLossFaults& faults, const std::string& finding) {
  expect_found(
      "power-loss", 4, [&](Campaign& campaign) { power_loss(campaign, faults); }, finding);
}

TEST(PowerLoss, IsFoundWhenTheDiskLiesAboutSyncsOfTheLog) {
  expect_power_loss_found({.disk = {.log_syncs = true}}, "acknowledged");
}

TEST(PowerLoss, IsFoundWhenTheDiskLiesAboutSyncsOfTheDatabase) {
  expect_power_loss_found({.disk = {.database_syncs = true}}, "after a power cut");
}

TEST(PowerLoss, IsFoundWhenTheDiskLiesAboutSyncsOfTheFolder) {
  expect_power_loss_found({.disk = {.folder_syncs = true}}, "after a power cut");
}

TEST(PowerLoss, IsFoundWhenWhatAKilledProcessLeftIsReadBeforeItIsSynced) {
  expect_found(
      "power-loss", 40,
      [](Campaign& campaign) { power_loss(campaign, {.disk = {.syncs_of_a_log_that_is_found = true}}); },
      "acknowledged");
}

TEST(PowerLoss, IsFoundWhenTheLogIsEmptiedBeforeItsIndexIsSynced) {
  expect_power_loss_found({.disk = {.syncs_of_the_log_s_index = true}}, "cardfile.db-wal is gone");
}

TEST(PowerLoss, IsFoundWhenTheWriterAnswersBeforeTheSync) {
  expect_power_loss_found({.answers_before_the_sync = true}, "acknowledged ones");
}

TEST(PowerLoss, IsFoundWhenAStepIsCommittedInParts) {
  expect_power_loss_found({.tears_steps = true}, "a step was done in part");
}

/// An index that has lost an entry.
class ForgetsAnAddress final : public PassingStore {
  using PassingStore::PassingStore;
  std::optional<core::Contact> contact_at(core::TeamId team, const core::Address& address) const override {
    auto contact = PassingStore::contact_at(team, address);
    return contact && contact->id.value() % 3 == 0 ? std::nullopt : contact;
  }
};

/// A row that has some of its last change.
class ShowsHalfAChange final : public PassingStore {
  using PassingStore::PassingStore;
  std::optional<core::Contact> contact(core::TeamId team, const core::ContactKey& key) const override {
    auto contact = PassingStore::contact(team, key);
    if (contact && contact->rev > 1) contact->first.clear();
    return contact;
  }
};

class LosesAChannel final : public PassingStore {
  using PassingStore::PassingStore;
  std::vector<core::Contact> contacts(core::TeamId team, const core::ContactQuery& query) const override {
    auto contacts = PassingStore::contacts(team, query);
    for (auto& contact : contacts)
      if (contact.channels.size() > 1) contact.channels.pop_back();
    return contacts;
  }
};

class LosesTheLastEntry final : public PassingStore {
  using PassingStore::PassingStore;
  std::vector<core::ChangeEntry> changes(core::TeamId team, std::int64_t after, std::size_t limit,
                                         std::size_t bytes_max) const override {
    auto entries = PassingStore::changes(team, after, limit, bytes_max);
    if (!entries.empty()) entries.pop_back();
    return entries;
  }
};

TEST(PowerLoss, IsFoundWhenAnIndexIsLeftBehind) {
  expect_power_loss_found({.found_after = planted<ForgetsAnAddress>()}, "has another owner");
}

TEST(PowerLoss, IsFoundWhenARowHasHalfOfItsLastChange) {
  expect_power_loss_found({.found_after = planted<ShowsHalfAChange>()}, "is another under its id");
}

TEST(PowerLoss, IsFoundWhenAChannelIsLost) {
  expect_power_loss_found({.found_after = planted<LosesAChannel>()}, "are others");
}

TEST(PowerLoss, IsFoundWhenAnEntryOfTheLogIsLost) {
  expect_power_loss_found({.found_after = planted<LosesTheLastEntry>()}, "after a power cut");
}

}  // namespace
}  // namespace cardfile::prove
