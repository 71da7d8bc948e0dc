#include "store/sqlite/backup.h"

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite/db.h"
#include "store/sqlite/log_damage.h"
#include "store/sqlite/migrations.h"

namespace cardfile::store::sqlite {
namespace {

constexpr int kPagesPerStep = 1'000;
constexpr mode_t kOwnerOnlyFolder = 0700;
constexpr mode_t kOwnerOnlyFile = 0600;
const char* const kDatabase = "cardfile.db";
const char* const kFurtherWays = ". Name another folder with --data or --to, or run this as the owner of both.";

const char* const kRoomWays =
    ". Make room where the data folder is, which takes a little to be read, and where the backup goes. A data folder "
    "that no server uses may also be copied with cp -a.";

[[noreturn]] void throw_errno(const std::string& doing, const std::filesystem::path& path) {
  throw BackupError("Cannot " + doing + " " + path.string() + ": " + std::generic_category().message(errno) +
                    ". Name another folder with --to.");
}

void sync(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw_errno("open", path);
  const int failed = ::fsync(descriptor);
  ::close(descriptor);
  if (failed) throw_errno("sync", path);
}

/// The folder that a backup is made in: one of its own, held against another backup, and gone with this object unless
/// it was given its name.
class PartialFolder {
 public:
  /// Takes over what an interrupted backup left there, and nothing else.
  explicit PartialFolder(std::filesystem::path path) : path_(std::move(path)), database_(path_ / kDatabase) {
    if (::mkdir(path_.c_str(), kOwnerOnlyFolder) != 0 && errno != EEXIST) throw_errno("make the folder", path_);
    folder_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder_ < 0) throw_errno("open the folder", path_);
    try {
      lock();
      make_empty();
    } catch (...) {
      ::close(folder_);
      throw;
    }
  }
  PartialFolder(const PartialFolder&) = delete;
  PartialFolder& operator=(const PartialFolder&) = delete;
  ~PartialFolder() {
    if (!is_complete_) {
      // What is in the way of it is in the way of the next attempt, which says so.
      std::error_code ignored;
      for (const auto& file : files(ignored)) std::filesystem::remove(file, ignored);
      ::rmdir(path_.c_str());
    }
    ::close(folder_);
  }

  const std::filesystem::path& database() const { return database_; }

  /// Durable, but for the name.
  void become(const std::filesystem::path& folder) {
    sync(database_);
    sync(path_);
    if (::rename(path_.c_str(), folder.c_str()) != 0) throw_errno("name the folder", folder);
    is_complete_ = true;
  }

 private:
  void lock() const {
    struct stat held {};
    struct stat named {};
    const bool is_locked = ::flock(folder_, LOCK_EX | LOCK_NB) == 0;
    // Whoever held it before may have given it its name in between.
    if (is_locked && ::fstat(folder_, &held) == 0 && ::lstat(path_.c_str(), &named) == 0 &&
        held.st_ino == named.st_ino && held.st_dev == named.st_dev && held.st_uid == ::geteuid())
      return;
    if (is_locked && held.st_uid != ::geteuid()) throw BackupError(path_.string() + " is another user's. " + kAdvice);
    throw BackupError("Another backup is being made in " + path_.string() +
                      ". Wait for it, or name another folder with --to.");
  }

  std::vector<std::filesystem::path> files(std::error_code& error) const {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(path_, error)) found.push_back(entry.path());
    return found;
  }

  void make_empty() const {
    std::error_code error;
    const auto left_behind = files(error);
    for (const auto& file : left_behind) {
      if (!file.filename().native().starts_with(kDatabase))
        throw BackupError("There is " + file.string() + ", which no backup left there. " + kAdvice);
    }
    for (const auto& file : left_behind) std::filesystem::remove(file, error);
    const int descriptor = ::open(database_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerOnlyFile);
    if (descriptor < 0) throw_errno("make", database_);
    ::close(descriptor);
  }

  static constexpr const char* kAdvice = "Move it away, or name another folder with --to.";
  const std::filesystem::path path_;
  const std::filesystem::path database_;
  int folder_ = -1;
  bool is_complete_ = false;
};

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

/// The first page of an empty database says that there is room, before pages are copied in any order.
void make_room_for_checksums(Connection& destination, std::int64_t page_bytes) {
  destination.execute("PRAGMA page_size = " + std::to_string(page_bytes));
  destination.reserve_checksums();
  destination.execute("VACUUM");
}

/// What is damaged is not called a backup. To be called before anybody opens the database.
void require_whole_log(const std::filesystem::path& database) {
  if (const auto damaged_at = log_damaged_at(database))
    throw BackupError("Cannot copy " + database.string() + ": " + told_of_log_damage(database, *damaged_at) +
                      ". A backup that was made before may still be sound.");
}

void copy_database(const std::filesystem::path& from, const std::filesystem::path& to, const Progress& progress) {
  const KeptIndex index(from);
  Connection source({.file = from, .read_only = true, .comparing = Comparing::never});
  source.leave_log_on_close();
  require_contents(source);
  index.let_go();
  const bool with_checksums = has_checksums(source);
  if (with_checksums) source.compare_pages();
  // Everything that is copied is of the moment of the first reading in it.
  const Snapshot snapshot(source);
  source.integer("SELECT count(*) FROM sqlite_schema");
  if (!source.has_whole_log()) throw SqliteError(SQLITE_IOERR_DATA, "copy the write-ahead log", source.handle());
  Connection destination({.file = to});
  // Whoever finds a partial copy throws it away, and it is synced as a whole when it is complete.
  destination.execute("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF");
  if (with_checksums) make_room_for_checksums(destination, source.integer("PRAGMA page_size"));
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

void back_up(const std::filesystem::path& from, const std::filesystem::path& to, const Progress& progress) try {
  require_whole_log(from / kDatabase);
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
  const std::filesystem::path path_meanwhile = folder.native() + ".partial";
  if (std::filesystem::exists(path_meanwhile) && std::filesystem::equivalent(path_meanwhile, from))
    throw BackupError(from.string() + " is where " + folder.string() +
                      " would be made. Name another folder with --to.");
  try {
    PartialFolder partial(path_meanwhile);
    copy_database(from / kDatabase, partial.database(), progress);
    partial.become(folder);
  } catch (const SqliteError& error) {
    if (lacks_room(error)) throw BackupError(std::string(error.what()) + kRoomWays);
    if (!means_damage(error)) throw BackupError(std::string(error.what()) + kFurtherWays);
    throw BackupError("The cardfile.db in " + from.string() + " is damaged, or no database of cardfile's: " +
                      error.what() + ". See how far with: cardfile check --data " + from.string() +
                      "; a backup that was made before may still be sound.");
  }
  sync(folder.parent_path());
} catch (const std::filesystem::filesystem_error& error) {
  throw BackupError("Cannot look at " + error.path1().string() + ": " + error.code().message() + kFurtherWays);
} catch (const std::system_error& error) {
  throw BackupError("Cannot copy " + from.string() + ": " + error.what() +
                    ". See to its disk, or run this as the owner of both folders.");
}

}  // namespace cardfile::store::sqlite
