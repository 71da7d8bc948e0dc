// Rows that are behind the change log: nobody who reads the store sees it, and after a crash they are brought after.

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "store/faulty_vfs.h"
#include "store/sqlite/db.h"
#include "store/world.h"

namespace cardfile::test {
namespace {

using core::ContactOrder;
using core::Direction;
using core::TextFilter;
using store::sqlite::Connection;
using Names = std::vector<std::string>;

/// Rows stay behind until the store is closed.
store::SqliteOptions patient() { return {.flush_after = std::chrono::hours(1)}; }

class RowsBehind : public testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(world_.findings(), Names{}); }

  std::string first_in_row(const core::Contact& contact) {
    Connection connection({.file = world_.options().folder / "cardfile.db"});
    store::sqlite::Statement statement(connection, "SELECT first FROM contact WHERE id = ?");
    store::sqlite::Execution row(statement, contact.id);
    return row.next() ? std::string(row.text()) : "(no row)";
  }

  Names firsts(const core::ContactQuery& query) {
    Names names;
    for (const auto& contact : world_.store().contacts(kTeam, query)) names.push_back(contact.first);
    return names;
  }

  std::int64_t count(const core::ContactQuery& query) { return world_.store().count(kTeam, query); }

  World world_{Engine::sqlite, patient()};
  core::Contact ada_ = world_.has_contact({.phone = "13125550142", .first = "Ada", .last = "Lovelace"});
  core::Contact grace_ = world_.has_contact({.phone = "13125550143", .first = "Grace", .last = "Hopper"});
  core::Contact mary_ = world_.has_contact({.phone = "13125550144", .first = "Mary", .last = "Shelley"});
};

TEST_F(RowsBehind, AreSeenByNobodyWhoReadsTheStore) {
  const auto augusta = world_.update(ada_.id, {.first = "Augusta"});
  ASSERT_EQ(first_in_row(ada_), "Ada");

  EXPECT_EQ(world_.contact(ada_.id), augusta);
  EXPECT_EQ(world_.contact(ada_.uuid), augusta);
  EXPECT_EQ(world_.contact_at_phone("13125550142"), augusta);
  const std::vector<core::Address> phone{{.type = "phone", .value = "13125550142"}};
  EXPECT_EQ(world_.store().contacts_at(kTeam, phone), std::vector{augusta});
  EXPECT_EQ(firsts({}), (Names{"Grace", "Mary", "Augusta"}));
  EXPECT_EQ(firsts({.direction = Direction::descending}), (Names{"Augusta", "Mary", "Grace"}));
  EXPECT_EQ(firsts({.date = mary_.updated}), Names{"Augusta"});
  EXPECT_EQ(firsts({.direction = Direction::descending, .date = augusta.updated}), (Names{"Mary", "Grace"}));
  EXPECT_EQ(firsts({.order = ContactOrder::id}), (Names{"Augusta", "Grace", "Mary"}));
  EXPECT_EQ(firsts({.order = ContactOrder::created}), (Names{"Augusta", "Grace", "Mary"}));
  EXPECT_EQ(firsts({.order = ContactOrder::first}), (Names{"Augusta", "Grace", "Mary"}));
  EXPECT_EQ(firsts({.filter = TextFilter("augusta")}), Names{"Augusta"});
  EXPECT_EQ(firsts({.filter = TextFilter("ada")}), Names{});
  EXPECT_EQ(count({}), 3);
  EXPECT_EQ(count({.date = mary_.updated}), 1);
  EXPECT_EQ(count({.filter = TextFilter("augusta")}), 1);
  EXPECT_EQ(first_in_row(ada_), "Ada");
}

TEST_F(RowsBehind, TakeTheirPlacesInPagesWhateverStandsBeforeThem) {
  std::vector<core::Contact> contacts{ada_, grace_, mary_};
  for (int i = 0; i < 20; ++i) contacts.push_back(world_.has_contact({.phone = "1415555" + std::to_string(1000 + i)}));
  for (std::size_t i = 0; i < contacts.size(); i += 2)
    world_.update(contacts[i].id, {.first = "New" + std::to_string(i)});
  for (const auto order : {ContactOrder::updated, ContactOrder::id, ContactOrder::created, ContactOrder::first}) {
    for (const auto direction : {Direction::ascending, Direction::descending}) {
      const Names all = firsts({.order = order, .direction = direction, .limit = 100});
      EXPECT_EQ(all.size(), contacts.size());
      Names paged;
      for (std::size_t offset = 0; offset < contacts.size(); offset += 5) {
        for (auto& name : firsts({.order = order, .direction = direction, .limit = 5, .offset = offset}))
          paged.push_back(std::move(name));
      }
      EXPECT_EQ(paged, all);
    }
  }
}

