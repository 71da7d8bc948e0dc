#pragma once
// What a running server takes of its machine, as the kernel counts it.

#include <chrono>
#include <cstddef>
#include <cstdint>

#include <sys/types.h>

namespace cardfile::prove {

/// Bytes of memory that are its own: not those of files that it has mapped.
std::int64_t own_memory(pid_t process);
/// Open files and sockets.
std::int64_t descriptors(pid_t process);
/// Time that its threads have run so far.
std::chrono::nanoseconds running_time(pid_t process);

/// Lets this process have so many open files, as far as it may; gives how many it may have.
std::size_t allow_descriptors(std::size_t wanted);

}  // namespace cardfile::prove
