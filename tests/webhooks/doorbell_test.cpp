#include "webhooks/doorbell.h"

#include <gtest/gtest.h>
#include <poll.h>

namespace cardfile::webhooks {
namespace {

bool rings(const Doorbell& doorbell) {
  pollfd descriptor{.fd = doorbell.descriptor(), .events = POLLIN, .revents = 0};
  return ::poll(&descriptor, 1, 0) == 1;
}

TEST(Doorbell, RingsUntilItIsHeard) {
  Doorbell doorbell;
  EXPECT_FALSE(rings(doorbell));
  doorbell.ring();
  doorbell.ring();
  EXPECT_TRUE(rings(doorbell));
  doorbell.hear();
  EXPECT_FALSE(rings(doorbell));
  doorbell.ring();
  EXPECT_TRUE(rings(doorbell));
}

TEST(Doorbell, MayBeListenedToBeforeItRings) {
  Doorbell doorbell;
  doorbell.hear();
  doorbell.ring();
  EXPECT_TRUE(rings(doorbell));
}

}  // namespace
}  // namespace cardfile::webhooks
