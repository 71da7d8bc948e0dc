// Lists: who is in them, who comes with them, and who leaves.

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/fake_team.h"

namespace cardfile::core {
namespace {

using Problems = std::vector<FieldError>;
using Changes = std::vector<FieldChange>;
using Numbers = std::vector<std::int64_t>;

CreateContact by_phone(const std::string& phone, const std::string& first = {}) {
  static std::uint8_t made = 0;
  CreateContact create{.uuid = uuid(++made), .patch = {.phone = phone}, .on_duplicate = OnDuplicate::keep};
  if (!first.empty()) create.patch.first = first;
  return create;
}

CreateContact by_email(const std::string& email) {
  static std::uint8_t made = 50;
  return {.uuid = uuid(++made), .patch = {.email = email}, .on_duplicate = OnDuplicate::keep};
}

Numbers members(const FakeTeam& team, ListId list) {
  Numbers numbers;
  for (const ContactId contact : team.members(list)) numbers.push_back(contact.value());
  return numbers;
}

/// A team with contacts 1 to 4 at 13125550101 to 13125550104.
class TeamWithLists : public testing::Test {
 protected:
  TeamWithLists() {
    for (int i = 1; i <= 4; ++i) {
      team.does(CreateContact{.uuid = uuid(static_cast<std::uint8_t>(220 + i)),
                              .patch = {.phone = "1312555010" + std::to_string(i)}});
    }
  }

  List has_list(const std::string& title, std::vector<ContactId> contacts) {
    return team.does(CreateList{.title = title, .contacts = {.ids = std::move(contacts)}});
  }

