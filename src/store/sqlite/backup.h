#pragma once
// back_up(): a copy of a data folder, also while a server writes to it.

#include <filesystem>
#include <stdexcept>

#include "store/store.h"

namespace cardfile::store::sqlite {

/// Why there is no backup: a sentence for the operator.
class BackupError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Makes `to`, which must not exist nor be within `from`, a data folder with all that was committed in the data folder
/// `from` when the copying began. Whoever holds `from` goes on reading and writing; only the write-ahead log cannot
/// begin anew meanwhile. The key file of API secrets and the search index are not copied. Everything is synced when it
/// returns; what it was at work on when it was interrupted bears another name, `to` with ".partial" behind, and is
/// replaced by the next attempt; one that fails leaves nothing behind. Pages are copied as they are: whether all of
/// them are sound, check_sqlite() tells. Throws BackupError, and OpenError when the database is another program's.
void back_up(const std::filesystem::path& from, const std::filesystem::path& to, const Progress& progress);

}  // namespace cardfile::store::sqlite
