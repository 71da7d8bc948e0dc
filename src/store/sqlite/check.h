#pragma once
// check(): compares everything that the database holds with everything else.

#include "store/sqlite/db.h"
#include "store/sqlite/memtable.h"
#include "store/sqlite/search_file.h"
#include "store/store.h"

namespace cardfile::store::sqlite {

/// Reads one committed state from end to end; the memory it takes does not grow with the number of contacts. Throws
/// SqliteError when the files cannot be read at all.
CheckReport check(Connection& connection, const Memtable& memtable, const SearchFile& search_file,
                  const Progress& progress);

}  // namespace cardfile::store::sqlite
