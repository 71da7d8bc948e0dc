#include "store/sqlite/migrations.h"

#include <string>

#include "store/open.h"

namespace cardfile::store::sqlite {

// The first migration sets the version together with its tables.
void refuse_foreign_tables(Connection& connection) {
  if (connection.integer("PRAGMA user_version") != 0) return;
  if (connection.integer("SELECT count(*) FROM sqlite_schema") == 0) return;
  throw OpenError(
      "The cardfile.db in the data folder is another program's: it has tables and no format of cardfile's. Name "
      "another folder with --data.");
}

void migrate(Connection& connection) {
  const auto stored = connection.integer("PRAGMA user_version");
  const auto known = migrations().back().version;
  if (stored > known)
    throw OpenError("The data folder has format " + std::to_string(stored) +
                    ", and this cardfile knows formats up to " + std::to_string(known) +
                    "; start the newer cardfile that wrote it.");
  if (stored == known) return;
  // What is sorted on the way may be larger than memory.
  connection.execute("PRAGMA temp_store = FILE");
  for (const auto& [version, sql] : migrations()) {
    if (version <= stored) continue;
    connection.execute("BEGIN IMMEDIATE");
    connection.execute(std::string(sql));
    connection.execute("PRAGMA user_version = " + std::to_string(version));
    connection.execute("COMMIT");
  }
  connection.execute("PRAGMA temp_store = MEMORY");
}

}  // namespace cardfile::store::sqlite
