#include "store/sqlite/migrations.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "store/open.h"
#include "store/sqlite/open_files.h"

namespace cardfile::store::sqlite {

// The first migration sets the version together with its tables.
void refuse_foreign_tables(Connection& connection) {
  if (connection.integer("PRAGMA user_version") != 0) return;
  if (connection.integer("SELECT count(*) FROM sqlite_schema") == 0) return;
  throw OpenError(
      "The cardfile.db in the data folder is another program's: it has tables and no format of cardfile's. Name "
      "another folder with --data.");
}

namespace {

/// Each page has room for a checksum: an older database is written anew.
constexpr int kChecksums = 5;

// SQLite's file format, 1.3.
constexpr std::size_t kUserVersionAt = 60;

struct Formats {
  std::int64_t stored = 0;
  std::int64_t newest = 0;
};

/// Throws OpenError when a newer cardfile has written the database.
Formats formats_of(Connection& connection) {
  const Formats formats{.stored = connection.integer("PRAGMA user_version"), .newest = migrations().back().version};
  if (formats.stored > formats.newest)
    throw OpenError("The data folder has format " + std::to_string(formats.stored) +
                    ", and this cardfile knows formats up to " + std::to_string(formats.newest) +
                    "; start the newer cardfile that wrote it.");
  return formats;
}

/// Not part of a transaction, and no harm when it is done twice. All of it has to be in the database before anything
/// else is: pages that were copied before the first one, which says that there is room, would have no checksums.
void make_room_for_checksums(Connection& connection) {
  connection.reserve_checksums();
  connection.execute("VACUUM");
  if (!connection.checkpoint(CheckpointMode::restart).is_complete || !connection.has_room_for_checksums())
    throw OpenError(
        "The database is being brought to a new format while another program, such as a backup, reads it: wait for its "
        "end and try again");
}

}  // namespace

void refuse_other_formats(Connection& connection, const std::filesystem::path& folder) {
  const auto [stored, newest] = formats_of(connection);
  if (stored < newest)
    throw OpenError("The data folder has format " + std::to_string(stored) + ", and this cardfile checks format " +
                    std::to_string(newest) +
                    " only. Check it with the cardfile that wrote it, or bring it to this format first with: cardfile "
                    "migrate --data " +
                    folder.string());
}

namespace {

/// Whether the format of the database file stands where a newer one was written: then its first page has its checksum.
bool had_checksums(Connection& connection) {
  if (!connection.has_room_for_checksums()) return false;
  std::vector<std::byte> page(static_cast<std::size_t>(connection.integer("PRAGMA page_size")));
  if (!OpenFiles(connection).read_database(page, 0) || has_checksum(page, 1)) return false;
  const auto format = std::span(page).subspan(kUserVersionAt, 4);
  std::ranges::fill(format, std::byte{0});
  format.back() = std::byte{kChecksums};
  return has_checksum(page, 1);
}

}  // namespace

bool has_checksums(Connection& connection) {
  if (connection.integer("PRAGMA user_version") < kChecksums) {
    if (had_checksums(connection))
      throw OpenError(
          "The cardfile.db in the data folder is damaged: its format is not what was written there. Put a backup in "
          "the "
          "folder's place.");
    return false;
  }
  if (!connection.has_room_for_checksums())
    throw OpenError(
        "The cardfile.db in the data folder is damaged: its first page says that pages have no checksums. Put a backup "
        "in the folder's place.");
  return true;
}

void migrate(Connection& connection) {
  const auto [stored, newest] = formats_of(connection);
  if (stored == newest) return;
  // What is sorted on the way may be larger than memory.
  connection.execute("PRAGMA temp_store = FILE");
  for (const auto& [version, sql] : migrations()) {
    if (version <= stored) continue;
    // Where it was interrupted there is room, and an older cardfile may have written pages without checksums since.
    const bool is_older = stored > 0 || !connection.has_room_for_checksums();
    if (version == kChecksums && is_older) make_room_for_checksums(connection);
    connection.execute("BEGIN IMMEDIATE");
    connection.execute(std::string(sql));
    connection.execute("PRAGMA user_version = " + std::to_string(version));
    connection.execute("COMMIT");
  }
  connection.execute("PRAGMA temp_store = MEMORY");
}

}  // namespace cardfile::store::sqlite
