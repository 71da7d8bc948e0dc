#pragma once
// log_damaged_at(), is_log_whole(): whether a write-ahead log is what was written to the disk.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "store/sqlite/db.h"

namespace cardfile::store::sqlite {

/// The file in which SQLite keeps the write-ahead log of that database.
std::filesystem::path log_of(const std::filesystem::path& database);

/// The first byte of the log from which on it cannot be read though a whole commit and the beginning of the next one
/// stand behind it: SQLite would take it for the end of a log that a power cut left, and pass over what was
/// acknowledged. None for a log that is sound, or that ends where one commit was cut off: each is synced before the
/// next one is begun. To be called before anybody opens the database, or while others write to it. Of a log that cannot
/// be read nothing is said; SQLite will say it.
std::optional<std::int64_t> log_damaged_at(const std::filesystem::path& database);

/// Whether what is committed in the log of an open database, and is not in the database yet, is what was written there.
/// SQLite looks only when it recovers. Throws SqliteError.
bool is_log_whole(Connection& connection);

/// What to tell of it: a sentence without its end.
std::string told_of_log_damage(const std::filesystem::path& database, std::int64_t at);

}  // namespace cardfile::store::sqlite
