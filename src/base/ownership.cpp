#include "base/ownership.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cardfile::base {

bool give_to_owner_of_folder(int descriptor, const std::filesystem::path& file) {
  if (::geteuid() != 0) return true;
  struct stat folder {};
  const std::filesystem::path path = file.has_parent_path() ? file.parent_path() : ".";
  if (::stat(path.c_str(), &folder) != 0) return false;
  return folder.st_uid == 0 || ::fchown(descriptor, folder.st_uid, folder.st_gid) == 0;
}

int open_or_make(const std::filesystem::path& file, int further_flags) {
  const int flags = O_RDWR | O_CREAT | O_CLOEXEC | further_flags;
  constexpr mode_t kOwnerOnly = 0600;
  const int made = ::open(file.c_str(), flags | O_EXCL, kOwnerOnly);
  if (made < 0 && errno == EEXIST) return ::open(file.c_str(), flags, kOwnerOnly);
  if (made < 0 || give_to_owner_of_folder(made, file)) return made;
  const int reason = errno;
  ::close(made);
  errno = reason;
  return -1;
}

}  // namespace cardfile::base
