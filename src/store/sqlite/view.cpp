#include "store/sqlite/view.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace cardfile::store::sqlite {
namespace {

// A commit is published within microseconds, unless the writer's thread has to wait for a processor in between. Should
// it not be published at all, because the writer gave up, then nobody was told of it either, and what there is will do.
constexpr int kAttemptsWithoutPause = 100;
constexpr std::chrono::microseconds kPause{100};
constexpr std::chrono::seconds kPatience{1};

/// Calls `attempt` until it succeeds, or for as long as it may take to publish a commit.
template <class Attempt>
void until_published(const Attempt& attempt) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  for (int failed = 0; !attempt();) {
    if (++failed < kAttemptsWithoutPause) {
      std::this_thread::yield();
    } else if (std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(kPause);
    } else {
      return;
    }
  }
}

}  // namespace

View::View(Connection& connection, RowReader& rows, const Memtable& memtable, core::TeamId team) : rows_(rows) {
  until_published([&] {
    snapshot_.reset();
    newer_.insert_or_assign(team, memtable.newer(team, [&] { snapshot_.emplace(connection); }));
    return is_of_one_moment();
  });
}

View::View(Connection& connection, RowReader& rows, const Memtable& memtable) : rows_(rows) {
  until_published([&] {
    snapshot_.reset();
    newer_ = memtable.newer([&] { snapshot_.emplace(connection); });
    return is_of_one_moment();
  });
}

std::optional<core::Contact> View::contact(core::TeamId team, core::ContactId id) const {
  if (const auto newest = newer(team, id)) return *newest;
  return rows_.contact(team, id);
}

core::SharedContact View::newer(core::TeamId team, core::ContactId id) const {
  const auto found = newer_.find(team);
  return found == newer_.end() ? core::SharedContact() : found->second.find(id);
}

const NewerContacts& View::newer(core::TeamId team) const {
  static const NewerContacts none;
  const auto found = newer_.find(team);
  return found == newer_.end() ? none : found->second;
}

/// Rows may know of a commit that is not published yet, not the other way round.
bool View::is_of_one_moment() const {
  return std::ranges::all_of(newer_, [this](const auto& entry) {
    const auto& [team, newer] = entry;
    return !newer.seq || rows_.last_seq(team) == *newer.seq;
  });
}

}  // namespace cardfile::store::sqlite
