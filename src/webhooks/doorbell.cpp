#include "webhooks/doorbell.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace cardfile::webhooks {

Doorbell::Doorbell() : descriptor_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "no event descriptor can be had");
}

Doorbell::~Doorbell() { ::close(descriptor_); }

void Doorbell::ring() noexcept {
  if (is_ringing_.exchange(true)) return;
  ::eventfd_write(descriptor_, 1);
}

void Doorbell::hear() noexcept {
  eventfd_t count = 0;
  ::eventfd_read(descriptor_, &count);
  // After the descriptor: the other way round, a ring in between would be read away and never heard again.
  is_ringing_.exchange(false);
}

}  // namespace cardfile::webhooks
