#include "prove/replay_log.h"

#include <chrono>
#include <exception>
#include <map>
#include <memory>
#include <utility>

#include "core/replay.h"
#include "store/open.h"
#include "store/random_commands.h"
#include "store/sqlite/db.h"
#include "store/world.h"

namespace cardfile::prove {
namespace {

constexpr int kSubmissionsPerUnit = 100;
constexpr std::size_t kAll = 1'000'000;
constexpr core::TeamId kTeams[] = {test::kTeam, test::kOtherTeam};

std::string named(std::int64_t contact) { return "contact " + std::to_string(contact); }

/// Contacts made of nothing but entries.
class Replay {
 public:
  void follow(const core::ChangeEntry& entry, std::vector<std::string>& findings) {
    if (entry.subject != core::Subject::contact) return;
    const bool creates = entry.operation == core::Operation::create;
    const auto [found, is_new] = contacts_.try_emplace(core::ContactId(entry.subject_id));
    if (creates != is_new) findings.push_back(named(entry.subject_id) + " is created twice, or not at all");
    core::Contact& contact = found->second;
    if (entry.rev != contact.rev + 1)
      findings.push_back(named(entry.subject_id) + " has no entry before revision " + std::to_string(entry.rev));
    if (!core::apply(contact, entry))
      findings.push_back(named(entry.subject_id) + " was something else before revision " + std::to_string(entry.rev));
    if (entry.operation == core::Operation::remove) contacts_.erase(found);
  }

  const std::map<core::ContactId, core::Contact>& contacts() const { return contacts_; }

 private:
  std::map<core::ContactId, core::Contact> contacts_;
};

/// In how much the contacts of a team are not exactly what its change log makes of nothing; a sentence each, without
/// what is in them.
std::vector<std::string> unlike_their_log(const store::Store& store, core::TeamId team) {
  std::vector<std::string> findings;
  Replay replay;
  try {
    for (const auto& entry : store.changes(team, 0, kAll, store::kNoLimit)) replay.follow(entry, findings);
  } catch (const std::exception& error) {
    findings.emplace_back(error.what());
  }
  auto replayed = replay.contacts();
  for (const auto& contact : contacts_of(store, team)) {
    const auto found = replayed.find(contact.id);
    if (found == replayed.end() || found->second != contact)
      findings.push_back(named(contact.id.value()) + " is not what the change log makes of it");
    if (found != replayed.end()) replayed.erase(found);
  }
  for (const auto& [id, _] : replayed) findings.push_back(named(id.value()) + " is in the change log alone");
  return findings;
}

void look_at(Campaign& campaign, const store::Store& store) {
  expect_sound(campaign, store);
  for (const auto team : kTeams) {
    campaign.count("entries", static_cast<std::int64_t>(store.changes(team, 0, kAll, store::kNoLimit).size()));
    campaign.count("contacts", static_cast<std::int64_t>(contacts_of(store, team).size()));
    const auto directory = store.directory(team);
    campaign.count(
        "tags, fields, users, inboxes and lists",
        static_cast<std::int64_t>(directory->tags.size() + directory->fields.size() + directory->users.size() +
                                  directory->inboxes.size() + directory->lists.size()));
  }
}

void run_commands(Campaign& campaign, store::Store& store, test::TestClock& clock) {
  test::RandomCommands random(campaign.random()());
  for (const auto team : kTeams) store::commit_and_wait(store, test::command(core::CreateTeam{.name = "Team"}, team));
  for (int i = 0; i < kSubmissionsPerUnit; ++i) {
    clock.move(std::chrono::microseconds(campaign.below(3'000) - 500));
    std::vector<store::Work> works;
    for (auto& command : random.submission()) works.push_back({.command = std::move(command), .result = {}});
    store::commit_and_wait(store, works);
  }
}

}  // namespace

std::vector<core::Contact> contacts_of(const store::Store& store, core::TeamId team) {
  core::ContactQuery everybody;
  everybody.order = core::ContactOrder::id;
  everybody.limit = kAll;
  return store.contacts(team, everybody);
}

void expect_sound(Campaign& campaign, const store::Store& store) {
  const auto report = store.check({});
  for (const auto& finding : report.findings) campaign.find(finding);
  for (const auto& finding : report.index_findings) campaign.find(finding);
  for (const auto team : store.teams())
    for (const auto& sentence : unlike_their_log(store, team)) campaign.find(sentence);
}

void replay_log(Campaign& campaign, const ReplayLogFaults& faults) {
  while (campaign.begins_unit()) {
    const test::TempFolder folder;
    test::TestClock clock;
    const auto open = [&] {
      return faults.plant(
          store::open_sqlite({.folder = folder.path(), .indexing = store::Indexing::none}, clock.source()));
    };
    {
      const auto sqlite = open();
      run_commands(campaign, *sqlite, clock);
      look_at(campaign, *sqlite);
    }
    if (!faults.damage.empty()) store::sqlite::Connection({.file = folder / "cardfile.db"}).execute(faults.damage);
    look_at(campaign, *open());
    const auto memory = faults.plant(store::open_memory(clock.source()));
    run_commands(campaign, *memory, clock);
    look_at(campaign, *memory);
  }
}

void replay_log(Campaign& campaign) { replay_log(campaign, {}); }

}  // namespace cardfile::prove
