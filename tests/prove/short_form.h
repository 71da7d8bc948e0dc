#pragma once
// The short form of a check, as a test: few units, always the same chance.

#include <cstdint>
#include <functional>
#include <string>

#include <gmock/gmock.h>

#include "prove/campaign.h"

namespace cardfile::prove {

inline CampaignOptions short_form(const std::string& check, std::int64_t units) {
  return {.check = check, .seed = 20'260'101, .units_max = units};
}

inline void expect_nothing_found(const std::string& check, std::int64_t units, void (*run)(Campaign&)) {
  Campaign campaign(short_form(check, units));
  run(campaign);
  EXPECT_THAT(campaign.findings(), testing::IsEmpty());
  EXPECT_EQ(campaign.progress().units, units);
}

/// `run` has a planted fault, and has to say so.
inline void expect_found(const std::string& check, std::int64_t units, const std::function<void(Campaign&)>& run,
                         const std::string& finding) {
  Campaign campaign(short_form(check, units));
  run(campaign);
  EXPECT_THAT(campaign.findings(), testing::Contains(testing::HasSubstr(finding)));
}

}  // namespace cardfile::prove
