#include "store/sqlite/backup.h"

#include <cerrno>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite/db.h"
#include "store/sqlite/migrations.h"

namespace cardfile::store::sqlite {
namespace {

constexpr int kPagesPerStep = 1'000;
constexpr mode_t kOwnerOnlyFolder = 0700;
constexpr mode_t kOwnerOnlyFile = 0600;
const char* const kDatabase = "cardfile.db";

[[noreturn]] void throw_errno(const std::string& doing, const std::filesystem::path& path) {
  throw BackupError("Cannot " + doing + " " + path.string() + ": " + std::generic_category().message(errno) + ".");
}

void sync(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw_errno("open", path);
  const int failed = ::fsync(descriptor);
  ::close(descriptor);
  if (failed) throw_errno("sync", path);
}

/// An empty folder with an empty database, which its owner only may read.
void make_partial(const std::filesystem::path& partial) {
  if (::mkdir(partial.c_str(), kOwnerOnlyFolder) != 0 && errno != EEXIST) throw_errno("make the folder", partial);
  const auto database = partial / kDatabase;
  std::filesystem::remove(database);
  const int descriptor = ::open(database.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerOnlyFile);
  if (descriptor < 0) throw_errno("make", database);
  ::close(descriptor);
}

/// Ends an online backup of SQLite's, whatever became of it.
class Copying {
 public:
  Copying(Connection& to, Connection& from)
      : to_(to), handle_(sqlite3_backup_init(to.handle(), "main", from.handle(), "main")) {
    if (!handle_) throw SqliteError(sqlite3_extended_errcode(to_.handle()), "begin to copy the database");
  }
  Copying(const Copying&) = delete;
  Copying& operator=(const Copying&) = delete;
  ~Copying() { sqlite3_backup_finish(handle_); }

  /// False when all is copied.
  bool step() {
    const int code = sqlite3_backup_step(handle_, kPagesPerStep);
    if (code != SQLITE_OK && code != SQLITE_DONE) throw SqliteError(code, "copy the database");
    return code == SQLITE_OK;
  }
  std::int64_t pages() const { return sqlite3_backup_pagecount(handle_); }
  std::int64_t copied() const { return pages() - sqlite3_backup_remaining(handle_); }

 private:
  Connection& to_;
  sqlite3_backup* handle_;
};

/// A copy of another program's database or of an empty one would only look like a backup.
void require_contents(Connection& source) {
  refuse_foreign_tables(source);
  if (source.integer("PRAGMA user_version") == 0)
    throw BackupError(
        "The cardfile.db in the data folder is empty: there is nothing to copy. Name another folder with --data.");
}

void copy_database(const std::filesystem::path& from, const std::filesystem::path& to, const Progress& progress) {
  Connection source({.file = from, .read_only = true});
  source.leave_log_on_close();
  require_contents(source);
  // Everything that is copied is of the moment of the first reading in it.
  const Snapshot snapshot(source);
  source.integer("SELECT count(*) FROM sqlite_schema");
  Connection destination({.file = to});
  // Whoever finds a partial copy throws it away, and it is synced as a whole when it is complete.
  destination.execute("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF");
  Copying copying(destination, source);
  while (copying.step())
    if (progress) progress(copying.copied(), copying.pages());
  if (progress) progress(copying.pages(), copying.pages());
}

bool is_within(std::filesystem::path folder, const std::filesystem::path& other) {
  for (folder = std::filesystem::canonical(folder);; folder = folder.parent_path()) {
    if (std::filesystem::equivalent(folder, other)) return true;
    if (folder == folder.parent_path()) return false;
  }
}

}  // namespace

void back_up(const std::filesystem::path& from, const std::filesystem::path& to, const Progress& progress) {
  if (!std::filesystem::is_regular_file(from / kDatabase))
    throw BackupError("There is no " + std::string(kDatabase) + " in " + from.string() + ".");
  const auto target = std::filesystem::absolute(to).lexically_normal();
  const auto folder = target.has_filename() ? target : target.parent_path();
  if (std::filesystem::exists(folder))
    throw BackupError(folder.string() + " exists already; a backup makes a folder of its own.");
  if (!std::filesystem::is_directory(folder.parent_path()))
    throw BackupError("There is no folder " + folder.parent_path().string() + ".");
  if (is_within(folder.parent_path(), from))
    throw BackupError(folder.string() + " is within " + from.string() +
                      ", which it is to replace some day; a backup belongs outside of it.");
  const std::filesystem::path partial = folder.native() + ".partial";
  make_partial(partial);
  try {
    copy_database(from / kDatabase, partial / kDatabase, progress);
    sync(partial / kDatabase);
    sync(partial);
    if (::rename(partial.c_str(), folder.c_str()) != 0) throw_errno("name the folder", folder);
  } catch (const std::exception& error) {
    // What is in the way of removing it is in the way of the next attempt, which says so.
    std::error_code left;
    std::filesystem::remove_all(partial, left);
    const auto* sqlite_error = dynamic_cast<const SqliteError*>(&error);
    if (!sqlite_error || !means_damage(*sqlite_error)) throw;
    throw BackupError("The cardfile.db in " + from.string() + " is damaged, or no database of cardfile's: " +
                      error.what() + ". See how far with: cardfile check --data " + from.string() +
                      "; a backup that was made before may still be sound.");
  }
  sync(folder.parent_path());
}

}  // namespace cardfile::store::sqlite
