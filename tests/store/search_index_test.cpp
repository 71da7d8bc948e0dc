// The search index makes answers fast and never decides what they are.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <sqlite3.h>

#include "core/query.h"
#include "core/text.h"
#include "store/open.h"
#include "store/sqlite/db.h"
#include "store/sqlite/search_file.h"
#include "store/sqlite/search_writer.h"
#include "store/world.h"

namespace cardfile::test {
namespace {

using core::ContactOrder;
using core::ContactQuery;
using core::Direction;
using core::TextFilter;
using store::sqlite::Connection;
using store::sqlite::SearchFile;
using store::sqlite::SearchWriter;
using Ids = std::vector<std::int64_t>;

Ids ids_of(const std::vector<core::Contact>& contacts) {
  Ids ids;
  for (const auto& contact : contacts) ids.push_back(contact.id.value());
  return ids;
}

/// A store whose index comes after its contacts when the test says so, and no further.
class SearchIndex : public testing::Test {
 protected:
  std::filesystem::path folder() { return world_.options().folder; }
  std::filesystem::path index_file() { return folder() / "search.db"; }

  std::unique_ptr<SearchWriter> open_index(int log_pages = SearchWriter::kLogPages) {
    search_file_ = std::make_unique<SearchFile>(index_file(), false);
    return std::make_unique<SearchWriter>(store::sqlite::ConnectionOptions{.file = folder() / "cardfile.db"}, memtable_,
                                          *search_file_, log_pages);
  }

  /// Brings the index after everything; gives back how many contacts were gone through for the first time.
  std::int64_t index_all() {
    const auto writer = open_index();
    while (writer->step()) {
    }
    writer->finish();
    return writer->progress().built;
  }

