// How many requests a team may make in a minute.

#include "api/rate_limit.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include "api/world.h"

namespace cardfile::api {

/// How a failed test shows it.
static void PrintTo(const RateLimiter::Standing& standing, std::ostream* stream) {
  *stream << (standing.allowed ? "allowed" : "refused") << ", " << standing.remaining << " left, "
          << standing.until_reset.count() << " s";
}

}  // namespace cardfile::api

namespace cardfile::test {
namespace {

using namespace std::chrono_literals;
using api::RateLimiter;

constexpr core::TeamId kOurs{1};
constexpr core::TeamId kTheirs{2};
const core::Timestamp kStart{std::chrono::seconds(1'772'442'900)};

RateLimiter::Standing allowed(std::int64_t remaining, std::chrono::seconds until_reset) {
  return {.allowed = true, .remaining = remaining, .until_reset = until_reset};
}
RateLimiter::Standing refused(std::chrono::seconds until_reset) {
  return {.allowed = false, .remaining = 0, .until_reset = until_reset};
}

TEST(RateLimiter, AllowsItsNumberInAMinuteAndBeginsAgain) {
  RateLimiter limiter(3);
  EXPECT_EQ(limiter.take(kOurs, kStart), allowed(2, 60s));
  EXPECT_EQ(limiter.take(kOurs, kStart + 10s), allowed(1, 50s));
  EXPECT_EQ(limiter.take(kOurs, kStart + 20s), allowed(0, 40s));
  EXPECT_EQ(limiter.take(kOurs, kStart + 30s), refused(30s));
  EXPECT_EQ(limiter.take(kOurs, kStart + 59s), refused(1s));
  EXPECT_EQ(limiter.take(kOurs, kStart + 60s), allowed(2, 60s));
}

TEST(RateLimiter, RoundsTheTimeToWaitUp) {
  RateLimiter limiter(1);
  limiter.take(kOurs, kStart);
  EXPECT_EQ(limiter.take(kOurs, kStart + 1us), refused(60s));
  EXPECT_EQ(limiter.take(kOurs, kStart + 58s + 1us), refused(2s));
  EXPECT_EQ(limiter.take(kOurs, kStart + 60s - 1us), refused(1s));
  EXPECT_EQ(limiter.take(kOurs, kStart + 60s), allowed(0, 60s));
}

TEST(RateLimiter, LetsACallerInWhoWaitedAsLongAsItWasTold) {
  for (core::Timestamp now = kStart; now < kStart + 60s; now += 777ms) {
    RateLimiter limiter(1);
    limiter.take(kOurs, kStart);
    const auto standing = limiter.take(kOurs, now);
    EXPECT_FALSE(standing.allowed);
    EXPECT_TRUE(limiter.take(kOurs, now + standing.until_reset).allowed);
  }
}

TEST(RateLimiter, DoesNotCountWhatItRefuses) {
  RateLimiter limiter(2);
  for (int i = 0; i < 1'000; ++i) limiter.take(kOurs, kStart);
  EXPECT_EQ(limiter.take(kOurs, kStart + 60s), allowed(1, 60s));
}

TEST(RateLimiter, CountsEachTeamByItself) {
  RateLimiter limiter(1);
  EXPECT_TRUE(limiter.take(kOurs, kStart).allowed);
  EXPECT_FALSE(limiter.take(kOurs, kStart).allowed);
  EXPECT_TRUE(limiter.take(kTheirs, kStart).allowed);
}

TEST(RateLimiter, HoldsNobodyUpWhenTheClockIsSetBack) {
  RateLimiter limiter(1);
  limiter.take(kOurs, kStart);
  EXPECT_EQ(limiter.take(kOurs, kStart - 1h), allowed(0, 60s));
  EXPECT_EQ(limiter.take(kOurs, kStart - 1h), refused(60s));
}

TEST(RateLimiter, TakesTimesThatComeOutOfOrder) {
  RateLimiter limiter(2);
  limiter.take(kOurs, kStart);
  EXPECT_EQ(limiter.take(kOurs, kStart - 5us), allowed(0, 60s));
  EXPECT_EQ(limiter.take(kOurs, kStart - 5us), refused(60s));
}

TEST(RateLimiter, ForgetsTeamsThatAreQuiet) {
  RateLimiter limiter(1);
  for (std::int64_t team = 1; team <= 100'000; ++team) {
    // A thousand teams a minute.
    limiter.take(core::TeamId(team), kStart + std::chrono::milliseconds(60 * team));
    ASSERT_LE(limiter.size(), 2'048U);
  }
}

TEST(RateLimiter, RemembersEveryTeamOfTheMinuteHoweverMany) {
  RateLimiter limiter(1);
  for (std::int64_t team = 1; team <= 10'000; ++team) EXPECT_TRUE(limiter.take(core::TeamId(team), kStart).allowed);
  for (std::int64_t team = 1; team <= 10'000; ++team) EXPECT_FALSE(limiter.take(core::TeamId(team), kStart).allowed);
}

TEST(RateLimiter, CountsToTheLastRequestUnderManyThreads) {
  RateLimiter limiter(10'000);
  std::atomic<int> let_in = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&] {
        for (int i = 0; i < 5'000; ++i) let_in += limiter.take(kOurs, kStart).allowed ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(let_in, 10'000);
}

TEST(RateLimit, IsToldInEveryAnswerToATeam) {
  World world({.rate_limit = 500});
  const Reply first = world.get("/v1/team");
  EXPECT_EQ(first.header("RateLimit-Policy"), R"("default";q=500;w=60)");
  EXPECT_EQ(first.header("RateLimit"), R"("default";r=499;t=60)");
  EXPECT_EQ(first.header("Retry-After"), "");
  world.advance_clock(12'500ms);
  EXPECT_EQ(world.get("/v1/contact/404").header("RateLimit"), R"("default";r=498;t=48)");
  EXPECT_EQ(world.put("/v1/contact/1", "{").header("RateLimit"), R"("default";r=497;t=48)");
}

TEST(RateLimit, IsAnsweredWith429AndTheTimeToWait) {
  World world({.rate_limit = 2});
  const core::Contact ada = world.has_contact(R"({"phone":"13125550142"})");
  world.advance_clock(15s);
  EXPECT_EQ(world.get("/v1/team").status, 200);
  const Reply reply = world.put(v1_path(ada), R"({"phone":"13125550142","first":"Ada"})");
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(reply["error"], "rate_limited");
  EXPECT_EQ(reply["error_code"], "rate_limited");
  EXPECT_EQ(reply["message"], "a team may make 2 requests a minute: try again in 45 seconds");
  EXPECT_EQ(reply["request_id"], reply.header("X-Request-Id"));
  EXPECT_EQ(reply.header("Retry-After"), "45");
  EXPECT_EQ(reply.header("RateLimit-Policy"), R"("default";q=2;w=60)");
  EXPECT_EQ(reply.header("RateLimit"), R"("default";r=0;t=45)");
  EXPECT_EQ(*world.stored(ada.id), ada);

  world.advance_clock(45s);
  EXPECT_EQ(world.put(v1_path(ada), R"({"phone":"13125550142","first":"Ada"})").status, 200);
}

TEST(RateLimit, CountsATeamWhateverItsCredentials) {
  World world({.rate_limit = 2});
  EXPECT_EQ(world.get("/v1/team").status, 200);
  const Headers basic = {{"Authorization", "Basic a2V5LW9mLXRlYW0tb25lOg=="}};
  EXPECT_EQ(world.send_bare("GET", "/v1/team", "", basic).status, 200);
  EXPECT_EQ(world.send_bare("GET", "/v1/team", "", basic).status, 429);
  EXPECT_EQ(world.get("/v1/team").status, 429);
}

TEST(RateLimit, OfOneTeamLeavesTheOthersAlone) {
  World world({.rate_limit = 1});
  world.get("/v1/team");
  EXPECT_EQ(world.get("/v1/team").status, 429);
  EXPECT_EQ(world.send_as(world.other_team(), "GET", "/v1/team").status, 200);
}

TEST(RateLimit, CountsNothingThatNoTeamAskedFor) {
  World world({.rate_limit = 1});
  for (int i = 0; i < 10; ++i) {
    const Reply stranger = world.send_bare("GET", "/v1/team", "", {{"Authorization", "Bearer wrong"}});
    EXPECT_EQ(stranger.status, 401);
    EXPECT_EQ(stranger.header("RateLimit"), "");
    EXPECT_EQ(world.get("/healthz").status, 200);
    EXPECT_EQ(world.get("/nowhere").status, 404);
  }
  EXPECT_EQ(world.get("/v1/team").status, 200);
}

TEST(RateLimit, CanBeSwitchedOff) {
  World world;
  for (int i = 0; i < 1'000; ++i) {
    const Reply reply = world.get("/v1/team");
    ASSERT_EQ(reply.status, 200);
    ASSERT_EQ(reply.header("RateLimit") + reply.header("RateLimit-Policy"), "");
  }
}

}  // namespace
}  // namespace cardfile::test
