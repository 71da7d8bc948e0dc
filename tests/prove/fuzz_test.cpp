#include "prove/fuzz.h"

#include "prove/short_form.h"
#include "support/temp_folder.h"

namespace cardfile::prove {
namespace {

FuzzOptions replaying(const test::TempFolder& folder, std::vector<std::string> targets) {
  return {.programs = CARDFILE_FUZZ_FOLDER,
          .work = folder.path(),
          .targets = std::move(targets),
          .unit_max = std::chrono::seconds(1),
          .unit_min = std::chrono::seconds(1),
          .may_only_replay = true};
}

TEST(Fuzz, NothingOfTheCorporaBreaksAPromise) {
  const test::TempFolder folder;
  const auto targets = fuzz_targets();
  EXPECT_EQ(targets.size(), 11U);
  Campaign campaign(short_form("fuzz", static_cast<std::int64_t>(targets.size())));
  fuzz(campaign, replaying(folder, targets));
  EXPECT_THAT(campaign.findings(), testing::IsEmpty());
}

TEST(Fuzz, WithoutLibFuzzerSaysThatItShowsNothing) {
  const test::TempFolder folder;
  FuzzOptions faulty = replaying(folder, {"timestamp"});
  faulty.may_only_replay = false;
  expect_found(
      "fuzz", 1, [&](Campaign& campaign) { fuzz(campaign, faulty); }, "only replays its corpus");
}

TEST(Fuzz, GivesEachTargetItsTurnWhateverTimeThereIs) {
  const test::TempFolder folder;
  CampaignOptions without_time = short_form("fuzz", 1'000);
  without_time.deadline = std::chrono::steady_clock::now();
  Campaign campaign(without_time);
  fuzz(campaign, replaying(folder, fuzz_targets()));
  EXPECT_EQ(campaign.progress().units, static_cast<std::int64_t>(fuzz_targets().size()));
}

TEST(Fuzz, APlantedFaultIsFound) {
  const test::TempFolder folder;
  expect_found(
      "fuzz", 1, [&](Campaign& campaign) { fuzz(campaign, replaying(folder, {"planted"})); },
      "a promise is broken: nothing begins with fault");
}

}  // namespace
}  // namespace cardfile::prove
