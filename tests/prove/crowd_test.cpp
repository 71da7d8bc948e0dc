#include "prove/crowd.h"

#include "prove/short_form.h"

namespace cardfile::prove {
namespace {

using std::chrono::milliseconds;

constexpr IdleOptions kFewIdle{
    .connections = 300, .requests = 100, .measurements = 25, .rest = milliseconds(300), .rest_permille_max = 50};
constexpr SoakOptions kShortSoak{.unit = milliseconds(200), .clients = 4};

TEST(IdleConnections, WeighLittle) {
  Campaign campaign(short_form("idle-connections", 1));
  idle_connections(campaign, kFewIdle);
  EXPECT_THAT(campaign.findings(), testing::IsEmpty());
  EXPECT_EQ(campaign.figure("connections"), 300);
}

TEST(IdleConnections, ThatHoldHalfABodyAreFound) {
  IdleOptions faulty = kFewIdle;
  faulty.hold_half_a_body = true;
  expect_found(
      "idle-connections", 1, [&](Campaign& campaign) { idle_connections(campaign, faulty); },
      "an idle connection takes");
}

TEST(IdleConnections, ThatKeepAskingAreFound) {
  IdleOptions faulty = kFewIdle;
  faulty.keep_asking = true;
  expect_found(
      "idle-connections", 1, [&](Campaign& campaign) { idle_connections(campaign, faulty); },
      "thousandths of a processor");
}

TEST(IdleConnections, ThatMakeEveryRequestCostTwoFifthsMoreAreFound) {
  IdleOptions faulty = kFewIdle;
  faulty.more_percent = 40;
  expect_found(
      "idle-connections", 1, [&](Campaign& campaign) { idle_connections(campaign, faulty); },
      "ns beside idle connections");
}

TEST(IdleConnections, AreNoFewerWhereTheMachineAllowsFewer) {
  Campaign campaign(short_form("idle-connections", 1));
  EXPECT_THROW(idle_connections(campaign, {.connections = 1'000'000'000}), std::runtime_error);
}

TEST(Soak, LeavesMemoryAndDescriptorsAsTheyAre) {
  Campaign campaign(short_form("soak", 5));
  soak(campaign, kShortSoak);
  EXPECT_THAT(campaign.findings(), testing::IsEmpty());
  EXPECT_GT(campaign.figure("requests"), 100);
}

TEST(Soak, FindsConnectionsThatAreForgotten) {
  SoakOptions faulty = kShortSoak;
  faulty.forgets_connections = true;
  expect_found(
      "soak", 5, [&](Campaign& campaign) { soak(campaign, faulty); }, "descriptors have grown");
}

}  // namespace
}  // namespace cardfile::prove