  std::vector<core::Contact> all(core::TeamId team = kTeam) {
    std::vector<core::Contact> contacts;
    ContactQuery query{.order = ContactOrder::id, .limit = 1'000};
    for (;; query.offset += query.limit) {
      auto page = world_.store().contacts(team, query);
      if (page.empty()) return contacts;
      std::ranges::move(page, std::back_inserter(contacts));
    }
  }

  /// What core says of every contact, without any index.
  Ids expected(const ContactQuery& query, core::TeamId team = kTeam) {
    auto contacts = all(team);
    std::erase_if(contacts, [&](const core::Contact& contact) { return !core::matches(query, contact); });
    std::ranges::sort(contacts,
                      [&](const auto& left, const auto& right) { return core::comes_before(query, left, right); });
    auto ids = ids_of(contacts);
    ids.erase(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(std::min(query.offset, ids.size())));
    ids.resize(std::min(query.limit, ids.size()));
    return ids;
  }

  Ids found(const ContactQuery& query, core::TeamId team = kTeam) {
    return ids_of(world_.store().contacts(team, query));
  }

  void expect_exact(ContactQuery query, core::TeamId team = kTeam) {
    EXPECT_EQ(found(query, team), expected(query, team))
        << "filter: " << (query.filter ? query.filter->text() : "none") << ", order " << static_cast<int>(query.order)
        << ", offset " << query.offset;
    const auto counted = world_.store().count(team, query);
    query.limit = 100'000;
    query.offset = 0;
    EXPECT_EQ(counted, static_cast<std::int64_t>(expected(query, team).size()))
        << "filter: " << (query.filter ? query.filter->text() : "none");
  }

  void expect_exact_answers(core::TeamId team = kTeam) {
    for (const char* text : {"ada", "ADA L", "lace", "a", "zz", "555014", "(555) 0142", "example", "nobody at all"}) {
      expect_exact({.filter = TextFilter(text)}, team);
      expect_exact({.order = ContactOrder::last, .filter = TextFilter(text), .limit = 2, .offset = 1}, team);
    }
    if (const auto contacts = all(team); !contacts.empty()) {
      const auto date = contacts[contacts.size() / 2].updated;
      expect_exact({.date = date, .filter = TextFilter("a")}, team);
      expect_exact({.order = ContactOrder::last, .direction = Direction::descending, .date = date}, team);
    }
    for (const auto order : {ContactOrder::first, ContactOrder::last, ContactOrder::display_name}) {
      expect_exact({.order = order}, team);
      expect_exact({.order = order, .direction = Direction::descending, .limit = 2, .offset = 1}, team);
    }
  }

  void have_contacts() {
    world_.has_contact({.phone = "13125550142", .first = "Ada", .last = "Lovelace", .email = "Ada@Example.org"});
    world_.has_contact({.phone = "13125550143", .first = "Grace", .last = "Hopper"});
    world_.has_contact({.phone = "13125550144", .first = "ADAM", .last = "lacey"});
    world_.has_contact({.phone = "442071838750", .email = "zz@example.org"});
  }

  /// Takes an entry out of the index behind its back.
  void forget(std::int64_t contact) {
    Connection({.file = index_file()}).execute("DELETE FROM entry WHERE contact = " + std::to_string(contact));
  }

  // The index is written from outside of the store, so nothing may be newer than its row.
  World world_{Engine::sqlite, {.flush_after = std::chrono::milliseconds(0), .indexing = store::Indexing::none}};
  store::sqlite::Memtable memtable_;
  std::unique_ptr<SearchFile> search_file_;
};

TEST_F(SearchIndex, IsWhatFiltersAndOrdersByNameAreReadFrom) {
  have_contacts();
  index_all();
  expect_exact_answers();
  forget(1);
  EXPECT_EQ(found({.filter = TextFilter("lovelace")}), Ids{});
  EXPECT_EQ(found({.filter = TextFilter("ad")}), Ids{3});
  EXPECT_EQ(found({.order = ContactOrder::last}), (Ids{4, 2, 3}));
  EXPECT_EQ(world_.store().count(kTeam, {.filter = TextFilter("ada")}), 1);
  EXPECT_THAT(world_.findings(), testing::ElementsAre("The search index does not agree with the contacts of team 1."));
}

TEST_F(SearchIndex, WaitsForTheMemtableToKnowOfACommitBeforeItTakesItIn) {
  have_contacts();
  index_all();
  world_.update(core::ContactId(1), {.first = "Augusta"});
  const auto last = world_.log().back().seq;
  memtable_.begin(kTeam, last - 1, last - 1);
  const auto writer = open_index();
  EXPECT_FALSE(writer->step());
  EXPECT_EQ(found({.filter = TextFilter("augusta")}), Ids{1});
  memtable_.begin(kTeam, last, last);
  EXPECT_TRUE(writer->step());
  EXPECT_FALSE(writer->step());
  expect_exact_answers();
}

TEST_F(SearchIndex, IsNotTakenForDamagedWhenTheContactsAre) {
  index_all();
  const auto damage = [](const std::filesystem::path& file) {
    const Connection connection({.file = file});
    return store::sqlite::SqliteError(SQLITE_CORRUPT, "read", connection.handle());
  };
  EXPECT_TRUE(search_file_->is_damaged(damage(index_file())));
  EXPECT_FALSE(search_file_->is_damaged(damage(folder() / "cardfile.db")));
}

TEST_F(SearchIndex, NeverMakesAContactMatchThatDoesNot) {
  have_contacts();
  index_all();
  Connection({.file = index_file()})
      .execute("UPDATE entry SET first = 'lovelace', last = 'lovelace' WHERE contact = 2");
  EXPECT_EQ(found({.filter = TextFilter("lovelace")}), Ids{1});
  EXPECT_EQ(found({.filter = TextFilter("ove")}), Ids{1});
}

TEST_F(SearchIndex, NeedNotKnowWhatWasChangedSinceItLooked) {
  have_contacts();
  index_all();
  world_.update(core::ContactId(1), {.first = "Augusta"});
  world_.update(core::ContactId(2), {.first = "Ada"});
  world_.commit(core::DeleteContact{.key = core::ContactId(3)});
  world_.has_contact({.phone = "13125550145", .first = "Radames"});
  EXPECT_EQ(found({.filter = TextFilter("ada")}), (Ids{1, 2, 5}));  // The first by its e-mail.
  EXPECT_EQ(found({.order = ContactOrder::first}), (Ids{4, 2, 1, 5}));
  EXPECT_EQ(world_.store().count(kTeam, {.filter = TextFilter("ada")}), 3);
  expect_exact_answers();
  index_all();
  expect_exact_answers();
  EXPECT_EQ(world_.findings(), std::vector<std::string>{});
}

TEST_F(SearchIndex, DoesNotChangeAnswersWhileItIsBuilt) {
  constexpr int kMoreThanOneStep = 1'500;
  std::vector<core::Command> commands;
  for (int i = 0; i < kMoreThanOneStep; ++i)
    commands.push_back(command(world_.creation({.phone = std::to_string(13'125'550'000 + i), .first = "Ada"})));
  world_.commit_all(std::move(commands));
  const auto writer = open_index();
  ASSERT_TRUE(writer->step());
  EXPECT_TRUE(writer->progress().building);
  expect_exact_answers();
  world_.commit(core::DeleteContact{.key = core::ContactId(1)});
  world_.update(core::ContactId(2), {.first = "Zoe"});
  world_.update(core::ContactId(1'400), {.first = "Zoe"});
  while (writer->step()) {
  }
  EXPECT_EQ(world_.store().count(kTeam, {.filter = TextFilter("zoe")}), 2);
  expect_exact_answers();
  EXPECT_EQ(world_.findings(), std::vector<std::string>{});
}

TEST_F(SearchIndex, IsOfEachTeamItsOwn) {
  have_contacts();
  world_.has_team(kOtherTeam);
  const auto theirs = world_.has_contact({.phone = "13125550142", .first = "Ada"}, kOtherTeam);
  index_all();
  expect_exact_answers();
  expect_exact_answers(kOtherTeam);
  EXPECT_EQ(found({.filter = TextFilter("ada")}, kOtherTeam), Ids{theirs.id.value()});
  EXPECT_EQ(found({.order = ContactOrder::first}, kOtherTeam), Ids{theirs.id.value()});
  EXPECT_EQ(found({.filter = TextFilter("ada")}, core::TeamId(99)), Ids{});
}

TEST_F(SearchIndex, HoldsTextsToTheLetter) {
  const std::vector<std::string> names = {"100% \"_\\",
                                          "NEAR(a b)",
                                          "ada\" OR \"b",
                                          "a AND b NOT c",
                                          "x* ^y -z",
                                          "Zo\xc3\xab",
                                          "\xc3\x84rger",
                                          "\xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd",
                                          "\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80!",
                                          "\xc4\xb0stanbul",
                                          "stra\xc3\x9f"
                                          "e",
                                          "tab\there",
                                          "line\nend",
                                          "{\"first\":1}",
                                          "'); DROP TABLE entry; --"};
  for (std::size_t i = 0; i < names.size(); ++i)
    world_.has_contact(
        {.phone = std::to_string(13'125'550'100 + i), .first = names[i], .last = names[(i + 5) % names.size()]});
  index_all();
  for (const auto& name : names) {
    for (std::size_t begin = 0; begin < name.size(); ++begin) {
      // Parts that cut characters in two are no text that anybody can send, and must do no harm either.
      expect_exact({.filter = TextFilter(name.substr(begin))});
      expect_exact({.filter = TextFilter(name.substr(begin, 3))});
    }
  }
  for (const auto* text : {"\xc3\xa4rger", "I\xcc\x87stanbul", "istanbul", "STRASSE", "\"\"\"", "***", "OR", " OR ",
                           "first:", "\xff\xfe\xfd\xfc", "100%\" OR \"1"})
    expect_exact({.filter = TextFilter(text)});
  expect_exact({.filter = TextFilter(std::string("a\0b\0c\0", 6))});
  expect_exact({.filter = TextFilter(std::string(1'000, 'x'))});
  for (const auto order : {ContactOrder::first, ContactOrder::last, ContactOrder::display_name})
    expect_exact({.order = order, .limit = 100});
}

TEST_F(SearchIndex, FindsPhonesAsPeopleWriteThem) {
  have_contacts();
  index_all();
  EXPECT_EQ(found({.filter = TextFilter("+44 (20) 7183-8750")}), Ids{4});
  EXPECT_EQ(found({.filter = TextFilter("(55) 501")}), (Ids{1, 2, 3}));
  EXPECT_EQ(found({.filter = TextFilter("(55)")}), (Ids{1, 2, 3}));
  EXPECT_EQ(found({.filter = TextFilter("555-0143")}), Ids{2});
}

TEST_F(SearchIndex, AnswersWhereMoreContactsMatchThanAreLookedAtOneByOne) {
  constexpr int kMany = 10'100;
  std::vector<core::Command> commands;
  for (int i = 0; i < kMany; ++i)
    commands.push_back(command(world_.creation({.phone = std::to_string(13'125'550'000 + i), .first = "Ada"})));
  world_.commit_all(std::move(commands));
  // As many changes as that, too, which the index does not know yet.
  std::vector<core::Command> changes;
  for (int i = 1; i <= kMany; ++i)
    changes.push_back(command(core::UpdateContact{.key = core::ContactId(i), .patch = {.last = "Lovelace"}}));
  const auto expect_pages = [this](const std::string& text) {
    expect_exact({.filter = TextFilter(text), .limit = 3, .offset = 10'050});
    expect_exact({.order = ContactOrder::last, .filter = TextFilter(text), .limit = 3, .offset = 10'050});
  };
  index_all();
  expect_pages("ada");
  world_.commit_all(std::move(changes));
  expect_pages("love");
  index_all();
  expect_pages("love");
  EXPECT_EQ(world_.findings(), std::vector<std::string>{});
}

/// A long run of random writes, queries and steps of the index, in any order.
TEST_F(SearchIndex, IsExactHoweverFarItIs) {
  const auto seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto below = [&random](std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
  };
  const std::vector<std::string> parts = {"Ada",      "ada", "A", "Lovelace", "love", "\xc3\x84",
                                          "\xc3\xa4", "\"",  "%", " ",        "555",  ""};
  const auto name = [&] { return parts[below(parts.size())] + parts[below(parts.size())]; };
  std::vector<core::ContactId> living;
  world_.commit(core::CreateUser{.name = "Grace", .role = core::Role::admin});
  const auto somebody_or_nobody = [&] { return below(2) ? std::optional(core::UserId(1)) : std::nullopt; };
  auto writer = open_index();
  for (int round = 0; round < 400; ++round) {
    const auto choice = below(10);
    if (choice < 3 || living.empty()) {
      living.push_back(world_
                           .has_contact({.phone = std::to_string(13'125'550'000 + round),
                                         .first = name(),
                                         .last = name(),
                                         .assignee = somebody_or_nobody()})
                           .id);
    } else if (choice < 6) {
      world_.update(living[below(living.size())], {.first = name(), .display_name = name()});
    } else if (choice < 7) {
      world_.update(living[below(living.size())], {.avatar = "https://example.com/" + std::to_string(round)});
    } else if (choice < 8) {
      const auto gone = living.begin() + static_cast<std::ptrdiff_t>(below(living.size()));
      world_.commit(core::DeleteContact{.key = *gone});
      living.erase(gone);
    } else if (choice < 9) {
      writer->step();
    } else {
      writer = nullptr;
      writer = open_index();
    }
    const auto text = name() + parts[below(parts.size())];
    const auto order = static_cast<ContactOrder>(below(6));
    ContactQuery query{.order = order,
                       .direction = below(2) ? Direction::ascending : Direction::descending,
                       .limit = 1 + below(9),
                       .offset = below(4)};
    if (below(4) > 0 && !core::trimmed(text).empty()) query.filter = TextFilter(text);
    if (below(4) == 0) query.assigned = core::UserId(1);
    if (below(4) == 0 && !living.empty()) query.date = world_.contact(living[below(living.size())])->updated;
    expect_exact(query);
    if (HasFailure()) return;
  }
  EXPECT_EQ(world_.findings(), std::vector<std::string>{});
}

TEST_F(SearchIndex, GoesOnWhereItWasWhenTheFolderIsOpenedAgain) {
  have_contacts();
  EXPECT_EQ(index_all(), 4);
  world_.update(core::ContactId(1), {.first = "Augusta"});
  world_.reopen();
  EXPECT_EQ(index_all(), 0);
  expect_exact_answers();
}

/// What may befall the file while nobody holds the folder.
struct Mishap {
  const char* name;
  void (*befall)(const std::filesystem::path& folder);
};
void PrintTo(const Mishap& mishap, std::ostream* out) { *out << mishap.name; }

void overwrite(const std::filesystem::path& file, std::int64_t from, std::int64_t to, char with) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(from);
  stream << std::string(static_cast<std::size_t>(to - from), with);
}

std::int64_t size_of(const std::filesystem::path& file) {
  return static_cast<std::int64_t>(std::filesystem::file_size(file));
}

const Mishap kMishaps[] = {
    {"ItIsDeleted", [](const std::filesystem::path& folder) { std::filesystem::remove(folder / "search.db"); }},
    {"ItIsEmpty", [](const std::filesystem::path& folder) { std::filesystem::resize_file(folder / "search.db", 0); }},
    {"ItIsTruncated",
     [](const std::filesystem::path& folder) {
       std::filesystem::resize_file(folder / "search.db", std::filesystem::file_size(folder / "search.db") / 2);
     }},
    {"ItIsGarbage",
     [](const std::filesystem::path& folder) {
       overwrite(folder / "search.db", 0, size_of(folder / "search.db"), 'x');
     }},
    {"ItIsATextFile", [](const std::filesystem::path& folder) { std::ofstream(folder / "search.db") << "Ada"; }},
    {"ItIsAnotherDatabase",
     [](const std::filesystem::path& folder) {
       std::filesystem::remove(folder / "search.db");
       Connection({.file = folder / "search.db"}).execute("CREATE TABLE team (team); PRAGMA user_version = 1");
     }},
    {"ItIsOfAnotherFormat",
     [](const std::filesystem::path& folder) {
       Connection({.file = folder / "search.db"}).execute("PRAGMA user_version = 99");
     }},
    {"ItIsAnotherFolders",
     [](const std::filesystem::path& folder) {
       Connection({.file = folder / "search.db"}).execute("UPDATE team SET at = at + 1; DELETE FROM entry");
     }},
    {"ItIsAheadOfContactsThatWereRestored",
     [](const std::filesystem::path& folder) {
       Connection({.file = folder / "search.db"}).execute("UPDATE team SET seq = seq + 5; DELETE FROM entry");
     }},
};

class DamagedSearchIndex : public SearchIndex, public testing::WithParamInterface<Mishap> {
 protected:
  void befall() {
    have_contacts();
    index_all();
    world_.close();
    GetParam().befall(folder());
    world_.reopen();
  }
};

TEST_P(DamagedSearchIndex, DoesNotChangeAnswers) {
  befall();
  expect_exact_answers();
}

TEST_P(DamagedSearchIndex, IsMadeAnew) {
  befall();
  EXPECT_EQ(index_all(), 4);
  world_.reopen();
  expect_exact_answers();
  EXPECT_EQ(world_.findings(), std::vector<std::string>{});
  forget(1);
  EXPECT_EQ(found({.filter = TextFilter("lovelace")}), Ids{}) << "It is not in use.";
}

INSTANTIATE_TEST_SUITE_P(Mishaps, DamagedSearchIndex, testing::ValuesIn(kMishaps),
                         [](const auto& mishap) { return mishap.param.name; });

TEST_F(SearchIndex, WhosePagesAreGarbageIsNotUsedAndGivenUp) {
  have_contacts();
  index_all();
  world_.close();
  overwrite(index_file(), 4096, size_of(index_file()), '\xff');
  world_.reopen();
  expect_exact_answers();
  EXPECT_THAT(world_.findings(), testing::SizeIs(testing::Le(1)));
}

TEST_F(SearchIndex, IsSeenToBeDamagedByCheckWhateverTheDiskChangedInIt) {
  have_contacts();
  index_all();
  world_.close();
  std::string sound;
  {
    std::ifstream in(index_file(), std::ios::binary);
    sound.assign(std::istreambuf_iterator<char>(in), {});
  }
  // Behind the header, in which a change may make it an index of another format, which is made anew.
  for (std::size_t at = 100; at < sound.size(); at += 997) {
    std::string damaged = sound;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    std::ofstream(index_file(), std::ios::binary) << damaged;
    EXPECT_THAT(store::check_sqlite({.folder = folder()}, {}).index_findings, testing::SizeIs(1)) << "byte " << at;
  }
  std::ofstream(index_file(), std::ios::binary) << sound;
  world_.reopen();
  EXPECT_THAT(world_.findings(), testing::IsEmpty());
}

/// The disk changes a byte of it, behind the backs of those who have it open too.
void change_a_byte(const std::filesystem::path& file, std::int64_t at) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(at);
  const int byte = stream.get();
  stream.seekp(at);
  stream.put(static_cast<char>(byte ^ 1));
}

/// An index whose writer is at work, and has made some commits.
class SearchIndexAtWork : public SearchIndex {
 protected:
  SearchIndexAtWork() { have_contacts(); }

  /// Gives back where in the log the commit begins.
  std::int64_t commit(SearchWriter& writer) {
    const std::int64_t begin = size_of(log());
    world_.update(core::ContactId(1), {.first = "Augusta " + std::to_string(begin)});
    while (writer.step()) {
    }
    return begin;
  }

  void expect_damage(const std::function<void()>& act) {
    try {
      act();
      ADD_FAILURE() << "nothing was noticed";
    } catch (const store::sqlite::SqliteError& error) {
      EXPECT_TRUE(search_file_->is_damaged(error)) << error.what();
    }
  }

  std::filesystem::path log() { return folder() / "search.db-wal"; }
};

TEST_F(SearchIndexAtWork, IsMadeAnewWhenTheDiskChangedTheLogThatAKillLeft) {
  const TempFolder left;
  std::int64_t second = 0;
  {
    const auto writer = open_index();
    commit(*writer);
    second = commit(*writer);
    commit(*writer);
    for (const char* file : {"search.db", "search.db-wal"})
      std::filesystem::copy_file(folder() / file, left.path() / file);
  }
  const auto take_what_is_left = [&] {
    for (const char* file : {"search.db", "search.db-wal"})
      std::filesystem::copy_file(left.path() / file, folder() / file,
                                 std::filesystem::copy_options::overwrite_existing);
  };
  const auto findings_of_check = [&] { return store::check_sqlite({.folder = folder()}, {}).index_findings; };
  world_.close();
  take_what_is_left();
  EXPECT_THAT(findings_of_check(), testing::IsEmpty());
  EXPECT_EQ(index_all(), 0);

  change_a_byte(left.path() / "search.db-wal", second + 100);
  take_what_is_left();
  EXPECT_THAT(findings_of_check(), testing::ElementsAre(testing::HasSubstr("search.db-wal is not what was written")));
  EXPECT_EQ(index_all(), 4);
  world_.reopen();
  expect_exact_answers();
  EXPECT_THAT(world_.findings(), testing::IsEmpty());
}

TEST_F(SearchIndexAtWork, IsNotCopiedFromALogThatTheDiskHasChanged) {
  const auto writer = open_index(10);
  change_a_byte(log(), commit(*writer) + 100);
  expect_damage([&] {
    for (int i = 0; i < 10; ++i) commit(*writer);
  });
}

TEST_F(SearchIndexAtWork, IsNotCopiedFromSuchALogInTheEndEither) {
  auto writer = open_index();
  change_a_byte(log(), commit(*writer) + 100);
  const std::int64_t bytes = size_of(index_file());
  expect_damage([&] { writer->finish(); });
  writer.reset();
  EXPECT_EQ(size_of(index_file()), bytes);
  EXPECT_GT(size_of(log()), 0);
}

TEST_F(SearchIndexAtWork, KeepsNoLogThatItHasInItAlready) {
  const auto writer = open_index(1);
  commit(*writer);
  EXPECT_EQ(size_of(log()), 0);
}

TEST_F(SearchIndexAtWork, IsSeenByCheckToHaveALogThatTheDiskHasChanged) {
  const auto writer = open_index();
  const std::int64_t at = commit(*writer);
  EXPECT_THAT(world_.findings(), testing::IsEmpty());
  change_a_byte(log(), at + 100);
  EXPECT_THAT(world_.findings(), testing::ElementsAre(testing::HasSubstr("not what was written to search.db")));
}

TEST_F(SearchIndexAtWork, LeavesNothingInItsLogInTheEnd) {
  auto writer = open_index();
  commit(*writer);
  writer->finish();
  EXPECT_EQ(size_of(log()), 0);
  writer.reset();
  EXPECT_FALSE(std::filesystem::exists(log()));
}

TEST_F(SearchIndex, OfContactsThatWereRestoredAndWentAnotherWayIsMadeAnew) {
  have_contacts();
  world_.close();
  const auto backup = folder() / "backup";
  std::filesystem::copy_file(folder() / "cardfile.db", backup);
  world_.reopen();
  world_.update(core::ContactId(1), {.first = "Augusta"});
  EXPECT_EQ(index_all(), 4);
  world_.close();
  std::filesystem::rename(backup, folder() / "cardfile.db");
  world_.clock().move(std::chrono::seconds(1));
  world_.reopen();
  world_.update(core::ContactId(2), {.first = "Rear Admiral"});
  world_.update(core::ContactId(2), {.last = "Lovelace"});
  expect_exact_answers();
  EXPECT_EQ(index_all(), 4);
  expect_exact_answers();
  EXPECT_EQ(world_.findings(), std::vector<std::string>{});
}

class SearchIndexInTheBackground : public testing::Test {
 protected:
  SearchIndexInTheBackground() {
    world_.has_contact({.phone = "13125550142", .first = "Ada"});
    world_.has_contact({.phone = "13125550143", .first = "Grace"});
  }

  void wait_until_indexed() {
    const auto indexed = [this] {
      if (!std::filesystem::exists(file_)) return std::int64_t{0};
      try {
        return Connection({.file = file_}).integer("SELECT count(*) FROM entry WHERE first IN ('ada', 'grace')");
      } catch (const store::sqlite::SqliteError&) {
        return std::int64_t{0};  // It is being made.
      }
    };
    while (indexed() < 2) std::this_thread::yield();
  }

  std::vector<std::string> told_;  // On the indexer's thread, which ends with the store.
  World world_{Engine::sqlite, {.on_indexing = [this](const std::string& what) { told_.push_back(what); }}};
  const std::filesystem::path file_ = world_.options().folder / "search.db";
};

TEST_F(SearchIndexInTheBackground, FollowsWhatIsCommitted) {
  wait_until_indexed();
  EXPECT_EQ(ids_of(world_.store().contacts(kTeam, {.filter = TextFilter("race")})), Ids{2});
  EXPECT_EQ(world_.findings(), std::vector<std::string>{});
}

TEST_F(SearchIndexInTheBackground, IsGivenUpWhenAStopFindsItsLogChangedByTheDisk) {
  wait_until_indexed();
  change_a_byte(file_.native() + "-wal", 100);
  world_.close();
  EXPECT_THAT(told_, testing::ElementsAre(testing::HasSubstr("searching goes through all contacts")));
  EXPECT_FALSE(std::filesystem::exists(file_));
  world_.reopen();
  wait_until_indexed();
  EXPECT_EQ(world_.findings(), std::vector<std::string>{});
}

}  // namespace
}  // namespace cardfile::test
