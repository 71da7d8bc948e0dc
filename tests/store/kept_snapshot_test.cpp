#include "store/sqlite/kept_snapshot.h"

#include <gtest/gtest.h>

#include "store/sqlite/db.h"
#include "support/temp_folder.h"

namespace cardfile::test {
namespace {

using store::sqlite::Commits;
using store::sqlite::Connection;
using store::sqlite::KeptSnapshot;

class SnapshotThatIsKept : public testing::Test {
 protected:
  SnapshotThatIsKept() {
    writer_.execute("PRAGMA journal_mode = WAL");
    writer_.execute("CREATE TABLE number (n INTEGER)");
    writer_.on_commit([this](int) { ++commits_.count; });
  }

  void commit() { writer_.execute("INSERT INTO number VALUES (1)"); }
  std::int64_t numbers() { return reader_.integer("SELECT count(*) FROM number"); }

  TempFolder folder_;
  Connection writer_{{.file = folder_.path() / "kept.db"}};
  Connection reader_{{.file = folder_.path() / "kept.db"}};
  Commits commits_;
  KeptSnapshot snapshot_{reader_, commits_};
};

TEST_F(SnapshotThatIsKept, IsOfOneMomentUntilItIsRefreshed) {
  snapshot_.refresh();
  EXPECT_EQ(numbers(), 0);
  commit();
  EXPECT_EQ(numbers(), 0);
  snapshot_.refresh();
  EXPECT_EQ(numbers(), 1);
}

TEST_F(SnapshotThatIsKept, IsTheSameAsLongAsNothingIsCommitted) {
  snapshot_.refresh();
  EXPECT_EQ(numbers(), 0);
  // By somebody who tells nobody, so that the old state can be told from the new one.
  Connection stranger({.file = folder_.path() / "kept.db"});
  stranger.execute("INSERT INTO number VALUES (1)");
  snapshot_.refresh();
  EXPECT_EQ(numbers(), 0);
  snapshot_.end();
  EXPECT_EQ(numbers(), 1);
}

TEST_F(SnapshotThatIsKept, IsGivenUpWhileSnapshotsAreBarred) {
  snapshot_.refresh();
  EXPECT_TRUE(reader_.in_transaction());
  commits_.bar_snapshots = true;
  snapshot_.refresh();
  EXPECT_FALSE(reader_.in_transaction());
  commits_.bar_snapshots = false;
  snapshot_.refresh();
  EXPECT_TRUE(reader_.in_transaction());
}

}  // namespace
}  // namespace cardfile::test
