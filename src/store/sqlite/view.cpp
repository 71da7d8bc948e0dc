#include "store/sqlite/view.h"

#include <chrono>
#include <stdexcept>
#include <thread>

namespace cardfile::store::sqlite {
namespace {

// A commit is published within microseconds, unless the writer's thread has to wait for a processor in between, or for
// a disk that others keep busy. Until then nobody was told of it, so what there is will do.
constexpr int kAttemptsWithoutPause = 100;
constexpr std::chrono::microseconds kPause{100};
constexpr std::chrono::seconds kPatience{1};
// With rows that are too old, which a look a moment later mends, unless the log is damaged.
constexpr std::chrono::seconds kLongPatience{10};

}  // namespace

View::View(Connection& connection, RowReader& rows, const Memtable& memtable, core::TeamId team) : rows_(rows) {
  open(connection, memtable, [&] { newer_.insert_or_assign(team, memtable.newer(team)); });
}

View::View(Connection& connection, RowReader& rows, const Memtable& memtable) : rows_(rows) {
  open(connection, memtable, [&] { newer_ = memtable.newer(); });
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

/// The writer does not wait while the snapshot is opened, for which the disk may have to be read. So the rows may be
/// older than what `copy` gives, by a commit or by what was brought after; that is never taken for one moment.
template <class Copy>
void View::open(Connection& connection, const Memtable& memtable, const Copy& copy) {
  const auto begin = std::chrono::steady_clock::now();
  for (int attempts = 1;; ++attempts) {
    snapshot_.reset();
    const auto removals = memtable.removals();
    snapshot_.emplace(connection);
    copy();
    const auto order = memtable.removals() == removals ? compare_with_log() : std::strong_ordering::less;
    is_of_one_moment_ = order == std::strong_ordering::equal;
    if (is_of_one_moment_) return;
    if (attempts < kAttemptsWithoutPause) {
      std::this_thread::yield();
      continue;
    }
    const auto waited = std::chrono::steady_clock::now() - begin;
    if (order == std::strong_ordering::greater && waited >= kPatience) return;
    if (waited >= kLongPatience) throw std::runtime_error("The change log ends before what was committed to it.");
    std::this_thread::sleep_for(kPause);
  }
}

/// Less: the rows of some team are older than what is newer than they. Greater: they know of a commit that was not
/// published.
std::strong_ordering View::compare_with_log() const {
  auto order = std::strong_ordering::equal;
  for (const auto& [team, newer] : newer_) {
    if (!newer.seq) continue;
    const auto of_team = rows_.last_seq(team) <=> *newer.seq;
    if (of_team == std::strong_ordering::less) return of_team;
    if (of_team == std::strong_ordering::greater) order = of_team;
  }
  return order;
}

}  // namespace cardfile::store::sqlite
