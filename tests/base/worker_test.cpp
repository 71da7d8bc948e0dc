#include "base/worker.h"

#include <gtest/gtest.h>

#include <array>
#include <latch>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>

#include "base/task.h"

namespace cardfile::base {
namespace {

/// Goes on with a waiter on the thread that tells it to.
class InlineExecutor final : public Executor {
 public:
  void resume(std::span<const std::coroutine_handle<>> waiters) override {
    for (const auto waiter : waiters) waiter.resume();
  }
};

/// What became of one call.
struct Ending {
  std::optional<std::string> value;
  std::string failure;
  std::thread::id thread;
  std::binary_semaphore done{0};
};

template <class Function>
Detached call(Worker& worker, Executor& executor, Function function, Ending& ending, std::int64_t owner = 1) {
  try {
    ending.value = co_await worker.run(owner, executor, std::move(function));
  } catch (const std::exception& failure) {
    ending.failure = failure.what();
  }
  ending.thread = std::this_thread::get_id();
  ending.done.release();
}

class AWorker : public testing::Test {
 protected:
  InlineExecutor executor_;
};

TEST_F(AWorker, GivesWhatTheFunctionGivesOnAThreadOfItsOwn) {
  Worker worker({.threads = 1, .queue_max = 1});
  Ending ending;
  call(
      worker, executor_, [] { return std::string("found"); }, ending);
  ending.done.acquire();
  EXPECT_EQ(ending.value, "found");
  EXPECT_NE(ending.thread, std::this_thread::get_id());
}

TEST_F(AWorker, ThrowsWhatTheFunctionThrows) {
  Worker worker({.threads = 1, .queue_max = 1});
  Ending ending;
  call(
      worker, executor_, []() -> std::string { throw std::runtime_error("broken"); }, ending);
  ending.done.acquire();
  EXPECT_EQ(ending.failure, "broken");
}

TEST_F(AWorker, RefusesAtOnceWhenTooManyWaitAndServesTheOthersInOrder) {
  Worker worker({.threads = 1, .queue_max = 2});
  std::latch begun(1);
  std::binary_semaphore go(0);
  std::string order;
  Ending running;
  Ending second;
  Ending third;
  Ending refused;
  const auto held = [&] {
    begun.count_down();
    go.acquire();
    return order += '1';
  };
  call(worker, executor_, held, running);
  begun.wait();
  call(
      worker, executor_, [&] { return order += '2'; }, second);
  call(
      worker, executor_, [&] { return order += '3'; }, third);
  call(
      worker, executor_, [&] { return order += '4'; }, refused);
  refused.done.acquire();
  EXPECT_EQ(refused.value, std::nullopt);
  EXPECT_EQ(refused.thread, std::this_thread::get_id());
  go.release();
  third.done.acquire();
  EXPECT_EQ(order, "123");
}

TEST_F(AWorker, LeavesRoomForOthersWhenOneOwnerSendsTooMuch) {
  Worker worker({.threads = 1, .queue_max = 8, .owner_max = 2});
  std::latch begun(1);
  std::binary_semaphore go(0);
  std::array<Ending, 4> endings;
  const auto held = [&] { return begun.count_down(), go.acquire(), std::string("first"); };
  const auto done = [] { return std::string("done"); };
  call(worker, executor_, held, endings[0]);
  begun.wait();
  call(worker, executor_, done, endings[1]);
  call(worker, executor_, done, endings[2]);
  constexpr std::int64_t kAnotherOwner = 2;
  call(worker, executor_, done, endings[3], kAnotherOwner);
  ASSERT_TRUE(endings[2].done.try_acquire());
  EXPECT_EQ(endings[2].value, std::nullopt) << "one runs and one waits already";
  go.release();
  endings[3].done.acquire();
  EXPECT_EQ(endings[3].value, "done");
  Ending again;
  call(worker, executor_, done, again);
  again.done.acquire();
  EXPECT_EQ(again.value, "done") << "the owner may again once its calls are done";
}

TEST_F(AWorker, FinishesWhatItIsAtAndRefusesWhatWaitsWhenItEnds) {
  std::latch begun(1);
  std::binary_semaphore go(0);
  Ending running;
  std::array<Ending, 20> waiting;
  {
    Worker worker({.threads = 1, .queue_max = waiting.size()});
    const auto held = [&] { return begun.count_down(), go.acquire(), std::string("done"); };
    call(worker, executor_, held, running);
    begun.wait();
    for (auto& ending : waiting)
      call(
          worker, executor_, [] { return std::string("done"); }, ending);
    worker.refuse_waiting();
    for (auto& ending : waiting) {
      ASSERT_TRUE(ending.done.try_acquire());
      EXPECT_EQ(ending.value, std::nullopt);
    }
    Ending late;
    call(
        worker, executor_, [] { return std::string("done"); }, late);
    EXPECT_EQ(late.value, std::nullopt);
    go.release();
  }
  ASSERT_TRUE(running.done.try_acquire());
  EXPECT_EQ(running.value, "done");
}

}  // namespace
}  // namespace cardfile::base
