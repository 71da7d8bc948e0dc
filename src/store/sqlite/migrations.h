#pragma once
// Migrations: how the database got its tables, one numbered file a step.

#include <filesystem>
#include <span>
#include <string_view>

#include "store/sqlite/db.h"

namespace cardfile::store::sqlite {

struct Migration {
  int version = 0;
  std::string_view sql;
};

/// The files of migrations/, in order; their numbers begin at 1 and leave none out.
std::span<const Migration> migrations();

/// Throws OpenError when the database is another program's. Writes nothing into it.
void refuse_foreign_tables(Connection& connection);

/// For whoever is to write nothing. Throws OpenError when the database of `folder` has another format than the newest.
void refuse_other_formats(Connection& connection, const std::filesystem::path& folder);

/// Whether the format of the database is one whose pages end in checksums, which the interrupted migration to it is
/// not: until then nothing is to be compared. Throws OpenError when its pages have no room for them.
bool has_checksums(Connection& connection);

/// Brings the database to the newest format, each step in a transaction of its own. Throws OpenError when a newer
/// cardfile has written it.
void migrate(Connection& connection);

}  // namespace cardfile::store::sqlite
