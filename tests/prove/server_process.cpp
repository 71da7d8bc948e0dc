#include "prove/server_process.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include <sys/resource.h>

namespace cardfile::prove {

namespace {

std::filesystem::path folder_of(pid_t process) { return "/proc/" + std::to_string(process); }

}  // namespace

std::int64_t own_memory(pid_t process) {
  std::ifstream status(folder_of(process) / "status");
  std::string word;
  while (status >> word) {
    std::int64_t kib = 0;
    if (word == "RssAnon:" && status >> kib) return kib * 1024;
  }
  return 0;
}

std::int64_t descriptors(pid_t process) {
  std::error_code gone;
  const std::filesystem::directory_iterator files(folder_of(process) / "fd", gone);
  return gone ? 0 : std::distance(begin(files), end(files));
}

std::chrono::nanoseconds running_time(pid_t process) {
  std::int64_t total = 0;
  std::error_code gone;
  for (const auto& thread : std::filesystem::directory_iterator(folder_of(process) / "task", gone)) {
    std::int64_t ran = 0;
    if (std::ifstream(thread.path() / "schedstat") >> ran) total += ran;
  }
  return std::chrono::nanoseconds(total);
}

std::size_t allow_descriptors(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, std::max<rlim_t>(limit.rlim_cur, wanted));
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace cardfile::prove
