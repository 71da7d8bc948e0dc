#include "prove/crowd.h"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "prove/planted.h"
#include "prove/short_form.h"

namespace cardfile::prove {
namespace {

using std::chrono::milliseconds;

constexpr IdleOptions kFewIdle{
    .connections = 300, .requests = 100, .measurements = 25, .rest = milliseconds(300), .rest_permille_max = 50};
TEST(IdleConnections, AreNoFewerWhereTheMachineAllowsFewer) {
  Campaign campaign(short_form("idle-connections", 1));
  EXPECT_THROW(idle_connections(campaign, {.connections = 1'000'000'000}), std::runtime_error);
}

/// So many requests and no more, however fast they are. Caches grow meanwhile, which is not what is judged.
SoakOptions short_soak() {
  return {.contacts_before = 0, .clients = 4, .requests_max = 25, .growth_percent_max = 30, .caches_bytes = 0};
}
constexpr std::int64_t kSoakUnits = 12;

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
  faulty.rest_permille_max = IdleOptions{}.rest_permille_max;  // A busy machine may leave them little more.
  expect_found(
      "idle-connections", 1, [&](Campaign& campaign) { idle_connections(campaign, faulty); },
      "thousandths of a processor");
}

TEST(IdleConnections, ThatMakeEveryRequestCostTwoFifthsMoreAreFound) {
  IdleOptions faulty = kFewIdle;
  faulty.more_percent = 40;
  expect_found(
      "idle-connections", 1, [&](Campaign& campaign) { idle_connections(campaign, faulty); }, "a request takes");
}

TEST(IdleConnections, ForWhichEveryRequestWaitsAreFound) {
  IdleOptions faulty = kFewIdle;
  faulty.requests = 10;
  faulty.measurements = 10;
  faulty.wait_more = milliseconds(20);
  expect_found(
      "idle-connections", 1, [&](Campaign& campaign) { idle_connections(campaign, faulty); }, "a request waits");
}

TEST(Soak, LeavesMemoryAndDescriptorsAsTheyAre) {
  Campaign campaign(short_form("soak", kSoakUnits));
  soak(campaign, short_soak());
  EXPECT_THAT(campaign.findings(), testing::IsEmpty());
  EXPECT_GT(campaign.figure("requests"), 100);
}

TEST(Soak, ThatEndsBeforeThereIsATrendSaysThatItShowsNothing) {
  expect_found(
      "soak", kSoakUnits - 1, [](Campaign& campaign) { soak(campaign, short_soak()); }, "this shows nothing");
}

TEST(Soak, WhoseTimeIsShortMakesItsUnitsShorterRatherThanFewer) {
  SoakOptions options = short_soak();
  options.unit_min = milliseconds(1);
  CampaignOptions without_time = short_form("soak", 1'000'000);
  without_time.deadline = std::chrono::steady_clock::now();
  Campaign campaign(without_time);
  soak(campaign, options);
  EXPECT_THAT(campaign.findings(), testing::IsEmpty());
  EXPECT_EQ(campaign.progress().units, kSoakUnits);
}

TEST(Soak, FindsConnectionsThatAreForgotten) {
  SoakOptions faulty = short_soak();
  faulty.forgets_connections = true;
  expect_found(
      "soak", kSoakUnits, [&](Campaign& campaign) { soak(campaign, faulty); }, "descriptors have grown");
}

/// Keeps some of each submission for good: kilobytes, since a short form has few. An hour, with some four million
/// requests, shows half a byte of each.
class LeakingStore final : public PassingStore {
 public:
  using PassingStore::PassingStore;

  void submit(store::Submission& submission) override {
    {
      const std::lock_guard lock(mutex_);
      kept_.emplace_back(48 * 1024, 'x');
    }
    PassingStore::submit(submission);
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> kept_;  // Guarded by mutex_.
};

/// The server changes its answers once it has given so many.
SoakOptions that_after(std::int64_t answers, const std::function<void(http::Response&)>& change) {
  SoakOptions faulty = short_soak();
  faulty.serve = [=] {
    const auto given = std::make_shared<std::atomic<std::int64_t>>(0);
    return serve_with(nothing_planted, [=](http::Response& response) {
      if ((*given)++ >= answers) change(response);
    });
  };
  return faulty;
}

void expect_soak_found(const SoakOptions& faulty, const std::string& finding) {
  expect_found(
      "soak", kSoakUnits, [&](Campaign& campaign) { soak(campaign, faulty); }, finding);
}

TEST(Soak, FindsOneFailureAmongManyAnswers) {
  const auto has_failed = std::make_shared<std::once_flag>();
  const auto fail_once = [=](http::Response& response) {
    std::call_once(*has_failed, [&response] { response.status = 500; });
  };
  expect_soak_found(that_after(200, fail_once), "is answered with 500");
}

TEST(Soak, FindsAServerThatLetsNobodyInAnyMore) {
  expect_soak_found(that_after(10, [](http::Response& response) { response.status = 401; }), "is answered with 401");
}

TEST(Soak, FindsAServerThatSaysNothing) {
  const auto say_nothing = [](http::Response& response) {
    if (response.status == 200) response.body.clear();
  };
  expect_soak_found(that_after(10, say_nothing), "is answered with 200 ,");
}

class FindsNobody final : public PassingStore {
 public:
  using PassingStore::PassingStore;
  std::optional<core::Contact> contact(core::TeamId, const core::ContactKey&) const override { return std::nullopt; }
};

TEST(Soak, FindsAServerThatRefusesOneKindOfRequest) {
  SoakOptions faulty = short_soak();
  faulty.serve = [] { return serve_with(planted<FindsNobody>()); };
  expect_soak_found(faulty, "is answered with 404");
}

TEST(Soak, FindsMemoryThatGrowsWithEachRequest) {
  SoakOptions faulty = short_soak();
  faulty.serve = [] { return serve_with(planted<LeakingStore>()); };
  expect_found(
      "soak", kSoakUnits, [&](Campaign& campaign) { soak(campaign, faulty); }, "memory grows: by");
}

}  // namespace
}  // namespace cardfile::prove
