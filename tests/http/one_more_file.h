#pragma once
// OneMoreFile: a process that soon has no file descriptor left.

#include <sys/resource.h>
#include <unistd.h>

namespace cardfile::http {

/// Lets the process open only one more file, as long as it lives.
class OneMoreFile {
 public:
  OneMoreFile() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int next = ::dup(STDOUT_FILENO);
    ::close(next);
    rlimit limit = before_;
    limit.rlim_cur = static_cast<rlim_t>(next) + 1;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  OneMoreFile(const OneMoreFile&) = delete;
  OneMoreFile& operator=(const OneMoreFile&) = delete;
  ~OneMoreFile() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

}  // namespace cardfile::http
