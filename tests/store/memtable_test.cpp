// Memtable: what waits there, in what order it leaves, and when it is full.

#include "store/sqlite/memtable.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace cardfile::test {
namespace {

using core::ContactId;
using core::SharedContact;
using core::TeamId;
using store::sqlite::Memtable;
using store::sqlite::MemtableLimits;
using store::sqlite::NewerContacts;
using Ids = std::vector<std::int64_t>;

constexpr TeamId kSales(1);
constexpr TeamId kSupport(2);
constexpr Memtable::Clock::time_point kNoon{};

core::Contact contact(std::int64_t id, const std::string& first = "Ada") {
  core::Contact contact;
  contact.id = ContactId(id);
  contact.first = first;
  return contact;
}

/// One transaction of a team for each call, one entry for each contact in it.
class Team {
 public:
  Team(Memtable& memtable, TeamId id) : memtable_(memtable), id_(id) {}

  void update(const std::vector<core::Contact>& contacts, Memtable::Clock::time_point now = kNoon) {
    Memtable::Changes changes{.first_seq = seq_ + 1, .last_seq = seq_, .contacts = {}};
    for (const auto& contact : contacts) changes.contacts.insert_or_assign(contact.id, contact);
    changes.last_seq = seq_ += static_cast<std::int64_t>(contacts.size());
    memtable_.publish(id_, changes, now);
  }

  /// One entry: the row of `saved` is written, and that of `behind` is not.
  void save_row_and_leave(std::int64_t saved, const core::Contact& behind) {
    ++seq_;
    memtable_.publish(
        id_, {.first_seq = seq_, .last_seq = seq_, .contacts = {{ContactId(saved), {}}, {behind.id, behind}}}, kNoon);
  }

  void save_row_of(std::int64_t contact) {
    memtable_.publish(id_, {.first_seq = seq_ + 1, .last_seq = seq_ + 1, .contacts = {{ContactId(contact), {}}}},
                      kNoon);
    ++seq_;
  }

