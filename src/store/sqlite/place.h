#pragma once
// Places: where a contact or an entry of the change log stands in its table.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/ids.h"

namespace cardfile::store::sqlite {

/// The key of a row: the team's number before that of the contact or the entry (migrations/0004_places.sql). The rows
/// of a team stand together, in the order of their numbers.
inline constexpr int kNumberBits = 43;
static_assert(core::kContactIdMax == (std::int64_t{1} << kNumberBits) - 1);
static_assert(core::kTeamIdMax == (std::int64_t{1} << (63 - kNumberBits)) - 1);

/// Where nobody is: the place of a contact that cannot be.
inline constexpr std::int64_t kNowhere = -1;

constexpr std::int64_t place_of(core::TeamId team, core::ContactId contact) {
  const bool can_be = team.value() >= 0 && team.value() <= core::kTeamIdMax && contact.value() >= 0 &&
                      contact.value() <= core::kContactIdMax;
  return can_be ? team.value() << kNumberBits | contact.value() : kNowhere;
}

/// Of an entry of the change log; one beyond all that can be is taken for the last of them.
constexpr std::int64_t place_of(core::TeamId team, std::int64_t seq) {
  return place_of(team, core::ContactId(std::clamp<std::int64_t>(seq, 0, core::kContactIdMax)));
}

/// Before and after all that a team has; nothing is between the two of a team that cannot be.
constexpr std::int64_t first_place_of(core::TeamId team) { return place_of(team, core::ContactId(0)); }
constexpr std::int64_t last_place_of(core::TeamId team) { return place_of(team, core::ContactId(core::kContactIdMax)); }

/// A place in SQL, of two columns.
std::string place_of(std::string_view team, std::string_view number);

}  // namespace cardfile::store::sqlite
