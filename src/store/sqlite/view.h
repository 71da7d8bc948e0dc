#pragma once
// View: what is committed as of one moment, in rows and in what is newer than rows.

#include <compare>
#include <cstdint>
#include <map>
#include <optional>

#include "core/contact.h"
#include "core/ids.h"
#include "store/sqlite/db.h"
#include "store/sqlite/memtable.h"
#include "store/sqlite/rows.h"

namespace cardfile::store::sqlite {

/// Keeps a transaction of its connection open, on which none was open. Rows that are read in it are those of the
/// moment; of a contact that is newer than its row the view has the state that counts.
class View {
 public:
  /// Of one team; what is newer than other teams' rows is not in it. All are lent. Throws SqliteError, or
  /// std::runtime_error when the log does not have what was published.
  View(Connection& connection, RowReader& rows, const Memtable& memtable, core::TeamId team);
  /// Of all teams.
  View(Connection& connection, RowReader& rows, const Memtable& memtable);
  View(const View&) = delete;
  View& operator=(const View&) = delete;
  ~View() = default;

  /// False when rows know of a commit that was not published for a second. What is newer than they may be missing then,
  /// of that commit, which nobody was told of yet.
  bool is_of_one_moment() const { return is_of_one_moment_; }

  std::optional<core::Contact> contact(core::TeamId team, core::ContactId id) const;
  /// None when the contact's row is as new as it gets.
  core::SharedContact newer(core::TeamId team, core::ContactId id) const;
  const NewerContacts& newer(core::TeamId team) const;

 private:
  template <class Copy>
  void open(Connection& connection, const Memtable& memtable, const Copy& copy);
  std::strong_ordering compare_with_log() const;

  RowReader& rows_;
  std::optional<Snapshot> snapshot_;
  std::map<core::TeamId, NewerContacts> newer_;
  bool is_of_one_moment_ = false;
};

}  // namespace cardfile::store::sqlite
