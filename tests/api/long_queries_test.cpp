// Queries that may take long do not hold up the others.

#include <array>
#include <latch>
#include <semaphore>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "api/world.h"
#include "base/task.h"

namespace cardfile::test {
namespace {

constexpr std::int64_t kSomebodyElse = 77;

/// Keeps the worker of a world busy until it is let go, with as many calls waiting as there may be.
class BusyWorker {
 public:
  explicit BusyWorker(World& world) {
    occupy(world, [this] { return begun_.count_down(), go_.acquire(), 0; });
    begun_.wait();
    for (std::size_t i = 0; i < kLongQueriesMax; ++i) occupy(world, [] { return 0; });
  }
  BusyWorker(const BusyWorker&) = delete;
  BusyWorker& operator=(const BusyWorker&) = delete;
  ~BusyWorker() { let_go(); }

  void let_go() {
    if (!held_) return;
    held_ = false;
    go_.release();
    for (std::size_t i = 0; i < 1 + kLongQueriesMax; ++i) done_.acquire();
  }

 private:
  class InlineExecutor final : public base::Executor {
   public:
    void resume(std::span<const std::coroutine_handle<>> waiters) override {
      for (const auto waiter : waiters) waiter.resume();
    }
  };

  template <class Function>
  base::Detached occupy(World& world, Function function) {
    co_await world.worker().run(kSomebodyElse, executor_, std::move(function));
    done_.release();
  }

  InlineExecutor executor_;
  std::latch begun_{1};
  std::binary_semaphore go_{0};
  std::counting_semaphore<> done_{0};
  bool held_ = true;
};

TEST(LongQueries, AreRefusedForAMomentWhenTooManyWait) {
  World world;
  world.has_contact(R"({"phone":"13125550142","first":"Ada"})");
  BusyWorker busy(world);
  for (const char* body : {R"({"filter":"ada"})", R"({"order":"first"})", R"({"assigned":1})", R"({"page":900})"}) {
    const auto reply = world.post("/v1/contacts", body);
    EXPECT_EQ(reply.status, 503) << body;
    EXPECT_EQ(reply["error"], "unavailable") << body;
    EXPECT_NE(reply.header("Retry-After"), "") << body;
  }
  EXPECT_EQ(world.post("/v1/contacts/count", R"({"filter":"ada"})").status, 503);
  EXPECT_EQ(world.post("/v2/contacts/list", R"({"filter":"ada"})").status, 503);
  busy.let_go();
  EXPECT_EQ(world.post("/v1/contacts/count", R"({"filter":"ada"})").body, R"({"count":1})");
}

TEST(LongQueries, DoNotHoldUpShortOnes) {
  World world;
  const auto ada = world.has_contact(R"({"phone":"13125550142","first":"Ada"})");
  const BusyWorker busy(world);
  EXPECT_EQ(world.post("/v1/contacts", "{}").status, 200);
  EXPECT_EQ(world.post("/v1/contacts", R"({"date":"2020-01-01T00:00:00Z","ascending":true})").status, 200);
  EXPECT_EQ(world.post("/v1/contacts", R"({"order":"id","page":3})").status, 200);
  EXPECT_EQ(world.post("/v1/contacts", R"({"id":1,"filter":"ada"})").status, 200);
  EXPECT_EQ(world.post("/v1/contacts/count", "{}").body, R"({"count":1})");
  EXPECT_EQ(world.get(v1_path(ada)).status, 200);
  EXPECT_EQ(world.put(v1_path(ada), R"({"phone":"13125550142"})").status, 200);
}

TEST(LongQueries, AreThoseForListsOfManyContacts) {
  World world;
  const auto make = [&world](const std::string& title, const std::string& phones) {
    return world.post("/v1/list",
                      R"({"title":")" + title + R"(","local_id":")" + title + R"(","phones":[)" + phones + "]}");
  };
  std::string phones;
  for (int i = 0; i < 1000; ++i) phones += (i == 0 ? "" : ",") + std::to_string(13125550000 + i).insert(0, "\"") + '"';
  ASSERT_EQ(make("small", phones).status, 200);
  ASSERT_EQ(make("large", phones).status, 200);
  ASSERT_EQ(world.put("/v2/lists/2", R"({"add_phones":["13125559999"]})").status, 200);
  BusyWorker busy(world);
  EXPECT_EQ(make("new", phones).status, 200);
  EXPECT_EQ(make("small", "").status, 200);
  EXPECT_EQ(make("large", "").status, 503);
  EXPECT_EQ(world.get("/v1/list/1").status, 200);
  EXPECT_EQ(world.get("/v1/list/2").status, 503);
  EXPECT_EQ(world.post("/v1/lists", "{}").status, 503);
  busy.let_go();
  EXPECT_EQ(make("large", "")["id"], "2");
  EXPECT_EQ(world.get("/v1/list/2").status, 200);
  EXPECT_EQ(world.post("/v1/lists", "{}").each("id"), "3 2 1");
}

TEST(LongQueries, StillNameWhatIsWrongWithThem) {
  World world;
  const BusyWorker busy(world);
  const auto reply = world.post("/v1/contacts", R"({"filter":7,"limit":-1})");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.fields_at_fault(), "filter limit");
}

}  // namespace
}  // namespace cardfile::test
