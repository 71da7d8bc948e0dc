#pragma once
// check_search_index(): the search index against the contacts.

#include <string>
#include <vector>

#include "store/sqlite/db.h"
#include "store/sqlite/memtable.h"
#include "store/sqlite/search_file.h"

namespace cardfile::store::sqlite {

/// A sentence for each team whose entries are not what the index should know of its contacts, and for a file that
/// cannot be read. Contacts that changed since the index last looked are left out. None when the index is not there or
/// follows from other contacts: it will not be used then. Reads only; no transaction is open on `contacts`.
std::vector<std::string> check_search_index(Connection& contacts, const Memtable& memtable, const SearchFile& file);

}  // namespace cardfile::store::sqlite
