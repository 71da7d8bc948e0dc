#pragma once
// State: all that a world's teams have, to be compared before and after.

#include <vector>

#include "api/world.h"
#include "core/change.h"
#include "core/contact.h"
#include "core/directory.h"

namespace cardfile::test {

struct TeamState {
  std::vector<core::Contact> contacts;  // At most a thousand.
  core::Directory directory;
  std::vector<core::ChangeEntry> log;

  friend bool operator==(const TeamState&, const TeamState&) = default;
};

struct State {
  TeamState team;
  TeamState other_team;

  friend bool operator==(const State&, const State&) = default;
};

State state_of(World& world);

}  // namespace cardfile::test
