#pragma once
// Newest first: the order in which v1 lists what a team has of its own (contract, 1.6).

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "core/time.h"

namespace cardfile::api::v1 {

/// Those updated before `before` if it is given, one page of 30. They are lent from `things`.
template <class Id, class Thing>
std::vector<const Thing*> newest_first(const std::map<Id, Thing>& things, std::optional<core::Timestamp> before) {
  constexpr std::size_t kPage = 30;
  std::vector<const Thing*> page;
  for (const auto& [id, thing] : things) {
    if (!before || thing.updated < *before) page.push_back(&thing);
  }
  std::sort(page.begin(), page.end(),
            [](const Thing* left, const Thing* right) { return left->updated > right->updated; });
  if (page.size() > kPage) page.resize(kPage);
  return page;
}

}  // namespace cardfile::api::v1