 private:
  Memtable& memtable_;
  const TeamId id_;
  std::int64_t seq_ = 0;
};

Ids ids_of(const std::vector<Memtable::Item>& items) {
  Ids ids;
  for (const auto& item : items) ids.push_back(item.contact->id.value());
  return ids;
}

TEST(Memtable, HasTheNewestStateOfAContactUntilItIsInTheRow) {
  Memtable memtable;
  Team sales(memtable, kSales);
  EXPECT_FALSE(memtable.find(kSales, ContactId(7)));
  sales.update({contact(7, "Ada")});
  sales.update({contact(7, "Augusta")});
  EXPECT_EQ(memtable.find(kSales, ContactId(7))->first, "Augusta");
  EXPECT_FALSE(memtable.find(kSupport, ContactId(7)));
  memtable.remove(memtable.oldest(10));
  EXPECT_FALSE(memtable.find(kSales, ContactId(7)));
  EXPECT_TRUE(memtable.is_empty());
}

TEST(Memtable, GivesFirstWhatIsBehindForTheLongestTimeAndEachContactOnce) {
  Memtable memtable;
  Team sales(memtable, kSales);
  for (const std::int64_t id : {9, 3, 5, 9, 3, 1}) sales.update({contact(id)});
  EXPECT_EQ(ids_of(memtable.oldest(2)), (Ids{9, 3}));
  EXPECT_EQ(ids_of(memtable.oldest(10)), (Ids{9, 3, 5, 1}));
}

TEST(Memtable, ForgetsAContactWhoseRowIsSavedAtOnceAndPutsItLastWhenItFallsBehindAgain) {
  Memtable memtable;
  Team sales(memtable, kSales);
  sales.update({contact(9)});
  sales.update({contact(3)});
  sales.save_row_of(9);
  EXPECT_FALSE(memtable.find(kSales, ContactId(9)));
  EXPECT_EQ(ids_of(memtable.oldest(10)), Ids{3});
  sales.update({contact(9)});
  EXPECT_EQ(ids_of(memtable.oldest(10)), (Ids{3, 9}));
}

TEST(Memtable, KnowsUpToWhichEntryTheRowsOfATeamAreUpToDate) {
  Memtable memtable;
  Team sales(memtable, kSales);
  Team support(memtable, kSupport);
  sales.update({contact(1)});              // Entry 1.
  sales.update({contact(2), contact(3)});  // Entries 2 and 3.
  support.update({contact(4)});
  sales.update({contact(1)});  // Entry 4, and 1 is not behind for less time by it.
  const auto first = memtable.oldest(1);
  EXPECT_EQ(memtable.flushed_seq(kSales, first), 0);
  memtable.remove(first);
  const auto second = memtable.oldest(1);
  EXPECT_EQ(memtable.flushed_seq(kSales, second), 1) << "3 fell behind with entry 2 as well";
  memtable.remove(second);
  EXPECT_EQ(memtable.flushed_seq(kSales, memtable.oldest(1)), 4);
  memtable.remove(memtable.oldest(1));
  EXPECT_FALSE(memtable.has_more_than({}, kSales));
  EXPECT_TRUE(memtable.has_more_than({}, kSupport));
  EXPECT_FALSE(memtable.has_more_than({{ContactId(4), {}}}, kSupport));
}

TEST(Memtable, SaysSinceWhenARowIsBehind) {
  using std::chrono::seconds;
  Memtable memtable;
  Team sales(memtable, kSales);
  EXPECT_EQ(memtable.behind_since(), std::nullopt);
  sales.update({contact(1)}, kNoon + seconds(1));
  sales.update({contact(2)}, kNoon + seconds(2));
  sales.update({contact(1)}, kNoon + seconds(3));
  EXPECT_EQ(memtable.behind_since(), kNoon + seconds(1));
  memtable.remove(memtable.oldest(1));
  EXPECT_EQ(memtable.behind_since(), kNoon + seconds(2));
}

TEST(Memtable, TakesWhatItHasAndMoreWhileThereIsRoom) {
  Memtable memtable({.contacts = 2});
  Team sales(memtable, kSales);
  sales.update({contact(1)});
  EXPECT_TRUE(memtable.takes(kSales, ContactId(2), {.contacts = 0}));
  EXPECT_FALSE(memtable.takes(kSales, ContactId(2), {.contacts = 1}))
      << "one of the same transaction has the last place";
  sales.update({contact(2)});
  EXPECT_TRUE(memtable.takes(kSales, ContactId(2), {.contacts = 5}));
  EXPECT_FALSE(memtable.takes(kSales, ContactId(3), {.contacts = 0}));
  EXPECT_FALSE(memtable.takes(kSupport, ContactId(2), {.contacts = 0}));
  memtable.remove(memtable.oldest(1));
  EXPECT_TRUE(memtable.takes(kSales, ContactId(3), {.contacts = 0}));
}

TEST(Memtable, TakesNothingWhenItsContactsAreTooLarge) {
  Memtable memtable({.bytes = 100'000});
  Team sales(memtable, kSales);
  sales.update({contact(1, std::string(100'000, 'a'))});
  EXPECT_FALSE(memtable.takes(kSales, ContactId(1), {.contacts = 0}));
  sales.update({contact(1, "Ada")});
  EXPECT_TRUE(memtable.takes(kSales, ContactId(1), {.contacts = 0}));
  EXPECT_FALSE(memtable.takes(kSales, ContactId(1), {.contacts = 1, .bytes = 100'000}))
      << "the transaction has left so much behind already";
}

TEST(Memtable, IsOverdueWhenTooManyEntriesWouldBeReadAgain) {
  Memtable memtable({.entries = 5});
  Team sales(memtable, kSales);
  Team support(memtable, kSupport);
  sales.update({contact(1)});
  sales.update({contact(2)});
  for (int i = 0; i < 4; ++i) support.save_row_of(8);
  EXPECT_FALSE(memtable.is_overdue());
  support.save_row_of(8);
  support.save_row_of(8);
  EXPECT_TRUE(memtable.is_overdue());
  memtable.remove(memtable.oldest(2));
  EXPECT_FALSE(memtable.is_overdue()) << "no row is behind";
}

TEST(Memtable, IsOverdueAlsoWhenItIsAlwaysAnotherRowThatIsBehind) {
  Memtable memtable({.entries = 5});
  memtable.begin(kSales, 0, 0);
  Team sales(memtable, kSales);
  sales.update({contact(1)});
  for (std::int64_t id = 1; id <= 4; ++id) sales.save_row_and_leave(id, contact(id + 1));
  EXPECT_FALSE(memtable.is_overdue());
  sales.save_row_and_leave(5, contact(6));
  EXPECT_TRUE(memtable.is_overdue()) << "all six entries would be read again, though one row is behind, and only now";
  const auto items = memtable.oldest(10);
  EXPECT_EQ(memtable.flushed_seq(kSales, items), 6);
  memtable.remove(items);
  EXPECT_FALSE(memtable.is_overdue());
}

TEST(Memtable, KnowsOfATeamWhoseRowsWereBehindWhenItBegan) {
  Memtable memtable({.entries = 5});
  memtable.begin(kSales, 10, 3);
  memtable.publish(kSales, {.first_seq = 4, .last_seq = 10, .contacts = {{ContactId(1), contact(1)}}}, kNoon);
  EXPECT_TRUE(memtable.is_overdue());
  memtable.publish(kSales, {.first_seq = 11, .last_seq = 11, .contacts = {{ContactId(1), {}}}}, kNoon);
  EXPECT_FALSE(memtable.is_overdue()) << "its last row was saved with a change";
}

TEST(Memtable, IsCopiedInTheOrderOfIdsWithTheEntryThatItKnowsOf) {
  Memtable memtable;
  memtable.begin(kSales, 0, 0);
  Team sales(memtable, kSales);
  sales.update({contact(9), contact(3)});
  const NewerContacts newer = memtable.newer(kSales);
  EXPECT_EQ(newer.seq, 2);
  ASSERT_EQ(newer.contacts.size(), 2U);
  EXPECT_EQ(newer.contacts.front()->id, ContactId(3));
  EXPECT_EQ(newer.find(ContactId(9))->id, ContactId(9));
  EXPECT_FALSE(newer.find(ContactId(5)));
  EXPECT_EQ(memtable.newer().at(kSales).contacts.size(), 2U);
}

}  // namespace
}  // namespace cardfile::test
