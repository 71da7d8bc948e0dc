#include "store/sqlite/kept_snapshot.h"

namespace cardfile::store::sqlite {

KeptSnapshot::KeptSnapshot(Connection& connection, const Commits& commits)
    : connection_(connection), commits_(commits), begin_(connection, "BEGIN"), end_(connection, "COMMIT") {}

void KeptSnapshot::refresh() {
  const auto count = commits_.count.load();
  const bool is_barred = commits_.bar_snapshots.load();
  if (connection_.in_transaction() && count == seen_ && !is_barred) return;
  end();
  if (is_barred) return;
  run(begin_);
  seen_ = count;
}

// After some failures SQLite has ended the transaction by itself.
void KeptSnapshot::end() {
  if (connection_.in_transaction()) run(end_);
}

}  // namespace cardfile::store::sqlite
