#include "prove/server_process.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include <sys/resource.h>

namespace cardfile::prove {

namespace {

std::filesystem::path folder_of(pid_t process) { return "/proc/" + std::to_string(process); }

/// The calling thread and all of the processes; threads that end meanwhile aside. Gives the first failure.
std::error_code keep_on(const cpu_set_t& processors, const std::vector<pid_t>& processes) {
  std::error_code failed;
  const auto keep = [&](pid_t thread) {
    if (::sched_setaffinity(thread, sizeof(processors), &processors) != 0 && errno != ESRCH && !failed)
      failed = {errno, std::generic_category()};
  };
  keep(0);
  for (const pid_t process : processes) {
    std::error_code gone;
    for (const auto& thread : std::filesystem::directory_iterator(folder_of(process) / "task", gone))
      keep(std::stoi(thread.path().filename()));
  }
  return failed;
}

std::system_error failure(const char* call) { return {errno, std::generic_category(), call}; }

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

std::int64_t sockets(pid_t process) {
  std::error_code gone;
  std::int64_t count = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder_of(process) / "fd", gone)) {
    std::error_code closed;
    if (std::filesystem::read_symlink(file, closed).native().starts_with("socket:")) ++count;
  }
  return count;
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

OneProcessor::OneProcessor(std::vector<pid_t> processes) : processes_(std::move(processes)) {
  if (::sched_getaffinity(0, sizeof(before_), &before_) != 0) throw failure("sched_getaffinity");
  const int here = ::sched_getcpu();
  if (here < 0) throw failure("sched_getcpu");
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<std::size_t>(here), &one);
  const std::error_code failed = keep_on(one, processes_);
  if (!failed) return;
  keep_on(before_, processes_);
  throw std::system_error(failed, "sched_setaffinity");
}

OneProcessor::~OneProcessor() { keep_on(before_, processes_); }

void allow_descriptors(std::size_t needed) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) throw failure("getrlimit");
  if (limit.rlim_cur >= needed) return;
  if (limit.rlim_max < needed) {
    throw std::runtime_error("it needs " + std::to_string(needed) + " open files, and this machine allows it " +
                             std::to_string(limit.rlim_max) + " (ulimit -Hn): with fewer this shows nothing");
  }
  limit.rlim_cur = needed;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) throw failure("setrlimit");
}

}  // namespace cardfile::prove
