#pragma once
// SearchWriter: brings the search index after the contacts.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/contact.h"
#include "core/ids.h"
#include "store/sqlite/db.h"
#include "store/sqlite/memtable.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/search_file.h"
#include "store/sqlite/view.h"

namespace cardfile::store::sqlite {

/// Follows what is committed, a step at a time and behind the commits. For one thread, and for one object at a time on
/// the same file.
class SearchWriter {
 public:
  /// What steps did so far.
  struct Progress {
    std::int64_t built = 0;  // Contacts that were gone through for the first time.
    bool building = false;   // A team's contacts are not all in yet.
  };

  /// The write-ahead log of the index is copied into it when it has so many pages.
  static constexpr int kLogPages = 1'000;

  /// Keeps the file when it and its log are sound and it follows from these contacts, and makes it anew otherwise; it
  /// is usable then. `contacts` names the database, `memtable` and `file` are lent. Throws SqliteError or
  /// std::filesystem::filesystem_error.
  SearchWriter(const ConnectionOptions& contacts, const Memtable& memtable, SearchFile& file,
               int log_pages = kLogPages);
  SearchWriter(const SearchWriter&) = delete;
  SearchWriter& operator=(const SearchWriter&) = delete;
  ~SearchWriter();

  /// Takes in a bounded number of contacts or changes, in one transaction. False when there was nothing to do: the
  /// index knows everything that was committed before the call, or what it lacks is about to be published. Throws
  /// SqliteError, one that means damage when the log is not what was written there.
  bool step();

  /// Copies the rest of the log, and leaves none when it is closed after this unless somebody reads; otherwise closing
  /// leaves the log as it is. Throws SqliteError as step() does.
  void finish();
  const Progress& progress() const { return progress_; }

  /// Gives memory back, for a longer pause.
  void rest();

 private:
  class Index;
  struct Standing;
  struct Work;

  /// Whether every team in the index stands where the change log has been.
  bool follows_from_contacts();
  std::vector<core::TeamId> teams();
  std::optional<Work> next_work();
  std::optional<Work> next_work(core::TeamId team);
  Work building(const View& view, core::TeamId team, Standing standing);
  Work following(const View& view, core::TeamId team, Standing standing);

  Connection contacts_;
  const Memtable& memtable_;
  RowReader rows_;
  ChangeLogReader log_;
  Statement select_teams_;
  Statement select_contacts_;
  Statement select_changes_;
  std::unique_ptr<Index> index_;
  core::TeamId last_team_;  // That had its turn.
  Progress progress_;
  bool is_held_up_ = false;  // By a commit that was not published.
};

}  // namespace cardfile::store::sqlite
