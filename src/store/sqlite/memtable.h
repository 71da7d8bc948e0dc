#pragma once
// Memtable: contacts that are newer than their rows.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "core/contact.h"
#include "core/ids.h"

namespace cardfile::store::sqlite {

/// The contacts of a team that are newer than their rows.
struct NewerContacts {
  /// The last entry of the team's change log that they know of; none when nothing of the team was ever here.
  std::optional<std::int64_t> seq;
  std::vector<core::SharedContact> contacts;  // By id.

  /// None when the row is as new as it gets.
  core::SharedContact find(core::ContactId id) const;
};

/// How much may wait in memory.
struct MemtableLimits {
  std::size_t contacts = 12'288;              // As SqliteOptions::rows_behind_max.
  std::size_t bytes = std::size_t{16} << 20;  // Roughly: of the contacts and their texts.
  std::size_t entries = 98'304;               // Of the change log, which are read again after a crash.
};

/// What a commit has to make durable is the change log, which is written in order; the rows of updated contacts, which
/// lie all over the database, are brought after it later and together (Flusher), a contact that was updated many times
/// once. Until then its newest state is here, and whoever reads a row looks here first.
///
/// Only an update that leaves a contact's addresses alone makes a contact newer than its row, so whether a contact is
/// there, and who owns an address, is always in the tables. One thread, the writer's, changes the table; the others may
/// look at any time.
class Memtable {
 public:
  using Clock = std::chrono::steady_clock;

  /// A contact in the order in which rows fell behind.
  struct Item {
    core::TeamId team;
    std::int64_t first_seq = 0;  // Its row has everything that the team's log has before this entry.
    core::SharedContact contact;
  };

  explicit Memtable(MemtableLimits limits = {}) : limits_(limits) {}

  /// What one transaction changed of a team.
  struct Changes {
    std::int64_t first_seq = 0;  // The transaction's first entry,
    std::int64_t last_seq = 0;   // and its last.
    /// The newest state of each contact it wrote; none where that is in the row.
    std::map<core::ContactId, core::SharedContact> contacts;
  };
  /// After the transaction is committed, before its writers are told.
  void publish(core::TeamId team, const Changes& changes, Clock::time_point now);
  /// A team's log ends at `seq`, and its rows are up to date up to entry `flushed`.
  void begin(core::TeamId team, std::int64_t seq, std::int64_t flushed);

  /// The contacts whose rows are behind for the longest time, at most `count`.
  std::vector<Item> oldest(std::size_t count) const;
  /// Forgets what oldest() gave: it is in the rows now, durably.
  void remove(const std::vector<Item>& items);

  bool is_empty() const;
  /// What a transaction is about to leave behind besides.
  struct Others {
    std::size_t contacts = 0;
    std::size_t bytes = 0;
  };
  /// Whether the row of a contact may be left behind: there is room beside `others`, or, as far as numbers go, it is
  /// behind already.
  bool takes(core::TeamId team, core::ContactId id, const Others& others) const;
  /// Whether more of the log than the limit would be read again after a crash.
  bool is_overdue() const;
  /// None when no row is behind.
  std::optional<Clock::time_point> behind_since() const;
  /// Whether any of the team's rows is behind but those of `others`.
  bool has_more_than(const std::map<core::ContactId, core::SharedContact>& others, core::TeamId team) const;
  /// Up to which entry of its log the team's rows are known to be up to date, once `removed` are.
  std::int64_t flushed_seq(core::TeamId team, const std::vector<Item>& removed) const;

  /// None when the row is as new as it gets. To be asked before the row is read: between the two a contact may come
  /// into its row, not out of it.
  core::SharedContact find(core::TeamId team, core::ContactId id) const;

  /// What is newer than the rows of a snapshot that was opened shortly before: if its log ends at `seq`, and removals()
  /// is what it was before the snapshot was opened.
  NewerContacts newer(core::TeamId team) const;
  /// The same for every team.
  std::map<core::TeamId, NewerContacts> newer() const;
  /// How often contacts that came into their rows were removed.
  std::uint64_t removals() const { return removals_.load(); }

 private:
  struct Entry {
    core::SharedContact contact;
    std::size_t bytes = 0;
    std::uint64_t place = 0;  // In the order.
  };
  struct Team {
    std::int64_t seq = 0;
    std::int64_t flushed = 0;  // As flushed_seq() of what is here no more.
    std::unordered_map<core::ContactId, Entry> contacts;
  };
  /// One that is not the place of its contact any more is passed over.
  struct Place {
    std::uint64_t place = 0;
    core::TeamId team;
    core::ContactId contact;
    std::int64_t first_seq = 0;
    std::uint64_t entries = 0;  // Of the log, in all teams, when it was taken.
    Clock::time_point since;
  };

  void put(core::TeamId id, Team& team, const Changes& changes, const core::SharedContact& contact,
           Clock::time_point now);
  void erase(Team& team, core::ContactId contact);
  static std::int64_t flushed_seq(core::TeamId team, const Team& state, const std::vector<Item>& removed);
  void note_flushed(core::TeamId id, Team& team, std::int64_t seq);
  void forget_stale_places();
  const Entry* entry_at(const Place& place) const;
  static NewerContacts copy(const Team& team);  // In no order.

  const MemtableLimits limits_;

  std::atomic<std::uint64_t> removals_ = 0;
  mutable std::shared_mutex mutex_;
  // Guarded by mutex_.
  std::unordered_map<core::TeamId, Team> teams_;
  std::deque<Place> order_;
  std::set<core::TeamId> overdue_;  // Of which alone more of the log would be read again than the limit.
  std::uint64_t last_place_ = 0;
  std::uint64_t entries_ = 0;
  std::size_t contacts_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace cardfile::store::sqlite
