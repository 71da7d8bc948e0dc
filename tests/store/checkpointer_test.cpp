#include "store/sqlite/checkpointer.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "store/sqlite/db.h"
#include "support/temp_folder.h"

namespace cardfile::test {
namespace {

using store::sqlite::Checkpointer;
using store::sqlite::Connection;
using store::sqlite::ConnectionOptions;

constexpr int kPageBytes = 4096;
constexpr int kStepPages = 32;
constexpr int kLimitPages = 2 * Checkpointer::kStepsUntilRestart * kStepPages + 16;
constexpr int kCommits = 2'000;

/// A writer that never rests, with a step small enough to see many of them.
class WriteAheadLog : public testing::Test {
 protected:
  WriteAheadLog() {
    writer_.execute("PRAGMA page_size = " + std::to_string(kPageBytes));
    writer_.execute("PRAGMA journal_mode = WAL");
    writer_.execute("PRAGMA synchronous = OFF");
    writer_.execute("PRAGMA wal_autocheckpoint = 0");
    writer_.on_commit([this](int pages) { pages_ = pages; });
    writer_.execute("CREATE TABLE number (n INTEGER)");
  }

  /// The most pages that the log had.
  int commit_many(Checkpointer& checkpointer) {
    int most = 0;
    for (int i = 0; i < kCommits; ++i) {
      writer_.execute("INSERT INTO number VALUES (1)");
      most = std::max(most, pages_);
      checkpointer.after_commit(writer_, pages_);
    }
    return most;
  }

  TempFolder folder_;
  ConnectionOptions options_{.file = folder_.path() / "log.db"};
  Connection writer_{options_};
  int pages_ = 0;
};

TEST_F(WriteAheadLog, StaysShortWhileTheWriterNeverRests) {
  Checkpointer checkpointer(options_, nullptr, kStepPages * kPageBytes);
  EXPECT_LE(commit_many(checkpointer), kLimitPages);
}

TEST_F(WriteAheadLog, GrowsWhileAReaderKeepsAnOldStateAndBeginsAnewAfterwards) {
  Checkpointer checkpointer(options_, nullptr, kStepPages * kPageBytes);
  Connection reader(options_);
  reader.execute("BEGIN");
  EXPECT_EQ(reader.integer("SELECT count(*) FROM number"), 0);
  EXPECT_GE(commit_many(checkpointer), kCommits);
  EXPECT_EQ(reader.integer("SELECT count(*) FROM number"), 0);
  reader.execute("COMMIT");
  commit_many(checkpointer);
  EXPECT_LE(pages_, kLimitPages);
  EXPECT_EQ(reader.integer("SELECT count(*) FROM number"), 2 * kCommits);
}

}  // namespace
}  // namespace cardfile::test
