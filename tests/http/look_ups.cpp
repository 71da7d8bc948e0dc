#include "http/look_ups.h"

#include <dlfcn.h>
#include <netdb.h>

#include <atomic>
#include <string_view>

static std::atomic<bool> is_look_up_held = false;
static std::atomic<int> slow_look_ups = 0;

extern "C" int getaddrinfo(const char* host, const char* service, const addrinfo* hints, addrinfo** found) {
  const std::string_view name = host != nullptr ? host : "";
  if (name == "slow.test") {
    ++slow_look_ups;
    is_look_up_held.wait(true);
  }
  if (name == "slow.test" || name == "unknown.test") return EAI_NONAME;
  if (name == "unsure.test") return EAI_AGAIN;
  static const auto system = reinterpret_cast<decltype(&::getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  return system(host, service, hints, found);
}

namespace cardfile::test {

HeldLookUps::HeldLookUps() { is_look_up_held = true; }

HeldLookUps::~HeldLookUps() {
  is_look_up_held = false;
  is_look_up_held.notify_all();
}

int look_ups_of_slow_name() { return slow_look_ups; }

}  // namespace cardfile::test
