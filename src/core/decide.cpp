#include "core/decide.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <variant>

#include "core/decide_channels.h"
#include "core/decide_contact.h"
#include "core/decide_directory.h"
#include "core/decide_lists.h"
#include "core/decide_people.h"
#include "core/decide_tags.h"
#include "core/decide_webhooks.h"
#include "core/error.h"
#include "core/recorder.h"

namespace cardfile::core {

bool IfMatch::accepts(std::int64_t rev) const { return any || std::find(revs.begin(), revs.end(), rev) != revs.end(); }

std::string Actor::to_string() const {
  if (key) return "key:" + std::to_string(key.value());
  return secret ? "secret:" + secret->to_string() : "operator";
}

std::size_t weight(const Command& command) {
  const auto named = [](const ListContacts& contacts) { return contacts.ids.size() + contacts.addresses.size(); };
  if (const auto* create = std::get_if<CreateList>(&command.action)) return 1 + named(create->contacts);
  if (const auto* update = std::get_if<UpdateList>(&command.action)) {
    return 1 + (update->replacement ? named(update->replacement->contacts) : 0) + named(update->add) +
           update->remove.size() + update->remove_addresses.size();
  }
  return 1;
}

namespace {

/// Keeps what the caller gets to see, and nothing else.
Decision without_effect(Decision decision, const TeamState& state) {
  Decision seen;
  seen.outcome = std::move(decision.outcome);
  seen.clock = state.clock();
  return seen;
}

}  // namespace

Decision decide(Command command, const TeamState& state, Timestamp now) {
  const bool founds_team = std::holds_alternative<CreateTeam>(command.action);
  if (!founds_team && !state.directory()) throw Error(ErrorCode::not_found, "no team has this id");
  Recorder recorder(command, state.clock(), now);
  Decision decision = std::visit([&](auto& action) { return decide_action(action, state, recorder); }, command.action);
  if (command.dry_run) return without_effect(std::move(decision), state);
  return decision;
}

}  // namespace cardfile::core