  FakeTeam team;
};

TEST_F(TeamWithLists, ThoseWithoutAPhoneStayWhereTheOthersAreReplacedForVersionOne) {
  const Contact by_mail = team.does(CreateContact{.uuid = uuid(5), .patch = {.email = "a@b.c"}});
  const Contact leaves = team.does(CreateContact{.uuid = uuid(6), .patch = {.email = "d@e.f"}});
  const List list = has_list("Sale", {ContactId(1), ContactId(2), by_mail.id, leaves.id});
  team.does(UpdateList{
      .id = list.id,
      .replacement = ListReplacement{.contacts = {.addresses = {by_phone("13125550102")}}, .keeps_without_phone = true},
      .remove = {leaves.id}});
  EXPECT_EQ(members(team, list.id), (Numbers{2, by_mail.id.value()}));
  team.does(UpdateList{.id = list.id, .replacement = ListReplacement{}});
  EXPECT_EQ(members(team, list.id), Numbers{});
}

TEST_F(TeamWithLists, ACreateStoresTheListWithOneEntry) {
  const auto entries = team.log().size();
  const List list = team.does(CreateList{.uuid = uuid(9),
                                         .title = " Spring sale ",
                                         .local_id = "crm-1",
                                         .contacts = {.ids = {ContactId(2), ContactId(1), ContactId(2)}}});
  EXPECT_EQ(list.id, ListId(1));
  EXPECT_EQ(list.name, "Spring sale");
  EXPECT_EQ(list.creator, kOwner);
  EXPECT_EQ(list.size, 2);
  EXPECT_EQ(list.rev, 1);
  EXPECT_EQ(list.created, list.updated);
  EXPECT_EQ(team.directory()->lists.at(list.id), list);
  EXPECT_EQ(members(team, list.id), (Numbers{1, 2}));
  ASSERT_EQ(team.log().size(), entries + 1);
  EXPECT_EQ(team.last_entry().subject, Subject::list);
  EXPECT_EQ(team.last_entry().operation, Operation::create);
  EXPECT_EQ(team.last_entry().changes, (Changes{{"uuid", {}, uuid(9).to_string()},
                                                {"name", {}, "Spring sale"},
                                                {"local_id", {}, "crm-1"},
                                                {"added_contacts", {}, Numbers{1, 2}}}));
}

TEST_F(TeamWithLists, ACreateMakesContactsOutOfUnknownAddressesEachWithItsEntry) {
  const auto entries = team.log().size();
  const List list = team.does(CreateList{
      .title = "Sale",
      .contacts = {.ids = {ContactId(1)},
                   .addresses = {by_phone("13125550102", "Renamed?"), by_phone("13125550199", "Nina"),
                                 by_email("new@example.org"), by_phone("13125550199"), by_email("NEW@example.org")}}});
  EXPECT_EQ(members(team, list.id), (Numbers{1, 2, 5, 6}));
  EXPECT_EQ(team.stored(ContactId(2)).first, "") << "a contact that is there already stays as it is";
  EXPECT_EQ(team.stored(ContactId(2)).rev, 1);
  EXPECT_EQ(team.stored(ContactId(5)).phone(), "13125550199");
  EXPECT_EQ(team.stored(ContactId(5)).display_name, "Nina");
  EXPECT_EQ(team.stored(ContactId(5)).creator, kOwner);
  EXPECT_EQ(team.stored(ContactId(6)).email(), "new@example.org");
  ASSERT_EQ(team.log().size(), entries + 3);
  EXPECT_EQ(team.log()[entries].subject, Subject::contact);
  EXPECT_EQ(team.log()[entries + 1].subject, Subject::contact);
  EXPECT_EQ(team.last_entry().subject, Subject::list);
}

TEST_F(TeamWithLists, ARepeatedLocalIdGivesTheListThatHasItAndChangesNothing) {
  const List list = team.does(CreateList{.title = "Sale", .local_id = "crm-1"});
  const auto entries = team.log().size();
  const List again =
      team.does(CreateList{.title = "Other",
                           .local_id = "crm-1",
                           .contacts = {.ids = {ContactId(99)}, .addresses = {by_phone("13125550199")}}});
  EXPECT_EQ(again, list);
  EXPECT_EQ(team.log().size(), entries);
  EXPECT_EQ(team.contacts(), 4U);
  EXPECT_NE(team.does(CreateList{.title = "Sale", .local_id = "crm-2"}).id, list.id);
  EXPECT_NE(team.does(CreateList{.title = "Sale"}).id, team.does(CreateList{.title = "Sale"}).id);
}

TEST_F(TeamWithLists, ACreateNamesEverythingThatIsWrongAtOnceAndMakesNobody) {
  const Error error = team.refuses(
      CreateList{.title = " ",
                 .local_id = std::string(256, 'x'),
                 .contacts = {.ids = {ContactId(1), ContactId(77)}, .addresses = {by_phone("13125550199")}},
                 .problems = {{"emails[0]", "is odd"}}});
  EXPECT_EQ(error.code(), ErrorCode::bad_data);
  EXPECT_EQ(error.errors(), (Problems{{"emails[0]", "is odd"},
                                      {"title", "must be 1 to 255 characters in one line"},
                                      {"local_id", "must be 1 to 255 characters in one line"},
                                      {"contacts[1]", "must be a contact of the team: 77 is not one"}}));
  EXPECT_EQ(team.contacts(), 4U);
  EXPECT_TRUE(team.directory()->lists.empty());
}

TEST_F(TeamWithLists, AContactIsInTwoHundredListsAtMost) {
  for (std::size_t i = 0; i < kListsPerContactMax; ++i) has_list("Sale", {ContactId(1)});
  const List other = has_list("Other", {ContactId(2)});
  const auto entries = team.log().size();
  const Problems problems = {{"contacts", "a contact is in at most 200 lists: 1 is in as many already"}};
  EXPECT_EQ(team.refuses(CreateList{.title = "More", .contacts = {.ids = {ContactId(1), ContactId(2)}}}).errors(),
            problems);
  EXPECT_EQ(team.refuses(UpdateList{.id = other.id, .add = {.addresses = {by_phone("13125550101")}}}).errors(),
            problems);
  EXPECT_EQ(team.log().size(), entries);
  team.does(UpdateList{.id = ListId(1), .title = "Renamed", .add = {.ids = {ContactId(1)}}});
  team.does(UpdateList{.id = ListId(1), .remove = {ContactId(1)}});
  team.does(UpdateList{.id = other.id, .add = {.ids = {ContactId(1)}}});
}

TEST_F(TeamWithLists, ACommandOfAListWeighsAsMuchAsItNames) {
  const auto weight_of = [](Action action) {
    return weight(Command{.team = kTeam, .actor = {}, .request_id = {}, .action = std::move(action)});
  };
  EXPECT_EQ(weight_of(CreateContact{}), 1U);
  EXPECT_EQ(weight_of(CreateList{.title = "Sale"}), 1U);
  EXPECT_EQ(
      weight_of(CreateList{.contacts = {.ids = {ContactId(1), ContactId(2)}, .addresses = {by_phone("13125550199")}}}),
      4U);
  EXPECT_EQ(weight_of(UpdateList{.replacement = ListReplacement{.contacts = {.ids = {ContactId(1)}, .addresses = {}}},
                                 .add = {.addresses = {by_phone("13125550199")}},
                                 .remove = {ContactId(2), ContactId(3)},
                                 .remove_addresses = {{"phone", "13125550104"}}}),
            6U);
}

TEST_F(TeamWithLists, AnUpdateAddsAndRemovesAndTellsTheLogWhoCameAndWhoLeft) {
  const List list = has_list("Sale", {ContactId(1), ContactId(2)});
  const List after = team.does(UpdateList{.id = list.id,
                                          .add = {.ids = {ContactId(2), ContactId(3)}},
                                          .remove = {ContactId(1), ContactId(4), ContactId(77)},
                                          .remove_addresses = {{"phone", "13125550999"}}});
  EXPECT_EQ(members(team, list.id), (Numbers{2, 3}));
  EXPECT_EQ(after.size, 2);
  EXPECT_EQ(after.rev, 2);
  EXPECT_EQ(after.created, list.created);
  EXPECT_GT(after.updated, list.updated);
  EXPECT_EQ(team.last_entry().changes,
            (Changes{{"removed_contacts", Numbers{1}, {}}, {"added_contacts", {}, Numbers{3}}}));
}

TEST_F(TeamWithLists, AnUpdateOfTheTitleLeavesTheContactsAlone) {
  const List list = has_list("Sale", {ContactId(1)});
  const List after = team.does(UpdateList{.id = list.id, .title = "Winter"});
  EXPECT_EQ(after.name, "Winter");
  EXPECT_EQ(members(team, list.id), (Numbers{1}));
  EXPECT_EQ(team.last_entry().changes, (Changes{{"name", "Sale", "Winter"}}));
}

TEST_F(TeamWithLists, AnUpdateThatGivesContactsReplacesThoseThatWereThere) {
  const List list = has_list("Sale", {ContactId(1), ContactId(2)});
  const List after = team.does(
      UpdateList{.id = list.id,
                 .replacement = ListReplacement{.contacts = {.ids = {ContactId(2), ContactId(3)}, .addresses = {}}},
                 .add = {.addresses = {by_phone("13125550104")}},
                 .remove_addresses = {{"phone", "13125550103"}}});
  EXPECT_EQ(members(team, list.id), (Numbers{2, 4}));
  EXPECT_EQ(after.size, 2);
  EXPECT_EQ(team.does(UpdateList{.id = list.id, .replacement = ListReplacement{}}).size, 0);
  EXPECT_EQ(members(team, list.id), Numbers{});
}

TEST_F(TeamWithLists, AnUpdateThatNamesAnUnknownPhoneTwiceMakesOneContact) {
  const List list = has_list("Sale", {});
  team.does(UpdateList{.id = list.id,
                       .replacement = ListReplacement{.contacts = {.ids = {}, .addresses = {by_phone("13125550199")}}},
                       .add = {.addresses = {by_phone("13125550199")}}});
  EXPECT_EQ(team.contacts(), 5U);
  EXPECT_EQ(members(team, list.id), (Numbers{5}));
}

TEST_F(TeamWithLists, AnUpdateThatAddsAndRemovesTheSameContactRemovesItAndMakesNobody) {
  const List list = has_list("Sale", {ContactId(1)});
  team.does(UpdateList{.id = list.id,
                       .add = {.ids = {ContactId(1), ContactId(2)}, .addresses = {by_phone("13125550199")}},
                       .remove = {ContactId(1), ContactId(2)},
                       .remove_addresses = {{"phone", "13125550199"}}});
  EXPECT_EQ(members(team, list.id), Numbers{});
  EXPECT_EQ(team.contacts(), 4U);
}

TEST_F(TeamWithLists, AnUpdateRefusesUnknownListsAndContacts) {
  EXPECT_EQ(team.refuses(UpdateList{.id = ListId(7), .title = ""}).code(), ErrorCode::not_found);
  const List list = has_list("Sale", {ContactId(1)});
  const Error error = team.refuses(UpdateList{
      .id = list.id,
      .title = "",
      .replacement = ListReplacement{.contacts = {.ids = {ContactId(88)}, .addresses = {by_phone("13125550199")}}},
      .add = {.ids = {ContactId(2), ContactId(77)}}});
  EXPECT_EQ(error.errors(), (Problems{{"title", "must be 1 to 255 characters in one line"},
                                      {"contacts[0]", "must be a contact of the team: 88 is not one"},
                                      {"add_contacts[1]", "must be a contact of the team: 77 is not one"}}));
  EXPECT_EQ(team.directory()->lists.at(list.id), list);
  EXPECT_EQ(team.contacts(), 4U);
}

TEST_F(TeamWithLists, AListThatIsFullTakesNobodyElse) {
  Directory directory = usual_directory();
  const Timestamp made = at("2026-01-01T00:00:00Z");
  directory.lists[ListId(1)] = {ListId(1), uuid(9), "Full", "", kOwner, kListSize, 1, made, made};
  FakeTeam full(directory);
  const Error error = full.refuses(UpdateList{.id = ListId(1), .add = {.addresses = {by_phone("13125550199")}}});
  EXPECT_EQ(error.code(), ErrorCode::bad_data);
  EXPECT_EQ(error.errors(), (Problems{{"contacts", "a list has at most 10000 contacts: this one would have 10001"}}));
  EXPECT_EQ(full.contacts(), 0U);
}

TEST_F(TeamWithLists, AListThatIsFullNamesTheFieldThatAsksForMore) {
  Directory directory = usual_directory();
  const Timestamp made = at("2026-01-01T00:00:00Z");
  directory.lists[ListId(1)] = {ListId(1), uuid(9), "Full", "", kOwner, kListSize, 1, made, made};
  FakeTeam full(directory);
  const auto field = [&](const UpdateList& update) { return full.refuses(update).errors().front().field; };
  const ListContacts added{.addresses = {by_phone("13125550199")}, .field = "add_phones"};
  const ListReplacement members{.contacts = {.addresses = {by_phone("13125550198")}, .field = "members"},
                                .keeps_without_phone = true};
  EXPECT_EQ(field({.id = ListId(1), .add = added}), "add_phones");
  EXPECT_EQ(field({.id = ListId(1), .replacement = members}), "members");
  EXPECT_EQ(field({.id = ListId(1), .replacement = members, .add = added}), "add_phones");
}

TEST_F(TeamWithLists, ATeamHasAtMost10000) {
  Directory directory = usual_directory();
  const Timestamp made = at("2026-01-01T00:00:00Z");
  for (std::int64_t id = 2; id <= 10'000; ++id) {
    directory.lists[ListId(id)] = {ListId(id), uuid(9), "List", "", kOwner, 0, 1, made, made};
  }
  FakeTeam full(directory);
  full.does(CreateList{.uuid = uuid(1), .title = "The last", .local_id = "last"});
  const Error error = full.refuses(CreateList{.uuid = uuid(2), .title = "One more"});
  EXPECT_EQ(error.code(), ErrorCode::bad_data);
  EXPECT_EQ(error.errors(), (Problems{{"title", "a team has at most 10000 lists"}}));
  EXPECT_EQ(full.does(CreateList{.uuid = uuid(3), .title = "Again", .local_id = "last"}).name, "The last");
}

TEST_F(TeamWithLists, ADeleteKeepsTheContactsAndLogsWhoWasIn) {
  const List list = has_list("Sale", {ContactId(1), ContactId(2)});
  team.does(DeleteList{list.id});
  EXPECT_TRUE(team.directory()->lists.empty());
  EXPECT_EQ(team.contacts(), 4U);
  EXPECT_EQ(team.last_entry().operation, Operation::remove);
  EXPECT_EQ(team.last_entry().rev, 2);
  EXPECT_EQ(
      team.last_entry().changes,
      (Changes{{"uuid", list.uuid.to_string(), {}}, {"name", "Sale", {}}, {"removed_contacts", Numbers{1, 2}, {}}}));
  EXPECT_EQ(team.refuses(DeleteList{list.id}).code(), ErrorCode::not_found);
  EXPECT_EQ(has_list("Next", {}).id, ListId(2)) << "the id is not given again";
}

TEST_F(TeamWithLists, AContactThatIsDeletedLeavesItsListsEachWithAnEntry) {
  const List sale = has_list("Sale", {ContactId(1), ContactId(2)});
  const List news = has_list("News", {ContactId(2)});
  const List other = has_list("Other", {ContactId(3)});
  const auto entries = team.log().size();
  team.does(DeleteContact{.key = ContactId(2)});
  EXPECT_EQ(members(team, sale.id), (Numbers{1}));
  EXPECT_EQ(members(team, news.id), Numbers{});
  EXPECT_EQ(team.directory()->lists.at(sale.id).size, 1);
  EXPECT_EQ(team.directory()->lists.at(sale.id).rev, 2);
  EXPECT_EQ(team.directory()->lists.at(other.id), other);
  ASSERT_EQ(team.log().size(), entries + 3);
  EXPECT_EQ(team.log()[entries].changes, (Changes{{"removed_contacts", Numbers{2}, {}}}));
  EXPECT_EQ(team.last_entry().subject, Subject::contact);
}

TEST_F(TeamWithLists, AnUpdateOfAContactLeavesItsListsAsTheyAre) {
  const List list = has_list("Sale", {ContactId(1)});
  team.does(UpdateContact{.key = ContactId(1), .patch = {.phone = "13125550111"}});
  EXPECT_EQ(team.directory()->lists.at(list.id), list);
  EXPECT_EQ(members(team, list.id), (Numbers{1}));
}

}  // namespace
}  // namespace cardfile::core