TEST_F(RowsBehind, AreSavedWithTheirOwnChangesWhenAContactsAddressesChange) {
  world_.update(ada_.id, {.first = "Augusta"});
  const auto moved = world_.update(ada_.id, {.phone = "13125550199"});
  EXPECT_EQ(first_in_row(ada_), "Augusta");
  EXPECT_EQ(world_.contact(ada_.id), moved);
  EXPECT_EQ(world_.contact_at_phone("13125550142"), std::nullopt);
}

TEST_F(RowsBehind, AreNoneAnyMoreWhenTheLastOneIsSavedWithAChange) {
  const auto flushed = [this] {
    return Connection({.file = world_.options().folder / "cardfile.db"}).integer("SELECT seq FROM flushed");
  };
  const auto last_seq = [this] { return world_.log().back().seq; };
  EXPECT_EQ(flushed(), last_seq());
  world_.update(ada_.id, {.first = "Augusta"});
  EXPECT_EQ(flushed(), last_seq() - 1);
  world_.update(ada_.id, {.phone = "13125550199"});
  EXPECT_EQ(flushed(), last_seq()) << "or the log that a crash would have us read again grows without bound";
  world_.update(ada_.id, {.first = "Ada"});
  world_.update(grace_.id, {.phone = "13125550198"});
  EXPECT_EQ(flushed(), last_seq() - 2);
}

TEST_F(RowsBehind, AreSeenByNobodyWhoAsksForListsOrForUsersContacts) {
  world_.commit(core::CreateUser{.name = "Ann"});
  const auto list = std::get<core::ListSaved>(
      world_.commit(core::CreateList{.uuid = uuid(70), .title = "Sale", .contacts = {.ids = {ada_.id, grace_.id}}}));
  world_.update(ada_.id, {.first = "Augusta", .assignee = core::UserId(1)});
  ASSERT_EQ(first_in_row(ada_), "Ada");
  const auto targets = world_.store().targets(kTeam, list.list.id);
  ASSERT_EQ(targets.size(), 2U);
  EXPECT_EQ(targets.front().first, "Augusta");
  EXPECT_EQ(count({.assigned = core::UserId(1)}), 1);
  EXPECT_EQ(firsts({.assigned = core::UserId(1)}), Names{"Augusta"});
}

TEST(RowsThatFindNoRoom, AreSavedWithTheirEntries) {
  World world(Engine::sqlite, {.flush_after = std::chrono::hours(1), .rows_behind_max = 1});
  const auto ada = world.has_contact({.phone = "13125550142", .first = "Ada"});
  const auto grace = world.has_contact({.phone = "13125550143", .first = "Grace"});
  world.update(ada.id, {.first = "Augusta"});
  world.update(grace.id, {.first = "Amazing Grace"});
  world.update(ada.id, {.last = "King"});
  Connection connection({.file = world.options().folder / "cardfile.db"});
  EXPECT_EQ(connection.integer("SELECT count(*) FROM contact WHERE first = 'Amazing Grace'"), 1);
  EXPECT_EQ(connection.integer("SELECT count(*) FROM contact WHERE first = 'Augusta'"), 0);
  EXPECT_EQ(world.contact(ada.id)->last, "King");
  EXPECT_EQ(world.findings(), Names{});
}

TEST_F(RowsBehind, AreBroughtAfterWhenTheStoreIsClosed) {
  const auto augusta = world_.update(ada_.id, {.first = "Augusta"});
  world_.close();
  EXPECT_EQ(first_in_row(ada_), "Augusta");
  world_.reopen();
  EXPECT_EQ(world_.contact(ada_.id), augusta);
}

TEST(RowsThatAreBehindForLong, AreBroughtAfter) {
  World world(Engine::sqlite, {.flush_after = std::chrono::milliseconds(1)});
  const auto ada = world.has_contact({.phone = "13125550142", .first = "Ada"});
  world.update(ada.id, {.first = "Augusta"});
  Connection connection({.file = world.options().folder / "cardfile.db"});
  while (connection.integer("SELECT count(*) FROM contact WHERE first = 'Augusta'") == 0) std::this_thread::yield();
  EXPECT_EQ(world.contact(ada.id)->first, "Augusta");
}

/// The files as they are at this moment, as a crash leaves them, in a store of their own.
class AfterACrash : public RowsBehind {
 protected:
  void crash() { after_ = opened_copy(world_.options().folder, copy_); }
  void crash_again() {
    auto after = opened_copy(copy_.path(), second_copy_);
    after_ = std::move(after);
  }

