#include "store/sqlite/view.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace cardfile::store::sqlite {
namespace {

// A commit is published within microseconds. Should that not come, because the writer gave up in between, then nobody
// was told of it either, and what there is will do.
constexpr int kAttempts = 1'000;

}  // namespace

View::View(Connection& connection, RowReader& rows, const Memtable& memtable, core::TeamId team) : rows_(rows) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    snapshot_.reset();
    newer_.insert_or_assign(team, memtable.newer(team, [&] { snapshot_.emplace(connection); }));
    if (is_of_one_moment()) return;
    std::this_thread::yield();
  }
}

View::View(Connection& connection, RowReader& rows, const Memtable& memtable) : rows_(rows) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    snapshot_.reset();
    newer_ = memtable.newer([&] { snapshot_.emplace(connection); });
    if (is_of_one_moment()) return;
    std::this_thread::yield();
  }
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
