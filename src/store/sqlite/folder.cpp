#include "store/sqlite/folder.h"

#include <cerrno>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ownership.h"
#include "store/open.h"

namespace cardfile::store::sqlite {
namespace {

constexpr mode_t kOwnerOnlyFolder = 0700;

[[noreturn]] void refuse(const std::string& what, const std::error_code& cause) {
  const bool is_anothers = cause == std::errc::permission_denied || cause == std::errc::operation_not_permitted;
  throw OpenError(what + ": " + cause.message() + ". Name another folder with --data, or " +
                  (is_anothers ? "run this as its owner." : "see to this one."));
}

[[noreturn]] void throw_errno(const std::string& what) { refuse(what, {errno, std::generic_category()}); }

/// Makes the names in `folder` survive a power loss, or tells why not.
std::error_code synced(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return {errno, std::generic_category()};
  const int failed = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  return {failed, std::generic_category()};
}

void sync_folder(const std::filesystem::path& folder) {
  if (const auto failed = synced(folder)) refuse("Cannot sync the folder " + folder.string(), failed);
}

/// Whoever made the folders in which `folder` is, and whenever. Those that this process may not read, or whose file
/// system is not written to, are another's to keep.
void sync_parents(const std::filesystem::path& folder) {
  for (auto child = std::filesystem::canonical(folder); child.has_relative_path(); child = child.parent_path()) {
    const auto failed = synced(child.parent_path());
    if (failed && failed != std::errc::permission_denied && failed != std::errc::invalid_argument &&
        failed != std::errc::read_only_file_system)
      refuse("Cannot sync the folder " + child.parent_path().string(), failed);
  }
}

void make_folder(const std::filesystem::path& named) {
  const auto kind = std::filesystem::status(named).type();
  if (kind == std::filesystem::file_type::directory) return;
  if (kind != std::filesystem::file_type::not_found)
    throw OpenError(named.string() + " is a file, not a data folder. Name another one.");
  auto folder = std::filesystem::absolute(named).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();  // It was named with a slash at its end.
  std::filesystem::create_directories(folder.parent_path());
  // Another process may have made it in between.
  if (::mkdir(folder.c_str(), kOwnerOnlyFolder) != 0 && errno != EEXIST)
    throw_errno("Cannot make the data folder " + folder.string());
}

int open_file(const std::filesystem::path& file, int further_flags = 0) {
  const int descriptor = base::open_or_make(file, further_flags);
  if (descriptor < 0) throw_errno("Cannot open " + file.string());
  return descriptor;
}

bool is_still_named(const std::filesystem::path& file, int descriptor) {
  struct stat by_name {};
  struct stat by_descriptor {};
  return ::stat(file.c_str(), &by_name) == 0 && ::fstat(descriptor, &by_descriptor) == 0 &&
         by_name.st_ino == by_descriptor.st_ino && by_name.st_dev == by_descriptor.st_dev;
}

/// What is written into it would be lost with whatever else it is: the folder may be of somebody whom this process's
/// user has no reason to trust.
void require_plain_file(const std::filesystem::path& lock_file, int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_nlink <= 1) return;
  ::close(descriptor);
  throw OpenError(lock_file.string() + " is another thing than the lock of a data folder. Move it away.");
}

std::string holder_of(const std::filesystem::path& lock_file) {
  std::string pid;
  std::ifstream(lock_file) >> pid;
  return pid.empty() ? "" : " (pid " + pid + ")";
}

/// The lock goes with the process, however it ends; only the file stays behind after a crash, which does no harm.
int lock(const std::filesystem::path& folder, const std::filesystem::path& lock_file) {
  for (;;) {
    const int descriptor = open_file(lock_file, O_NOFOLLOW);
    require_plain_file(lock_file, descriptor);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      ::close(descriptor);
      throw FolderInUse(folder.string() + " is in use by another cardfile process" + holder_of(lock_file) +
                        "; stop it, or name another folder with --data.");
    }
    // Its last holder may have taken the file away in between; then the lock is of no use.
    if (is_still_named(lock_file, descriptor)) return descriptor;
    ::close(descriptor);
  }
}

void write_pid(int descriptor, const std::filesystem::path& lock_file) {
  const auto line = std::to_string(::getpid()) + "\n";
  if (::ftruncate(descriptor, 0) != 0 || ::pwrite(descriptor, line.data(), line.size(), 0) < 0)
    throw_errno("Cannot write " + lock_file.string());
}

}  // namespace

Folder::Folder(std::filesystem::path path) try
    : lock_file_(path / "lock"), database_(path / "cardfile.db"), search_index_(path / "search.db") {
  make_folder(path);
  lock_ = lock(path, lock_file_);
  try {
    write_pid(lock_, lock_file_);
    // Before there is something to lose.
    if (!std::filesystem::exists(database_)) sync_parents(path);
    // SQLite gives its further files the mode of this one.
    ::close(open_file(database_));
    sync_folder(path);
  } catch (...) {
    ::close(lock_);
    throw;
  }
} catch (const std::filesystem::filesystem_error& error) {
  refuse("Cannot open the data folder " + path.string(), error.code());
}

Folder::~Folder() {
  // In a folder that was put in this one's place it is another process's.
  if (is_still_named(lock_file_, lock_)) ::unlink(lock_file_.c_str());
  ::close(lock_);
}

}  // namespace cardfile::store::sqlite
