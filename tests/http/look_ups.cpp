#include "http/look_ups.h"

#include <dlfcn.h>
#include <netdb.h>

#include <atomic>
#include <string_view>

static std::atomic<bool> is_look_up_held = false;

extern "C" int getaddrinfo(const char* host, const char* service, const addrinfo* hints, addrinfo** found) {
  const std::string_view name = host != nullptr ? host : "";
  if (name == "slow.test") is_look_up_held.wait(true);
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

}  // namespace cardfile::test
