#include "prove/fuzz.h"

#include "prove/short_form.h"
#include "support/temp_folder.h"

namespace cardfile::prove {
namespace {

FuzzOptions replaying(const test::TempFolder& folder, std::vector<std::string> targets) {
  return {.programs = CARDFILE_FUZZ_FOLDER, .work = folder.path(), .targets = std::move(targets), .seconds = 1};
}

TEST(Fuzz, NothingOfTheCorporaBreaksAPromise) {
  const test::TempFolder folder;
  const auto targets = fuzz_targets();
  EXPECT_EQ(targets.size(), 11U);
  Campaign campaign(short_form("fuzz", static_cast<std::int64_t>(targets.size())));
  fuzz(campaign, replaying(folder, targets));
  EXPECT_THAT(campaign.findings(), testing::IsEmpty());
}

TEST(Fuzz, APlantedFaultIsFound) {
  const test::TempFolder folder;
  expect_found(
      "fuzz", 1, [&](Campaign& campaign) { fuzz(campaign, replaying(folder, {"planted"})); },
      "a promise is broken: nothing begins with fault");
}

}  // namespace
}  // namespace cardfile::prove
