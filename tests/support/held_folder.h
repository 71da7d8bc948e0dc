#pragma once
// HeldFolder: a data folder in use.

#include <cerrno>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "support/temp_folder.h"

namespace cardfile::test {

/// Holds ./data of `folder`, as another process of cardfile's would that is no server.
class HeldFolder {
 public:
  explicit HeldFolder(const TempFolder& folder)
      : lock_(::open((folder / "data/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)),
        closings_(::inotify_init1(IN_CLOEXEC)) {
    const bool is_held = lock_ >= 0 && ::flock(lock_, LOCK_EX) == 0;
    if (!is_held || ::inotify_add_watch(closings_, (folder / "data/lock").c_str(), IN_CLOSE) < 0) {
      throw std::system_error(errno, std::generic_category(), "the folder cannot be held");
    }
  }
  HeldFolder(const HeldFolder&) = delete;
  HeldFolder& operator=(const HeldFolder&) = delete;
  ~HeldFolder() {
    let_go();
    ::close(closings_);
  }

  /// Until somebody has found it held.
  void await_refusal() const {
    pollfd closing{.fd = closings_, .events = POLLIN, .revents = 0};
    EXPECT_EQ(::poll(&closing, 1, 60'000), 1) << "nobody wanted the folder";
  }

  void let_go() {
    if (lock_ >= 0) ::close(lock_);
    lock_ = -1;
  }

 private:
  int lock_;
  int closings_;
};

}  // namespace cardfile::test
