#include "store/sqlite/checkpointer.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "store/hooked_vfs.h"
#include "store/sqlite/db.h"
#include "store/sqlite/memtable.h"
#include "store/sqlite/migrations.h"
#include "store/sqlite/readers.h"
#include "store/sqlite/search_file.h"
#include "support/temp_folder.h"

namespace cardfile::test {
namespace {

using store::sqlite::Checkpointer;
using store::sqlite::CheckpointMode;
using store::sqlite::Connection;
using store::sqlite::ConnectionOptions;
using store::sqlite::Memtable;
using store::sqlite::Readers;
using store::sqlite::SearchFile;

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
    migrate(writer_);
    writer_.execute("CREATE TABLE number (n)");
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
  Memtable memtable_;
  SearchFile no_search_file_{folder_.path() / "search.db", false};
  Readers readers_{options_, memtable_, no_search_file_};
};

TEST_F(WriteAheadLog, StaysShortWhileTheWriterNeverRests) {
  Checkpointer checkpointer(options_, readers_, {}, kStepPages * kPageBytes);
  EXPECT_LE(commit_many(checkpointer), kLimitPages);
}

TEST_F(WriteAheadLog, IsToldOfWhenAReaderMakesItLongAndEachTimeItHasDoubled) {
  std::vector<std::int64_t> told;
  Checkpointer checkpointer(options_, readers_, {.on_long_log = [&](std::int64_t bytes) { told.push_back(bytes); }},
                            kStepPages * kPageBytes);
  commit_many(checkpointer);
  EXPECT_TRUE(told.empty());
  for (int reading = 1; reading <= 2; ++reading) {
    told.clear();
    Connection reader(options_);
    reader.execute("BEGIN");
    reader.integer("SELECT count(*) FROM number");
    commit_many(checkpointer);
    reader.execute("COMMIT");
    ASSERT_GE(told.size(), 2U) << "while one reads for the " << reading << ". time";
    EXPECT_GE(told[0], kLimitPages * kPageBytes);
    EXPECT_LE(told[0], 2 * kLimitPages * kPageBytes);
    EXPECT_GE(told[1], 2 * told[0]);
    commit_many(checkpointer);
  }
}

TEST_F(WriteAheadLog, GrowsWhileAReaderKeepsAnOldStateAndBeginsAnewAfterwards) {
  Checkpointer checkpointer(options_, readers_, {}, kStepPages * kPageBytes);
  Connection reader(options_);
  reader.execute("BEGIN");
  EXPECT_EQ(reader.integer("SELECT count(*) FROM number"), 0);
  EXPECT_GE(commit_many(checkpointer), kCommits);
  EXPECT_EQ(reader.integer("SELECT count(*) FROM number"), 0);
  reader.execute("COMMIT");
  const auto log = [this] { return std::filesystem::file_size(options_.file.native() + "-wal"); };
  EXPECT_GE(log(), kCommits * kPageBytes);
  commit_many(checkpointer);
  EXPECT_LE(pages_, kLimitPages);
  EXPECT_LE(log(), 2 * kLimitPages * kPageBytes) << "the disk has its room back";
  EXPECT_EQ(reader.integer("SELECT count(*) FROM number"), 2 * kCommits);
}

TEST_F(WriteAheadLog, IsNotSaidToBeEmptyWhileAReaderKeepsAnOldState) {
  Checkpointer checkpointer(options_, readers_, {}, kStepPages * kPageBytes);
  const auto log = [this] { return std::filesystem::file_size(options_.file.native() + "-wal"); };
  Connection reader(options_);
  reader.execute("BEGIN");
  reader.integer("SELECT count(*) FROM number");
  writer_.execute("INSERT INTO number VALUES (1)");
  EXPECT_FALSE(checkpointer.empty_log(writer_));
  EXPECT_GT(log(), 0U);
  reader.execute("COMMIT");
  EXPECT_TRUE(checkpointer.empty_log(writer_));
  EXPECT_EQ(log(), 0U);
}

/// Counts syncs of the database, not of its log.
class SyncCounter final : public HookedVfs {
 public:
  SyncCounter() : HookedVfs("sync-counter") {}

  int on_this_thread() const { return on_this_thread_; }
  int on_others() const { return on_others_; }

 private:
  std::optional<int> before(const FileCall& call) override {
    if (call.asked == Asked::sync && call.kind == FileKind::database)
      ++(std::this_thread::get_id() == this_thread_ ? on_this_thread_ : on_others_);
    return std::nullopt;
  }

  const std::thread::id this_thread_ = std::this_thread::get_id();
  std::atomic<int> on_this_thread_ = 0;
  std::atomic<int> on_others_ = 0;
};

TEST_F(WriteAheadLog, IsCopiedAndSyncedForTheWriterBeforeItBeginsItAnew) {
  SyncCounter syncs;
  options_.vfs = syncs.name();
  Connection writer(options_);
  writer.execute("PRAGMA synchronous = NORMAL");
  writer.execute("PRAGMA wal_autocheckpoint = 0");
  int pages = 0;
  writer.on_commit([&pages](int now) { pages = now; });
  Checkpointer checkpointer(options_, readers_, {}, kStepPages * kPageBytes);
  while (syncs.on_this_thread() == 0) {
    writer.execute("INSERT INTO number VALUES (1)");
    checkpointer.after_commit(writer, pages);
  }
  EXPECT_GE(syncs.on_others(), 2);
}

TEST_F(WriteAheadLog, StaysShortThoughAnIdleReaderKeepsASnapshot) {
  Checkpointer checkpointer(options_, readers_, {}, kStepPages * kPageBytes);
  EXPECT_EQ(readers_.take().rows().last_seq(core::TeamId(1)), 0);
  EXPECT_LE(commit_many(checkpointer), kLimitPages);
}

TEST_F(WriteAheadLog, IsCopiedBesideTheWriterThoughAnIdleReaderKeepsASnapshot) {
  Checkpointer checkpointer(options_, readers_, {}, kStepPages * kPageBytes);
  writer_.checkpoint(CheckpointMode::restart);
  const auto before = std::filesystem::file_size(options_.file);
  readers_.take().rows().last_seq(core::TeamId(1));
  do {
    writer_.execute("INSERT INTO number VALUES (zeroblob(" + std::to_string(kPageBytes) + "))");
    checkpointer.after_commit(writer_, pages_);
  } while (pages_ <= kStepPages);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  const auto is_copied = [&] { return std::filesystem::file_size(options_.file) > before; };
  while (!is_copied() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  EXPECT_TRUE(is_copied());
}

TEST_F(WriteAheadLog, BeginsAnewOnceAReaderThatWasAtWorkIsGivenBack) {
  const auto begin_anew = [this] { return writer_.checkpoint(CheckpointMode::restart); };
  {
    auto reader = readers_.take();
    reader.rows().last_seq(core::TeamId(1));
    writer_.execute("INSERT INTO number VALUES (1)");
    readers_.bar_snapshots();
    const auto held_up = begin_anew();
    EXPECT_LT(held_up.copied, held_up.logged);
  }
  const auto done = begin_anew();
  EXPECT_EQ(done.copied, done.logged);
}

}  // namespace
}  // namespace cardfile::test
