#pragma once
// What a running server takes of its machine, as the kernel counts it.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <sched.h>
#include <sys/types.h>

namespace cardfile::prove {

/// Bytes of memory that are its own: not those of files that it has mapped.
std::int64_t own_memory(pid_t process);
/// Open files and sockets.
std::int64_t descriptors(pid_t process);
/// Sockets among them.
std::int64_t sockets(pid_t process);
/// Time that its threads have run so far.
std::chrono::nanoseconds running_time(pid_t process);

/// Keeps the calling thread and all threads of other processes on one processor while it lives, so that each wakes the
/// other at the same price: from another processor it is several times as much, and chance. Threads that they start
/// stay there too. Throws std::system_error where it may not.
class OneProcessor {
 public:
  explicit OneProcessor(std::vector<pid_t> processes);
  ~OneProcessor();
  OneProcessor(const OneProcessor&) = delete;
  OneProcessor& operator=(const OneProcessor&) = delete;

 private:
  const std::vector<pid_t> processes_;
  cpu_set_t before_{};  // Of the calling thread, and given back to all.
};

/// Lets this process and those that it starts have so many open files. Throws std::runtime_error where they may not: a
/// crowd of fewer would show something else.
void allow_descriptors(std::size_t needed);

}  // namespace cardfile::prove
