#include "prove/one_contact.h"

#include <gmock/gmock.h>

#include "prove/faulty_writes.h"
#include "prove/short_form.h"

namespace cardfile::prove {
namespace {

TEST(OneContact, DoesOneThingAtATime) { expect_nothing_found("one-contact", 6, one_contact); }

template <class Fault>
void one_contact_with(Campaign& campaign) {
  one_contact(campaign, planted<Fault>(), Engines::memory);
}

template <class Fault>
class OneContactWith : public testing::Test {};

using Faults =
    testing::Types<StaleReads, ReadsBeforeItIsDone, LostMerges, LostAnswers, WritesDoneTwice, RevisionsGivenTwice,
                   TornOverwrites, IgnoredConditions, RefusalsOfWhatIsDone, DeletedContactsThatAreRead>;

struct FaultNames {
  template <class Fault>
  static std::string GetName(int) {
    return Fault::kName;
  }
};
TYPED_TEST_SUITE(OneContactWith, Faults, FaultNames);

TYPED_TEST(OneContactWith, IsFound) {
  expect_found("one-contact", 20, one_contact_with<TypeParam>, "cannot be explained");
}

TEST(OneContact, IsSoundBehindTheScaffoldOfTheFaults) {
  Campaign campaign(short_form("one-contact", 20));
  one_contact_with<FaultyWrites>(campaign);
  EXPECT_THAT(campaign.findings(), testing::IsEmpty());
}

}  // namespace
}  // namespace cardfile::prove
