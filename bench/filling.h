#pragma once
// Filling: the contacts of population.h as commands, and a store that holds them.

#include <cstddef>
#include <cstdint>
#include <functional>

#include "bench/population.h"
#include "core/command.h"
#include "core/ids.h"
#include "core/time.h"
#include "store/store.h"
#include "wire/json_in.h"

namespace cardfile::bench {

core::Timestamp now();

core::Command as_operator(core::TeamId team, core::Action action);

/// What an update would write is what a contact begins with, so that updates change what they are meant to change.
core::CreateContact create_of(wire::JsonDocument& document, std::uint64_t id,
                              std::size_t custom_size = UpdateBody::kCustomSize);
core::UpdateContact update_of(wire::JsonDocument& document, std::uint64_t id, std::uint64_t write);

/// A team with kKey and the custom fields.
core::TeamId create_team(store::Store& store);

/// Which contacts: 1 to `contacts`, with custom values of so many characters.
struct Population {
  std::uint64_t contacts = 0;
  std::size_t custom_size = UpdateBody::kCustomSize;
};
/// `progress` is called now and then with how many there are.
void create_contacts(store::Store& store, core::TeamId team, const Population& population,
                     const std::function<void(std::uint64_t done)>& progress = {});

}  // namespace cardfile::bench
