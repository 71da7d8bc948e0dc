#include "support/syncs.h"

#include <cerrno>
#include <mutex>
#include <string>

#include <dlfcn.h>
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

}  // namespace cardfile::test

extern "C" int fsync(int descriptor) {
  using cardfile::test::state;
  static const auto below = reinterpret_cast<int (*)(int)>(::dlsym(RTLD_NEXT, "fsync"));
  {
    const std::lock_guard lock(state().mutex);
    if (state().is_watching) {
      std::error_code unnamed;
      const auto path = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor), unnamed);
      state().seen.push_back(path);
      if (!path.empty() && path == state().failing) {
        errno = state().error;
        return -1;
      }
    }
  }
  return below(descriptor);
}
