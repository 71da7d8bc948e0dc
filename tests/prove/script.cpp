#include "prove/script.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <random>
#include <utility>

#include "core/query.h"
#include "store/open.h"
#include "store/random_commands.h"
#include "store/world.h"

namespace cardfile::prove {
namespace {

constexpr std::size_t kAll = 1'000'000;
constexpr std::size_t kDifferencesMax = 5;
constexpr std::int64_t kCommandsMax = 8;
const core::TeamId kTeams[] = {test::kTeam, test::kOtherTeam};

std::string named(core::TeamId team) { return "team " + std::to_string(team.value()); }
std::string named(core::ContactId contact) { return "contact " + std::to_string(contact.value()); }

std::vector<Step> random_steps(std::uint64_t seed, std::size_t count, std::uint64_t steps_per_time) {
  std::mt19937_64 random(seed);
  test::RandomCommands commands(random());
  test::TestClock clock;
  std::vector<Step> steps;
  for (const auto team : kTeams)
    steps.push_back({.at = clock.now(), .commands = {test::command(core::CreateTeam{.name = "Team"}, team)}});
  while (steps.size() < count) {
    // Seldom backwards, as clocks are set; steps that come together have one time.
    if (random() % steps_per_time == 0)
      clock.move(std::chrono::microseconds(static_cast<std::int64_t>(random() % 100'000) - 100));
    steps.push_back({.at = clock.now(), .commands = commands.submission(kCommandsMax)});
  }
  return steps;
}

std::vector<core::Contact> all_contacts(const store::Store& store, core::TeamId team) {
  return store.contacts(team, {.order = core::ContactOrder::id, .limit = kAll});
}

TeamState state_of_team(const store::Store& store, core::TeamId team) {
  TeamState state{.directory = store.directory(team), .contacts = all_contacts(store, team), .targets = {}};
  if (!state.directory) return state;
  for (const auto& [list, _] : state.directory->lists) state.targets.emplace(list, store.targets(team, list));
  return state;
}

std::map<core::TeamId, std::size_t> log_sizes_of(const store::Store& store) {
  std::map<core::TeamId, std::size_t> sizes;
  for (const auto team : kTeams) sizes.emplace(team, store.changes(team, 0, kAll, store::kNoLimit).size());
  return sizes;
}

/// Every address that a script can give to anybody.
const std::vector<core::Address>& all_addresses() {
  static const auto addresses = [] {
    std::vector<core::Address> all;
    for (int i = 0; i < test::RandomCommands::kPhones; ++i) {
      for (const char* type : {"phone", "facebook"}) all.push_back({type, test::RandomCommands::phone_number(i)});
      all.push_back(core::address_of(core::kEmail, "P" + std::to_string(i) + "@example.com"));
    }
    return all;
  }();
  return addresses;
}

class Differences {
 public:
  void add(std::string sentence) {
    if (all_.size() < kDifferencesMax) all_.push_back(std::move(sentence));
  }
  std::vector<std::string> take() { return std::move(all_); }

 private:
  std::vector<std::string> all_;
};

void compare_directory(const store::Store& store, core::TeamId team, const TeamState& expected, Differences& found) {
  const auto directory = store.directory(team);
  if (!directory != !expected.directory) return found.add(named(team) + " is there or not, against what was said");
  if (!directory) return;
  if (*directory != *expected.directory) found.add("the directory of " + named(team) + " is another");
  for (const auto& [list, targets] : expected.targets)
    if (store.targets(team, list) != targets)
      found.add("list " + std::to_string(list.value()) + " of " + named(team) + " has others in it");
}

void compare_log(const store::Store& store, core::TeamId team, std::span<const core::ChangeEntry> expected,
                 Differences& found) {
  const auto log = store.changes(team, 0, kAll, store::kNoLimit);
  if (!std::ranges::equal(log, expected)) found.add("the change log of " + named(team) + " is another");
}

void compare_contacts(const store::Store& store, core::TeamId team, const TeamState& expected, Differences& found) {
  if (all_contacts(store, team) != expected.contacts) found.add("the contacts of " + named(team) + " are others");
  if (store.count(team, {}) != static_cast<std::int64_t>(expected.contacts.size()))
    found.add(named(team) + " counts its contacts wrongly");
  auto by_time = expected.contacts;
  std::ranges::sort(by_time, {}, &core::Contact::updated);
  if (store.contacts(team, {.limit = kAll}) != by_time)
    found.add("the contacts of " + named(team) + " are listed in another order, or are others there");
  for (const auto& contact : expected.contacts) {
    if (store.contact(team, contact.id) != contact) found.add(named(contact.id) + " is another under its id");
    if (store.contact(team, contact.uuid) != contact) found.add(named(contact.id) + " is another under its UUID");
  }
}

void compare_search(const store::Store& store, core::TeamId team, const TeamState& expected,
                    const core::ContactQuery& query, Differences& found) {
  auto contacts = expected.contacts;
  std::erase_if(contacts, [&](const core::Contact& contact) { return !core::matches(query, contact); });
  std::ranges::sort(contacts,
                    [&](const auto& left, const auto& right) { return core::comes_before(query, left, right); });
  if (store.contacts(team, query) != contacts) found.add("a search in " + named(team) + " finds others");
  if (store.count(team, query) != static_cast<std::int64_t>(contacts.size()))
    found.add("a search in " + named(team) + " counts wrongly");
}

void compare_addresses(const store::Store& store, core::TeamId team, const TeamState& expected, Differences& found) {
  std::map<core::Address, const core::Contact*> owners;
  for (const auto& contact : expected.contacts)
    for (const auto& channel : contact.channels) owners.emplace(channel.address(), &contact);
  for (const auto& address : all_addresses()) {
    const auto contact = store.contact_at(team, address);
    const auto owner = owners.find(address);
    const bool is_right = owner == owners.end() ? !contact : contact && *contact == *owner->second;
    if (!is_right) found.add("an address of " + named(team) + " has another owner");
  }
}

}  // namespace

std::chrono::milliseconds some_flush_after(std::uint64_t chance) {
  static constexpr std::chrono::milliseconds kSome[] = {std::chrono::milliseconds(0), std::chrono::milliseconds(1),
                                                        std::chrono::hours(1)};
  return kSome[chance % std::size(kSome)];
}

Script::Script(std::uint64_t seed, std::size_t steps, std::uint64_t steps_per_time)
    : steps_(random_steps(seed, steps, steps_per_time)) {
  test::TestClock clock;
  const auto reference = store::open_memory(clock.source());
  states_.push_back(state_of(*reference));
  for (const auto& step : steps_) {
    clock.move(std::chrono::duration_cast<std::chrono::microseconds>(step.at - clock.now()));
    std::vector<store::Work> works;
    for (const auto& command : step.commands) works.push_back({.command = command, .result = {}});
    store::commit_and_wait(*reference, works);
    states_.push_back(state_of(*reference));
  }
  for (const auto team : kTeams) logs_.emplace(team, reference->changes(team, 0, kAll, store::kNoLimit));
}

std::size_t Script::steps_together(std::size_t first) const {
  std::size_t count = 0;
  while (first + count < steps_.size() && steps_[first + count].at == steps_[first].at) ++count;
  return count;
}

std::optional<std::size_t> Script::steps_done(const store::Store& store) const {
  const auto found = log_sizes_of(store);
  for (std::size_t steps = steps_.size() + 1; steps-- > 0;) {
    const auto has_its_log = [&](const auto& team) { return found.at(team.first) == team.second; };
    if (std::ranges::all_of(states_[steps].log_sizes, has_its_log)) return steps;
  }
  return std::nullopt;
}

std::size_t Script::with_idle_steps(std::size_t steps) const {
  while (steps < steps_.size() && states_[steps + 1].log_sizes == states_[steps].log_sizes) ++steps;
  return steps;
}

std::vector<std::string> Script::differences(const store::Store& store, std::size_t steps) const {
  Differences found;
  for (const auto& [team, expected] : states_[steps].teams) {
    compare_log(store, team, std::span(logs_.at(team)).first(states_[steps].log_sizes.at(team)), found);
    compare_directory(store, team, expected, found);
    compare_contacts(store, team, expected, found);
    compare_addresses(store, team, expected, found);
  }
  return found.take();
}

std::vector<std::string> Script::differences_when_searched(const store::Store& store, std::size_t steps) const {
  using enum core::ContactOrder;
  Differences found;
  for (const auto& [team, expected] : states_[steps].teams) {
    for (const auto order : {first, last, display_name}) {
      compare_search(store, team, expected, {.order = order, .limit = kAll}, found);
    }
    for (const auto& contact : expected.contacts) {
      const auto texts = core::searched_texts(contact);
      for (const std::string_view text : {texts.first, texts.last, texts.display_name, texts.email, texts.phone}) {
        if (text.empty()) continue;
        compare_search(store, team, expected, {.filter = core::TextFilter(text), .limit = kAll}, found);
      }
    }
  }
  return found.take();
}

std::size_t Script::contacts_after(std::size_t steps) const {
  std::size_t count = 0;
  for (const auto& [team, state] : states_[steps].teams) count += state.contacts.size();
  return count;
}

Script::State Script::state_of(const store::Store& store) {
  State state;
  for (const auto team : kTeams) state.teams.emplace(team, state_of_team(store, team));
  state.log_sizes = log_sizes_of(store);
  return state;
}

}  // namespace cardfile::prove
