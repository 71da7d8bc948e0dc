#pragma once
// CPU time of processes.

#include <chrono>

#include <sys/types.h>

namespace cardfile::bench {

/// What a process and its children that still run have used so far, in user and kernel mode, to the clock tick (10 ms).
/// Children count because nginx does its work in them. Throws std::runtime_error when there is no such process.
std::chrono::nanoseconds cpu_time_of(pid_t process);

/// What this process has used so far.
std::chrono::nanoseconds own_cpu_time();

}  // namespace cardfile::bench
