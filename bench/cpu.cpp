#include "bench/cpu.h"

#include <cstdint>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

#include <sys/resource.h>
#include <unistd.h>

namespace cardfile::bench {

namespace {

std::string folder_of(pid_t process) { return "/proc/" + std::to_string(process); }

std::chrono::nanoseconds from_timeval(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

}  // namespace

std::chrono::nanoseconds cpu_time_of(pid_t process) {
  std::ifstream file(folder_of(process) + "/stat");
  std::string stat;
  if (!std::getline(file, stat)) throw std::runtime_error("no process " + std::to_string(process));
  // The second field, the program's name in parentheses, may hold blanks; what follows it is fields 3, 4, …
  std::istringstream fields(stat.substr(stat.rfind(')') + 1));
  constexpr int kFirst = 3;
  constexpr int kUserTicks = 14;
  std::string skipped;
  for (int i = kFirst; i < kUserTicks; ++i) fields >> skipped;
  std::int64_t user = 0;
  std::int64_t system = 0;
  fields >> user >> system;
  std::chrono::nanoseconds time = std::chrono::nanoseconds(std::chrono::seconds(1)) * (user + system) /
                                  static_cast<std::int64_t>(sysconf(_SC_CLK_TCK));

  std::ifstream children(folder_of(process) + "/task/" + std::to_string(process) + "/children");
  for (pid_t child = 0; children >> child;) time += cpu_time_of(child);
  return time;
}

std::chrono::nanoseconds own_cpu_time() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return from_timeval(usage.ru_utime) + from_timeval(usage.ru_stime);
}

}  // namespace cardfile::bench
