#include "prove/clock.h"

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "store/open.h"
#include "store/random_commands.h"
#include "store/world.h"

namespace cardfile::prove {
namespace {

constexpr int kSubmissionsPerUnit = 40;
constexpr std::int64_t kReopensOneIn = 10;
constexpr std::size_t kAll = 1'000'000;

/// What is known of a team from its log.
struct Known {
  std::int64_t seq = 0;
  core::Timestamp at;
  std::map<std::int64_t, std::int64_t> revisions;  // By contact.
};

std::string named(const core::ChangeEntry& entry) { return "entry " + std::to_string(entry.seq); }

void look_at_entry(Campaign& campaign, Known& known, const core::ChangeEntry& entry) {
  if (entry.seq != known.seq + 1) campaign.find(named(entry) + " follows entry " + std::to_string(known.seq));
  if (entry.at <= known.at) campaign.find(named(entry) + " is not later than the one before it");
  known.seq = entry.seq;
  known.at = entry.at;
  if (entry.subject != core::Subject::contact) return;
  auto& revision = known.revisions[entry.subject_id];
  // The id of a contact that was deleted may be chosen again, for another one.
  if (entry.operation == core::Operation::create) revision = 0;
  if (entry.rev != revision + 1)
    campaign.find(named(entry) + " gives contact " + std::to_string(entry.subject_id) + " revision " +
                  std::to_string(entry.rev) + " after " + std::to_string(revision));
  revision = entry.rev;
}

void look_at_row(Campaign& campaign, store::Store& store, core::TeamId team, const core::ChangeEntry& entry) {
  if (entry.subject != core::Subject::contact) return;
  const auto contact = store.contact(team, core::ContactId(entry.subject_id));
  if (!contact || contact->rev != entry.rev) return;  // Deleted, or changed once more in the same commit.
  if (contact->updated != entry.at)
    campaign.find("contact " + std::to_string(entry.subject_id) + " was not updated at the time of its last entry");
}

void look_at_log(Campaign& campaign, store::Store& store, core::TeamId team, Known& known) {
  const auto entries = store.changes(team, known.seq, kAll, store::kNoLimit);
  for (const auto& entry : entries) {
    look_at_entry(campaign, known, entry);
    look_at_row(campaign, store, team, entry);
  }
  campaign.count("changes", static_cast<std::int64_t>(entries.size()));
}

std::chrono::microseconds jump(Campaign& campaign) {
  using namespace std::chrono_literals;
  switch (campaign.below(5)) {
    case 0:
      return 1h;
    case 1:
      return -1h;
    case 2:
      return 0h;
    default:
      return std::chrono::microseconds(campaign.below(2'000) - 1'000);
  }
}

}  // namespace

void clock_jumps(Campaign& campaign, const Plant& plant) {
  while (campaign.begins_unit()) {
    const test::TempFolder folder;
    test::TestClock clock;
    const auto open = [&] {
      return plant(store::open_sqlite({.folder = folder.path(), .indexing = store::Indexing::none}, clock.source()));
    };
    auto store = open();
    test::RandomCommands random(campaign.random()());
    std::map<core::TeamId, Known> known{{test::kTeam, {}}, {test::kOtherTeam, {}}};
    for (const auto& [team, _] : known)
      store::commit_and_wait(*store, test::command(core::CreateTeam{.name = "Team"}, team));

    for (int i = 0; i < kSubmissionsPerUnit; ++i) {
      clock.move(jump(campaign));
      campaign.count("jumps");
      if (campaign.below(kReopensOneIn) == 0) {
        store.reset();
        store = open();
      }
      std::vector<store::Work> works;
      for (auto& command : random.submission()) works.push_back({.command = std::move(command), .result = {}});
      store::commit_and_wait(*store, works);
      for (auto& [team, of_team] : known) look_at_log(campaign, *store, team, of_team);
    }
  }
}

void clock_jumps(Campaign& campaign) { clock_jumps(campaign, nothing_planted); }

}  // namespace cardfile::prove
