#include "prove/bit_rot.h"

#include <gmock/gmock.h>

#include "prove/short_form.h"

namespace cardfile::prove {
namespace {

constexpr BitRotSize kShort{.steps = 40, .damages = 60};

void short_bit_rot(Campaign& campaign) { bit_rot(campaign, kShort, nothing_planted); }

TEST(BitRot, IsFoundOrMakesNoDifference) { expect_nothing_found("bit-rot", 4, short_bit_rot); }

class FindsNothing final : public PassingStore {
  using PassingStore::PassingStore;
  store::CheckReport check(const store::Progress&) const override { return {}; }
};

TEST(BitRot, IsSeenToBeMissedByACheckThatFindsNothing) {
  expect_found(
      "bit-rot", 4, [](Campaign& campaign) { bit_rot(campaign, kShort, planted<FindsNothing>()); },
      "check does not see");
}

}  // namespace
}  // namespace cardfile::prove
