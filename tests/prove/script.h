#pragma once
// Script: random commands, and what they leave after each step by the reference engine.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/change.h"
#include "core/command.h"
#include "core/contact.h"
#include "core/directory.h"
#include "core/ids.h"
#include "core/time.h"
#include "store/store.h"

namespace cardfile::prove {

/// One submission: all of it is committed at once.
struct Step {
  core::Timestamp at;  // What the clock shows then; several steps may have one time.
  std::vector<core::Command> commands;
};

/// How long rows may be behind the change log: not at all, hardly, or until the store is closed. Chance picks one.
std::chrono::milliseconds some_flush_after(std::uint64_t chance);

/// What is stored of one team.
struct TeamState {
  std::shared_ptr<const core::Directory> directory;  // Null when there is no such team yet.
  std::vector<core::Contact> contacts;               // By id.
  std::map<core::ListId, std::vector<core::ListTarget>> targets;
};

/// Steps of two teams, which they themselves make, the same for the same seed. Whoever does them in this order on an
/// empty store has to come to the same states, after a crash and another attempt too.
class Script {
 public:
  /// The clock moves once in so many steps.
  Script(std::uint64_t seed, std::size_t steps, std::uint64_t steps_per_time = 2);

  const std::vector<Step>& steps() const { return steps_; }
  /// Those from `first` on that have its time: they may be submitted together.
  std::size_t steps_together(std::size_t first) const;

  /// How many steps have been done on `store`, judged by the length of its logs; as many as possible, where a step
  /// changed nothing. None when a step was done in part or the logs are longer than the script.
  std::optional<std::size_t> steps_done(const store::Store& store) const;
  /// As many steps as there may be after `steps` without anything having changed: where the rest is refused.
  std::size_t with_idle_steps(std::size_t steps) const;
  /// In how much `store` is not what `steps` steps leave, looked at in every way that a store can be read; a sentence
  /// each, the first few.
  std::vector<std::string> differences(const store::Store& store, std::size_t steps) const;
  /// The same of what is found by filters and in order of names, which a search index may answer.
  std::vector<std::string> differences_when_searched(const store::Store& store, std::size_t steps) const;
  std::size_t contacts_after(std::size_t steps) const;

 private:
  struct State {
    std::map<core::TeamId, TeamState> teams;
    std::map<core::TeamId, std::size_t> log_sizes;
  };
  static State state_of(const store::Store& store);

  std::vector<Step> steps_;
  std::vector<State> states_;  // states_[n]: after n steps.
  std::map<core::TeamId, std::vector<core::ChangeEntry>> logs_;
};

}  // namespace cardfile::prove
