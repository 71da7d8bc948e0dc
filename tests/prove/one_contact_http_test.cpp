#include "prove/one_contact_http.h"

#include <gmock/gmock.h>

#include "prove/faulty_writes.h"
#include "prove/short_form.h"

namespace cardfile::prove {
namespace {

TEST(OneContactOverHttp, DoesOneThingAtATimeThroughKills) {
  Campaign campaign(short_form("one-contact-http", 3));
  one_contact_http(campaign);
  EXPECT_THAT(campaign.findings(), testing::IsEmpty());
  EXPECT_GT(campaign.figure("kills"), 0);
}

TEST(OneContactOverHttp, IsSeenToBeFoundWhenAnswersAreLostInAKill) {
  const auto run = [](Campaign& campaign) { one_contact_http(campaign, {.an_older_folder_comes_back = true}); };
  expect_found("one-contact-http", 3, run, "cannot be explained");
}

TEST(OneContactOverHttp, IsSeenToBeFoundWhenAnswersAreMissingThatNoKillTook) {
  const auto run = [](Campaign& campaign) { one_contact_http(campaign, {.loses_answers = true}); };
  expect_found("one-contact-http", 3, run, "a request has no answer, and no kill took it");
}

template <class Fault>
void over_http_with(Campaign& campaign) {
  one_contact_http(campaign, {.plant = planted<Fault>()});
}

TEST(OneContactOverHttp, IsSeenToBeFoundWhenReadsAreStale) {
  expect_found("one-contact-http", 3, over_http_with<StaleReads>, "cannot be explained");
}

TEST(OneContactOverHttp, IsSeenToBeFoundWhenConditionsAreIgnored) {
  expect_found("one-contact-http", 3, over_http_with<IgnoredConditions>, "cannot be explained");
}

}  // namespace
}  // namespace cardfile::prove
