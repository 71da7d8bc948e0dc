#include <memory>
#include <vector>

#include "store/faulty_vfs.h"
#include "store/pending.h"
#include "store/world.h"

namespace cardfile::test {
namespace {

/// Updates of one contact, the first of which is being synced until the test lets it go on.
class GroupCommit : public testing::Test {
 protected:
  GroupCommit() { ada_ = world_.has_contact({.phone = "13125550142"}).id; }
  ~GroupCommit() override { vfs_.release_syncs(); }

  void begin_with_a_sync_that_waits() {
    vfs_.hold_syncs();
    submit(executor_);
    vfs_.wait_for_held_sync();
  }

  void submit(CountingExecutor& executor) { submit(executor, core::UpdateContact{.key = ada_}); }

  void submit(CountingExecutor& executor, core::Action action) {
    pending_.push_back(std::make_unique<Pending>(world_.store(), executor, command(std::move(action))));
  }

  /// A list that names so many contacts and addresses.
  void submit_list(CountingExecutor& executor, std::size_t names) {
    submit(executor,
           core::CreateList{
               .uuid = uuid(700 + pending_.size()), .title = "Sale", .contacts = {.ids = std::vector(names, ada_)}});
  }

  FaultyVfs vfs_{"group-commit"};
  World world_{Engine::sqlite, {.queue_max = 100, .batch_max = 70, .vfs = vfs_.name()}};
  core::ContactId ada_;
  CountingExecutor executor_;
  std::vector<std::unique_ptr<Pending>> pending_;
};

TEST_F(GroupCommit, SyncsOnceForAllWhoWaited) {
  const auto before = vfs_.syncs();
  begin_with_a_sync_that_waits();
  for (int i = 0; i < 63; ++i) submit(executor_);
  vfs_.release_syncs();
  executor_.wait_for(64);
  EXPECT_EQ(vfs_.syncs() - before, 2);
  EXPECT_EQ(executor_.calls(), 2);
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    const auto& saved = std::get<core::ContactSaved>(std::get<core::Outcome>(pending_[i]->work().result));
    EXPECT_EQ(saved.contact->rev, 2 + static_cast<std::int64_t>(i)) << "results come in commit order";
  }
}

TEST_F(GroupCommit, WakesEachExecutorOnce) {
  CountingExecutor other;
  begin_with_a_sync_that_waits();
  for (int i = 0; i < 10; ++i) submit(i % 2 == 0 ? executor_ : other);
  vfs_.release_syncs();
  executor_.wait_for(6);
  other.wait_for(5);
  EXPECT_EQ(executor_.calls(), 2);
  EXPECT_EQ(other.calls(), 1);
}

TEST_F(GroupCommit, RefusesAtOnceWhenTooManyWait) {
  begin_with_a_sync_that_waits();
  for (int i = 0; i < 100; ++i) submit(executor_);
  CountingExecutor impatient;
  submit(impatient);
  impatient.wait_for(1);
  EXPECT_EQ(refusal_of(pending_.back()->work()), core::ErrorCode::unavailable);
  vfs_.release_syncs();
  executor_.wait_for(101);
  EXPECT_EQ(world_.contact(ada_)->rev, 102);
}

TEST_F(GroupCommit, CountsWhomAListNamesAmongWhatWaits) {
  begin_with_a_sync_that_waits();
  submit_list(executor_, 50);
  submit(executor_);
  CountingExecutor impatient;
  submit_list(impatient, 50);
  impatient.wait_for(1);
  EXPECT_EQ(refusal_of(pending_.back()->work()), core::ErrorCode::unavailable);
  submit_list(executor_, 47);
  vfs_.release_syncs();
  executor_.wait_for(4);
}

TEST_F(GroupCommit, LetsALargeListHaveACommitOfItsOwn) {
  begin_with_a_sync_that_waits();
  submit_list(executor_, 60);
  submit_list(executor_, 20);
  submit(executor_);
  vfs_.release_syncs();
  executor_.wait_for(4);
  EXPECT_EQ(executor_.calls(), 3);
}

TEST_F(GroupCommit, DoesNotBlockReaders) {
  begin_with_a_sync_that_waits();
  EXPECT_EQ(world_.contact(ada_)->rev, 1);
  vfs_.release_syncs();
  executor_.wait_for(1);
  EXPECT_EQ(world_.contact(ada_)->rev, 2);
}

TEST_F(GroupCommit, FinishesWhatWaitsBeforeItCloses) {
  begin_with_a_sync_that_waits();
  for (int i = 0; i < 20; ++i) submit(executor_);
  vfs_.release_syncs();
  world_.reopen();
  executor_.wait_for(21);
  EXPECT_EQ(world_.contact(ada_)->rev, 22);
}

}  // namespace
}  // namespace cardfile::test
