#include "prove/slow_vfs.h"

#include <future>

#include <gtest/gtest.h>

#include "store/world.h"
#include "support/process.h"

namespace cardfile::prove {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class ASlowVfs : public testing::Test {
 protected:
  std::future<void> write() {
    return std::async(std::launch::async, [this] { world_.has_contact({.phone = "13125550100"}); });
  }

  SlowVfs disk_;
  test::World world_{test::Engine::sqlite, {.vfs = disk_.name(), .indexing = store::Indexing::none}};
};

TEST_F(ASlowVfs, TakesItsTimeForASync) {
  disk_.syncs_take(milliseconds(50));
  const auto begin = steady_clock::now();
  write().get();
  EXPECT_GE(steady_clock::now() - begin, milliseconds(50));
}

TEST_F(ASlowVfs, EndsNoSyncWhileItStandsStill) {
  disk_.stand_still();
  const auto done_before = disk_.newest_done();
  auto written = write();
  const bool waits = test::becomes_true([&] { return disk_.has_waiting_sync(); }, std::chrono::seconds(60));
  const auto done_meanwhile = disk_.newest_done();
  disk_.syncs_take(milliseconds(0));
  written.get();
  EXPECT_TRUE(waits);
  EXPECT_EQ(done_meanwhile, done_before);
  EXPECT_GT(disk_.newest_done(), done_before);
}

}  // namespace
}  // namespace cardfile::prove
