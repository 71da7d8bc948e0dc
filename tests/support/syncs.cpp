#include "support/syncs.h"

#include <cerrno>
#include <cstdint>
#include <fstream>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <sstream>
#include <string>
#include <utility>

#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

namespace cardfile::test {
namespace {

struct State {
  std::mutex mutex;
  bool is_watching = false;
  std::vector<std::filesystem::path> seen;
  std::filesystem::path failing;  // Empty: none.
  int error = 0;
};

State& state() {
  static State state;
  return state;
}

/// Held by those who are told, against those who come and go.
struct Listeners {
  std::shared_mutex mutex;
  std::list<SyncListener::Listen> all;
};

Listeners& listeners() {
  static Listeners listeners;
  return listeners;
}

std::filesystem::path opened_as(int descriptor) {
  std::error_code unnamed;
  return std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor), unnamed);
}

std::filesystem::path mapped_at(const void* address) {
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::istringstream in(line);
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    char dash = 0;
    std::string mode, offset, device, inode, path;
    in >> std::hex >> begin >> dash >> end >> mode >> offset >> device >> inode >> std::ws;
    std::getline(in, path);
    if (begin <= at && at < end) return path;
  }
  return {};
}

/// The errno that a sync of this one is to fail with.
std::optional<int> told_of(const std::filesystem::path& path) {
  {
    const std::lock_guard lock(state().mutex);
    if (state().is_watching) {
      state().seen.push_back(path);
      if (!path.empty() && path == state().failing) return state().error;
    }
  }
  const std::shared_lock lock(listeners().mutex);
  for (const auto& listen : listeners().all) listen(path);
  return std::nullopt;
}

}  // namespace

Syncs::Syncs() {
  const std::lock_guard lock(state().mutex);
  state().is_watching = true;
  state().seen.clear();
  state().failing.clear();
}

Syncs::~Syncs() {
  const std::lock_guard lock(state().mutex);
  state().is_watching = false;
}

std::vector<std::filesystem::path> Syncs::seen() const {
  const std::lock_guard lock(state().mutex);
  return state().seen;
}

void Syncs::fail(const std::filesystem::path& path, int error) {
  const std::lock_guard lock(state().mutex);
  state().failing = path;
  state().error = error;
}

SyncListener::SyncListener(Listen listen) {
  const std::lock_guard lock(listeners().mutex);
  registered_ = listeners().all.insert(listeners().all.end(), std::move(listen));
}

SyncListener::~SyncListener() {
  const std::lock_guard lock(listeners().mutex);
  listeners().all.erase(registered_);
}

}  // namespace cardfile::test

extern "C" int fsync(int descriptor) {
  static const auto below = reinterpret_cast<int (*)(int)>(::dlsym(RTLD_NEXT, "fsync"));
  const auto error = cardfile::test::told_of(cardfile::test::opened_as(descriptor));
  if (!error) return below(descriptor);
  errno = *error;
  return -1;
}

extern "C" int msync(void* address, std::size_t length, int flags) {
  static const auto below = reinterpret_cast<int (*)(void*, std::size_t, int)>(::dlsym(RTLD_NEXT, "msync"));
  const auto error = cardfile::test::told_of(cardfile::test::mapped_at(address));
  if (!error) return below(address, length, flags);
  errno = *error;
  return -1;
}
