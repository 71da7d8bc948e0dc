#pragma once
// damaged_pages(): which pages of a database are not what was written to the disk.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "store/sqlite/db.h"

namespace cardfile::store::sqlite {

/// The numbers of the pages, from 1, whose checksum (ChecksumVfs) is not theirs, `limit` of them at most. Pages that
/// the write-ahead log has anew are left out: what the database file holds of them is read by nobody. To be called in a
/// transaction of `connection`, which keeps a write-ahead log and compares nothing itself, so that none of the others
/// is written meanwhile. Throws SqliteError.
std::vector<std::int64_t> damaged_pages(Connection& connection, std::size_t limit);

}  // namespace cardfile::store::sqlite
