// View: rows and what is newer than they, of one moment even while a commit is being published.

#include "store/sqlite/view.h"

#include <string_view>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "store/sqlite/migrations.h"
#include "store/world.h"

namespace cardfile::test {
namespace {

using core::ContactId;
using store::sqlite::Connection;
using store::sqlite::Memtable;
using store::sqlite::RowReader;
using store::sqlite::RowWriter;
using store::sqlite::View;

constexpr ContactId kAda(7);

struct Database {
  Database() { migrate(connection); }

  TempFolder folder;
  Connection connection{{.file = folder / "cardfile.db"}};
};

/// A database whose log has an entry, and a memtable that is told of it late.
class ViewDuringACommit : public testing::Test {
 protected:
  ViewDuringACommit() {
    RowWriter(connection_)
        .append(kTeam, {.seq = 1,
                        .subject = core::Subject::contact,
                        .subject_id = kAda.value(),
                        .operation = core::Operation::update});
    sqlite3_trace_v2(connection_.handle(), SQLITE_TRACE_STMT, begin_statement, this);
  }
  ~ViewDuringACommit() override { sqlite3_trace_v2(connection_.handle(), 0, nullptr, nullptr); }

  /// The commit is published when a view compares its two halves for that time.
  void publishes_at(int comparison) { publishes_at_ = comparison; }

  Database database_;
  Connection& connection_ = database_.connection;
  RowReader rows_{connection_};
  Memtable memtable_;

 private:
  static int begin_statement(unsigned, void* self, void*, void* sql) {
    static_cast<ViewDuringACommit*>(self)->begin_statement(static_cast<const char*>(sql));
    return 0;
  }

  void begin_statement(std::string_view sql) {
    if (!sql.starts_with("SELECT seq FROM change_log") || ++comparisons_ != publishes_at_) return;
    core::Contact ada;
    ada.id = kAda;
    memtable_.publish(kTeam, {.first_seq = 1, .last_seq = 1, .contacts = {{kAda, ada}}}, {});
  }

  int publishes_at_ = 0;
  int comparisons_ = 0;
};

TEST_F(ViewDuringACommit, OfATeamWaitsUntilItIsPublished) {
  memtable_.begin(kTeam, 0, 0);
  publishes_at(1);
  EXPECT_TRUE(View(connection_, rows_, memtable_, kTeam).newer(kTeam, kAda));
}

TEST_F(ViewDuringACommit, OfAllTeamsWaitsUntilItIsPublished) {
  memtable_.begin(kTeam, 0, 0);
  publishes_at(1);
  EXPECT_TRUE(View(connection_, rows_, memtable_).newer(kTeam, kAda));
}

TEST_F(ViewDuringACommit, WaitsForAWriterThatWaitsForAProcessor) {
  memtable_.begin(kTeam, 0, 0);
  publishes_at(1'500);
  EXPECT_TRUE(View(connection_, rows_, memtable_, kTeam).newer(kTeam, kAda));
}

/// A database with a contact whose row is behind, and is brought after while a view is opened.
class ViewDuringAFlush : public testing::Test {
 protected:
  ViewDuringAFlush() {
    writer_.execute("PRAGMA journal_mode = WAL");
    ada_.id = kAda;
    ada_.first = "Ada";
    RowWriter(writer_).save(kTeam, {.before = {}, .after = ada_});
    ada_.first = "Augusta";
    memtable_.publish(kTeam, {.first_seq = 1, .last_seq = 1, .contacts = {{kAda, ada_}}}, {});
    memtable_.begin(kTeam, 0, 0);
    sqlite3_trace_v2(reader_.handle(), SQLITE_TRACE_PROFILE, end_statement, this);
  }
  ~ViewDuringAFlush() override { sqlite3_trace_v2(reader_.handle(), 0, nullptr, nullptr); }

  core::Contact ada_;
  Database database_;
  Connection writer_{{.file = database_.folder / "cardfile.db"}};
  Connection& reader_ = database_.connection;
  RowReader rows_{reader_};
  Memtable memtable_;

 private:
  static int end_statement(unsigned, void* self, void* statement, void*) {
    const std::string_view sql = sqlite3_sql(static_cast<sqlite3_stmt*>(statement));
    if (sql == "SELECT 1 FROM team LIMIT 1") static_cast<ViewDuringAFlush*>(self)->flush();
    return 0;
  }

  void flush() {
    if (memtable_.is_empty()) return;
    RowWriter(writer_).update(kTeam, ada_);
    memtable_.remove(memtable_.oldest(1));
  }
};

TEST_F(ViewDuringAFlush, ShowsTheRowThatWasBroughtAfter) {
  EXPECT_EQ(View(reader_, rows_, memtable_, kTeam).contact(kTeam, kAda)->first, "Augusta");
}

TEST_F(ViewDuringAFlush, OfAllTeamsShowsTheRowThatWasBroughtAfter) {
  EXPECT_EQ(View(reader_, rows_, memtable_).contact(kTeam, kAda)->first, "Augusta");
}

}  // namespace
}  // namespace cardfile::test
