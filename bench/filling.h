#pragma once
// Filling: the contacts of population.h as commands, and a store that holds them.

#include <cstdint>
#include <functional>

#include "core/command.h"
#include "core/ids.h"
#include "core/time.h"
#include "store/store.h"
#include "wire/json_in.h"

namespace cardfile::bench {

core::Timestamp now();

core::Command as_operator(core::TeamId team, core::Action action);

/// What an update would write is what a contact begins with, so that updates change what they are meant to change.
core::CreateContact create_of(wire::JsonDocument& document, std::uint64_t id);
core::UpdateContact update_of(wire::JsonDocument& document, std::uint64_t id, std::uint64_t write);

/// A team with kKey and the custom fields.
core::TeamId create_team(store::Store& store);

/// Contacts 1 to `contacts`; `progress` is called now and then with how many there are.
void create_contacts(store::Store& store, core::TeamId team, std::uint64_t contacts,
                     const std::function<void(std::uint64_t done)>& progress = {});

}  // namespace cardfile::bench
