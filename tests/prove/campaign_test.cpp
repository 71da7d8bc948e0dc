#include "prove/campaign.h"

#include <fstream>
#include <set>

#include <gmock/gmock.h>

#include "prove/checks.h"
#include "prove/record.h"
#include "support/temp_folder.h"

namespace cardfile::prove {
namespace {

using testing::ElementsAre;

std::vector<std::uint64_t> chances(CampaignOptions options, std::int64_t needed = 1) {
  Campaign campaign(std::move(options));
  std::vector<std::uint64_t> numbers;
  while (campaign.begins_unit(needed)) numbers.push_back(campaign.random()());
  return numbers;
}

TEST(ACampaign, GivesEachUnitAChanceThatComesFromSeedCheckAndNumberAlone) {
  const auto three = chances({.check = "a", .seed = 1, .units_max = 3});
  EXPECT_EQ(std::set(three.begin(), three.end()).size(), 3U);
  EXPECT_EQ(chances({.check = "a", .seed = 1, .units_max = 2, .earlier = {.units = 1}}),
            (std::vector{three[1], three[2]}));
  EXPECT_NE(chances({.check = "b", .seed = 1, .units_max = 3}), three);
  EXPECT_NE(chances({.check = "a", .seed = 2, .units_max = 3}), three);
}

TEST(ACampaign, DoesOneUnitAtLeastAndNoneBeginsAfterItsDeadline) {
  EXPECT_EQ(chances({.check = "a", .deadline = std::chrono::steady_clock::now()}).size(), 1U);
}

TEST(ACampaign, DoesTheUnitsThatACheckNeedsAfterItsDeadlineToo) {
  const auto now = std::chrono::steady_clock::now();
  EXPECT_EQ(chances({.check = "a", .deadline = now}, 3).size(), 3U);
  EXPECT_EQ(chances({.check = "a", .deadline = now, .earlier = {.units = 9}}, 3).size(), 3U)
      << "what an earlier run did is not at hand";
  EXPECT_EQ(chances({.check = "a", .units_max = 2, .deadline = now}, 3).size(), 2U);
}

TEST(ACampaign, EndsWithTheUnitThatFoundSomething) {
  Campaign campaign({.check = "a", .units_max = 9});
  while (campaign.begins_unit()) {
    campaign.count("looks", 2);
    campaign.raise("longest ms", 10 - campaign.unit());
    if (campaign.unit() == 2) campaign.find("it is broken");
  }
  EXPECT_THAT(campaign.findings(), ElementsAre("unit 2: it is broken"));
  EXPECT_EQ(campaign.progress().units, 3);
  EXPECT_THAT(campaign.progress().figures, ElementsAre(Figure{"looks", 6}, Figure{"longest ms", 10}));
}

TEST(ACampaign, NamesNoUnitWhereNoneHasBegun) {
  Campaign campaign({.check = "a", .earlier = {.units = 5}});
  campaign.find("it could not begin");
  EXPECT_THAT(campaign.findings(), ElementsAre("it could not begin"));
}

TEST(ACampaign, TellsEachUnitAndGoesOnFromAnEarlierRun) {
  std::vector<std::int64_t> told;
  Campaign campaign({.check = "a",
                     .units_max = 2,
                     .earlier = {.units = 5, .figures = {{"looks", 50}}, .findings = {}},
                     .on_unit = [&told](const Progress& progress) { told.push_back(progress.units); }});
  while (campaign.begins_unit()) campaign.count("looks");
  EXPECT_THAT(told, ElementsAre(6, 7));
  EXPECT_EQ(campaign.figure("looks"), 52);
}

TEST(ARecord, IsReadAsItWasWritten) {
  const test::TempFolder folder;
  const Record record{
      .seed = 17,
      .commit = "abc-dirty",
      .checks = {{"power-loss",
                  {.progress = {.units = 3, .figures = {{"crash images", 1200}}, .findings = {"unit 2: it is broken"}},
                   .seconds = 9}},
                 {"clock", {.progress = {.units = 1, .figures = {}, .findings = {}}, .seconds = 1}}}};
  write_record(folder.path() / "record", record);
  EXPECT_EQ(read_record(folder.path() / "record"), record);
  EXPECT_EQ(read_record(folder.path() / "another"), std::nullopt);
}

TEST(ARecord, ThatIsSomethingElseIsRefused) {
  const test::TempFolder folder;
  std::ofstream(folder.path() / "record") << "seed 1\nunits clock many\n";
  EXPECT_THROW(read_record(folder.path() / "record"), std::runtime_error);
  std::ofstream(folder.path() / "record") << "hello\n";
  EXPECT_THROW(read_record(folder.path() / "record"), std::runtime_error);
}

TEST(TheTableOfChecks, NamesEachOnceInAFormThatTheRecordCanHold) {
  std::set<std::string> names;
  for (const auto& check : checks()) {
    EXPECT_TRUE(names.insert(check.name).second) << check.name;
    EXPECT_EQ(check.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string::npos) << check.name;
    EXPECT_FALSE(check.promise.empty());
  }
}

}  // namespace
}  // namespace cardfile::prove
