#pragma once
// Batch: the commands of one transaction.

#include <map>
#include <memory>
#include <unordered_map>

#include "core/decide.h"
#include "store/directories.h"
#include "store/sqlite/memtable.h"
#include "store/sqlite/rows.h"
#include "store/store.h"

namespace cardfile::store::sqlite {

/// Where each team's counters stand in what is committed.
using TeamClocks = std::unordered_map<core::TeamId, core::TeamClock>;

/// Whether the row of a contact that is only updated is saved with the log entry, or left to the memtable.
enum class RowsOfUpdates { saved, left_behind };

/// Lets core decide commands one by one and saves what it decided through the connection of `reader` and `writer`, in
/// the transaction that is open there; what is saved is read again by later commands. Of an update that leaves the
/// addresses alone only the log entry need be saved; the contact itself goes into the memtable then, if that takes it.
/// What the batch changes in memory stays in the batch until publish(), so that a batch that fails leaves nothing
/// behind.
class Batch {
 public:
  Batch(RowReader& reader, RowWriter& writer, const Memtable& memtable, const Directories& directories,
        const TeamClocks& clocks, RowsOfUpdates rows_of_updates);
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;
  ~Batch();

  /// Puts the outcomes or refusals into the works' results. Throws what SQLite, or saving, throws: then the whole batch
  /// is to be rolled back.
  void apply(const Submission& submission, const core::Clock& clock);

  /// Saves the counters that moved, the number of contacts among them. Before the transaction is committed.
  void finish();

  /// Makes the new state of the teams known. After the transaction is committed.
  void publish(Memtable& memtable, Directories& directories, TeamClocks& clocks);

 private:
  class Team;
  Team& team(core::TeamId id);
  void apply(Work& work, core::Timestamp now, KeptContacts& kept);

  RowReader& reader_;
  RowWriter& writer_;
  const Memtable& memtable_;
  const Directories& directories_;
  const TeamClocks& clocks_;
  const RowsOfUpdates rows_of_updates_;
  std::map<core::TeamId, std::unique_ptr<Team>> teams_;
};

}  // namespace cardfile::store::sqlite
