#include "prove/slow_peers.h"

#include "prove/short_form.h"

namespace cardfile::prove {
namespace {

using std::chrono::milliseconds;

/// How fast an honest client is answered is not judged: a busy machine may take its time.
SlowOptions few_slow() {
  return {.connections = 100,
          .rounds = 1,
          .settings = {"--header-timeout-ms", "300", "--body-timeout-ms", "300", "--write-timeout-ms", "300",
                       "--max-unsent-bytes", "4000000"},
          .drip = milliseconds(30),
          .requests = 100,
          .requests_beside_min = 1,
          .slower_percent_max = std::numeric_limits<std::int64_t>::max() / 1'000'000'000,
          .bytes_max = 64 << 20};
}

TEST(SlowPeers, AreLetGo) {
  Campaign campaign(short_form("slow-peers", 1));
  slow_peers(campaign, few_slow());
  EXPECT_THAT(campaign.findings(), testing::IsEmpty());
  EXPECT_EQ(campaign.figure("slow connections"), 100);
}

TEST(SlowPeers, AreNoFewerWhereTheMachineAllowsFewer) {
  Campaign campaign(short_form("slow-peers", 1));
  EXPECT_THROW(slow_peers(campaign, {.connections = 1'000'000'000}), std::runtime_error);
}

TEST(SlowPeers, OfAPatientServerAreFound) {
  SlowOptions faulty = few_slow();
  faulty.settings = {"--header-timeout-ms", "1000000", "--max-unsent-bytes", "4000000"};
  faulty.patience = milliseconds(1'000);
  expect_found(
      "slow-peers", 1, [&](Campaign& campaign) { slow_peers(campaign, faulty); }, "slow peers are still connected");
}

TEST(SlowPeers, WhoseAnswersAreAllHeldAreFound) {
  SlowOptions faulty = few_slow();
  faulty.settings.back() = "1000000000";
  faulty.settings[5] = "120000";  // A busy machine takes its time to make them, and nobody is let go meanwhile.
  faulty.patience = milliseconds(1);
  expect_found(
      "slow-peers", 1, [&](Campaign& campaign) { slow_peers(campaign, faulty); }, "bytes of memory");
}

TEST(SlowPeers, WhoTakeTheTimeOfOthersAreFound) {
  SlowOptions faulty = few_slow();
  faulty.slower_percent_max = 150;
  faulty.settings.insert(faulty.settings.end(), {"--threads", "1"});
  faulty.busy_peers = 12;
  faulty.requests = 30;
  faulty.patience = milliseconds(1);
  expect_found(
      "slow-peers", 1, [&](Campaign& campaign) { slow_peers(campaign, faulty); }, "us beside slow peers");
}

}  // namespace
}  // namespace cardfile::prove
