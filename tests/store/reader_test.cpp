// A reader of contacts whose rows are brought after while it reads.

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "store/sqlite/migrations.h"
#include "store/sqlite/readers.h"
#include "store/world.h"

namespace cardfile::test {
namespace {

using core::ContactId;
using store::sqlite::Commits;
using store::sqlite::Connection;
using store::sqlite::ConnectionOptions;
using store::sqlite::Memtable;
using store::sqlite::Reader;
using store::sqlite::RowWriter;
using store::sqlite::SearchFile;
using store::sqlite::UuidGuesses;

class ReaderOfContacts : public testing::Test {
 protected:
  ReaderOfContacts() {
    writer_.execute("PRAGMA journal_mode = WAL");
    migrate(writer_);
    writer_.on_commit([this](int) { ++commits_.count; });
    ada_.id = ContactId(7);
    ada_.uuid = core::Uuid({7});
    ada_.first = "Ada";
    RowWriter(writer_).save(kTeam, core::ContactChange{.before = {}, .after = ada_});
    augusta_ = ada_;
    augusta_.updated += std::chrono::seconds(1);
    augusta_.first = "Augusta";
    memtable_.publish(kTeam, {.first_seq = 1, .last_seq = 1, .contacts = {{ada_.id, augusta_}}}, {});
    reader_ = std::make_unique<Reader>(options_, commits_, memtable_, search_file_, guesses_);
    sqlite3_trace_v2(reader_->connection.handle(), SQLITE_TRACE_STMT, begin_statement, this);
  }

  void bring_row_after() {
    RowWriter(writer_).update(kTeam, augusta_);
    memtable_.remove(memtable_.oldest(1));
  }

  /// Once, when the reader begins a statement that begins like that.
  void at(std::string_view sql, std::function<void()> act) {
    sql_ = sql;
    act_ = std::move(act);
  }

  TempFolder folder_;
  ConnectionOptions options_{.file = folder_ / "cardfile.db"};
  Connection writer_{options_};
  Commits commits_;
  Memtable memtable_;
  SearchFile search_file_{folder_ / "search.db", false};
  UuidGuesses guesses_;
  core::Contact ada_;
  core::Contact augusta_;
  std::unique_ptr<Reader> reader_;

 private:
  static int begin_statement(unsigned, void* self, void*, void* sql) {
    auto& test = *static_cast<ReaderOfContacts*>(self);
    if (std::string_view(static_cast<const char*>(sql)).starts_with(test.sql_)) std::exchange(test.act_, [] {})();
    return 0;
  }

  std::string_view sql_;
  std::function<void()> act_ = [] {};
};

TEST_F(ReaderOfContacts, SeesTheRowThatIsBroughtAfterWhileItsSnapshotIsKept) {
  EXPECT_EQ(reader_->queries.contact(kTeam, ada_.uuid), augusta_);
  constexpr ContactId kNobody(9);
  guesses_.remember(ada_.uuid, kNobody);  // So that the UUID is looked up.
  bool is_brought_after = false;
  at("SELECT id FROM contact_uuid", [&] {
    bring_row_after();
    is_brought_after = true;
  });
  EXPECT_EQ(reader_->queries.contact(kTeam, ada_.uuid), augusta_);
  EXPECT_TRUE(is_brought_after);
}

TEST_F(ReaderOfContacts, SeesTheNewestStateWhileTheRowIsBroughtAfter) {
  at("SELECT contact.id", [this] { bring_row_after(); });
  EXPECT_EQ(reader_->queries.contact(kTeam, ada_.uuid), augusta_);
}

TEST_F(ReaderOfContacts, LooksAUuidUpOnce) {
  EXPECT_EQ(reader_->queries.contact(kTeam, ada_.uuid), augusta_);
  bool looks_it_up = false;
  at("SELECT id FROM contact_uuid", [&] { looks_it_up = true; });
  EXPECT_EQ(reader_->queries.contact(kTeam, ada_.uuid), augusta_);
  EXPECT_FALSE(looks_it_up);
}

TEST_F(ReaderOfContacts, SeesThroughAWrongGuess) {
  core::Contact bob;
  bob.id = ContactId(8);
  bob.uuid = core::Uuid({8});
  RowWriter(writer_).save(kTeam, core::ContactChange{.before = {}, .after = bob});
  guesses_.remember(ada_.uuid, bob.id);
  EXPECT_EQ(reader_->queries.contact(kTeam, ada_.uuid), augusta_);
  guesses_.remember(ada_.uuid, ContactId(9));
  EXPECT_EQ(reader_->queries.contact(kTeam, ada_.uuid), augusta_);
  guesses_.remember(core::Uuid({9}), bob.id);
  EXPECT_EQ(reader_->queries.contact(kTeam, core::Uuid({9})), std::nullopt);
}

TEST_F(ReaderOfContacts, FindsNobodyWhoIsDeletedAndWhoeverHasTheIdAfterwards) {
  EXPECT_EQ(reader_->queries.contact(kTeam, ada_.uuid), augusta_);
  memtable_.publish(kTeam, {.first_seq = 2, .last_seq = 2, .contacts = {{ada_.id, {}}}}, {});
  RowWriter(writer_).save(kTeam, core::ContactChange{.before = augusta_, .after = {}});
  EXPECT_EQ(reader_->queries.contact(kTeam, ada_.uuid), std::nullopt);
  core::Contact bob;
  bob.id = ada_.id;
  bob.uuid = core::Uuid({8});
  RowWriter(writer_).save(kTeam, core::ContactChange{.before = {}, .after = bob});
  EXPECT_EQ(reader_->queries.contact(kTeam, ada_.uuid), std::nullopt);
  EXPECT_EQ(reader_->queries.contact(kTeam, bob.uuid), bob);
}

TEST_F(ReaderOfContacts, KeepsTeamsApartThatHaveTheSameUuid) {
  constexpr core::TeamId kOther(kTeam.value() + 1);
  EXPECT_EQ(reader_->queries.contact(kTeam, ada_.uuid), augusta_);
  EXPECT_EQ(reader_->queries.contact(kOther, ada_.uuid), std::nullopt);
  core::Contact other = ada_;
  other.first = "Adele";
  RowWriter(writer_).save(kOther, core::ContactChange{.before = {}, .after = other});
  EXPECT_EQ(reader_->queries.contact(kOther, ada_.uuid), other);
  EXPECT_EQ(reader_->queries.contact(kTeam, ada_.uuid), augusta_);
}

TEST(UuidGuesses, KnowWhatTheyWereToldLastAndNothingElse) {
  UuidGuesses guesses;
  EXPECT_EQ(guesses.find(core::Uuid({1})), std::nullopt);
  guesses.remember(core::Uuid({1}), ContactId(1));
  guesses.remember(core::Uuid({2}), ContactId(core::kContactIdMax));
  EXPECT_EQ(guesses.find(core::Uuid({1})), ContactId(1));
  EXPECT_EQ(guesses.find(core::Uuid({2})), ContactId(core::kContactIdMax));
  EXPECT_EQ(guesses.find(core::Uuid({3})), std::nullopt);
  guesses.remember(core::Uuid({1}), ContactId(3));
  EXPECT_EQ(guesses.find(core::Uuid({1})), ContactId(3));
}

}  // namespace
}  // namespace cardfile::test
