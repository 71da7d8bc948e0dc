#include "api/state.h"

#include "core/query.h"

namespace cardfile::test {

namespace {

TeamState state_of(store::Store& store, core::TeamId team) {
  core::ContactQuery everybody;
  everybody.limit = core::kPageSizeMax;
  return {.contacts = store.contacts(team, everybody),
          .directory = *store.directory(team),
          .log = store.changes(team, 0, 100'000, store::kNoLimit)};
}

}  // namespace

State state_of(World& world) {
  return {.team = state_of(world.store(), world.team().id),
          .other_team = state_of(world.store(), world.other_team().id)};
}

}  // namespace cardfile::test