  /// Whether everything that was acknowledged is there, and in its row.
  void expect_everything() {
    EXPECT_EQ(after_->contacts(kTeam, {.order = ContactOrder::id}),
              world_.store().contacts(kTeam, {.order = ContactOrder::id}));
    EXPECT_EQ(after_->changes(kTeam, 0, 1'000, store::kNoLimit), world_.log());
    EXPECT_EQ(after_->check({}).findings, Names{});
  }

  /// Damages the files that the next crash leaves, after it.
  void damage_after_crash(const std::string& sql) {
    copy_files(world_.options().folder, copy_);
    Connection({.file = copy_ / "cardfile.db"}).execute(sql);
  }
  store::SqliteOptions damaged() const { return {.folder = copy_.path(), .indexing = store::Indexing::none}; }

  std::unique_ptr<store::Store> after_;

 private:
  static void copy_files(const std::filesystem::path& from, const TempFolder& to) {
    for (const char* name : {"cardfile.db", "cardfile.db-wal"}) std::filesystem::copy_file(from / name, to / name);
  }

  std::unique_ptr<store::Store> opened_copy(const std::filesystem::path& from, const TempFolder& to) {
    copy_files(from, to);
    return store::open_sqlite({.folder = to.path(), .flush_after = std::chrono::hours(1)}, clock_.source());
  }

  TempFolder copy_;
  TempFolder second_copy_;
  TestClock clock_;
};

TEST_F(AfterACrash, RowsHaveWhatWasAcknowledged) {
  const auto field = world_.has_field("Plan");
  world_.update(ada_.id, {.first = "Augusta", .custom = core::CustomPatch{{field, "pro"}}, .note = "Called"});
  world_.update(ada_.id, {.last = "King"});
  world_.update(grace_.id, {.first = "Amazing Grace"});
  crash();
  expect_everything();
  EXPECT_EQ(after_->contact(kTeam, ada_.id)->display_name, "Augusta King");
}

TEST_F(AfterACrash, ContactsThatWentCameOrMovedInBetweenAreWhatTheyWere) {
  world_.update(ada_.id, {.first = "Augusta"});
  world_.update(grace_.id, {.first = "Amazing Grace"});
  world_.update(mary_.id, {.first = "M."});
  world_.commit(core::DeleteContact{.key = ada_.id});
  world_.update(grace_.id, {.phone = "13125550199"});
  auto again = world_.creation({.phone = "13125550142", .first = "Ada again"});
  again.id = ada_.id;
  world_.commit(again);
  world_.update(ada_.id, {.last = "Byron"});
  crash();
  expect_everything();
}

TEST_F(AfterACrash, AnotherCrashChangesNothing) {
  for (int i = 0; i < 10; ++i) world_.update(ada_.id, {.first = "Ada " + std::to_string(i)});
  crash();
  crash_again();
  expect_everything();
}

TEST_F(AfterACrash, AnEntryThatCannotBeReadKeepsTheStoreFromOpeningAndIsFound) {
  world_.update(ada_.id, {.first = "Augusta"});
  world_.update(grace_.id, {.first = "Amazing Grace"});
  const auto seq = std::to_string(world_.log().back().seq - 1);
  damage_after_crash("UPDATE change_log SET changes = '{' WHERE seq = " + seq);
  EXPECT_THROW(store::open_sqlite(damaged(), world_.clock().source()), store::OpenError);
  EXPECT_EQ(store::check_sqlite(damaged(), {}).findings,
            (Names{"Entry " + seq + " of the change log of team 1 cannot be decoded.",
                   "Contact 1 of team 1 has revision 1, and its last change has 2.",
                   "Contact 1 of team 1 was not updated at the time of its last change."}));
}

TEST_F(AfterACrash, AnEntryThatCannotBeReadIsFoundHoweverFarBehindTheOthersItStands) {
  world_.update(ada_.id, {.first = "Augusta"});
  const auto seq = std::to_string(world_.log().back().seq);
  damage_after_crash("UPDATE change_log SET changes = '{', place = place + (1 << 42) WHERE seq = " + seq);
  EXPECT_THROW(store::open_sqlite(damaged(), world_.clock().source()), store::OpenError);
  EXPECT_THAT(store::check_sqlite(damaged(), {}).findings,
              testing::Contains(testing::HasSubstr("The change log of team 1 has a gap before entry")));
}

TEST_F(AfterACrash, ACheckFindsNothingAndBringsNoRowsAfter) {
  world_.update(ada_.id, {.first = "Augusta"});
  damage_after_crash("DELETE FROM contact_count WHERE 0");
  EXPECT_EQ(store::check_sqlite(damaged(), {}).findings, Names{});
  EXPECT_EQ(Connection({.file = damaged().folder / "cardfile.db"})
                .integer("SELECT count(*) FROM contact WHERE first = 'Ada'"),
            1);
}

TEST(RowsThatCannotBeSaved, AreBroughtAfterOnceThereIsSpace) {
  FaultyVfs vfs("full-disk");
  World world(Engine::sqlite, {.flush_after = std::chrono::hours(1), .vfs = vfs.name()});
  const auto ada = world.has_contact({.phone = "13125550142", .first = "Ada"});
  const auto augusta = world.update(ada.id, {.first = "Augusta"});
  vfs.writes_give(SQLITE_FULL);
  world.close();
  vfs.writes_give(SQLITE_OK);
  world.reopen();
  EXPECT_EQ(world.contact(ada.id), augusta);
  EXPECT_EQ(world.findings(), Names{});
}

}  // namespace
}  // namespace cardfile::test
