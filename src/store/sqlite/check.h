#pragma once
// check(): compares everything that the database holds with everything else.

#include <exception>

#include "store/sqlite/db.h"
#include "store/sqlite/memtable.h"
#include "store/sqlite/search_file.h"
#include "store/store.h"

namespace cardfile::store::sqlite {

/// Whether a check that meets this error is not finished, and has found nothing by it: it wants room or memory for
/// itself.
bool keeps_from_checking(const std::exception& error);

/// Reads one committed state from end to end; the memory it takes does not grow with the number of contacts. What
/// cannot be read is a finding, and the rest is looked at all the same. Throws what keeps_from_checking().
CheckReport check(Connection& connection, const Memtable& memtable, const SearchFile& search_file,
                  const Progress& progress);

}  // namespace cardfile::store::sqlite
