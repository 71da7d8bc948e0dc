#include "core/query.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/fake_team.h"

namespace cardfile::core {
namespace {

Contact contact(std::int64_t id, std::string first, std::string last = {}) {
  Contact contact;
  contact.id = ContactId(id);
  contact.display_name = derived_display_name(first, last);
  contact.first = std::move(first);
  contact.last = std::move(last);
  return contact;
}

Contact updated_at(std::string_view time) {
  Contact contact;
  contact.updated = at(time);
  return contact;
}

Contact reached_at(std::string type, std::string value) {
  Contact contact;
  contact.channels = {{.id = ChannelId(1), .type = std::move(type), .value = std::move(value)}};
  return contact;
}

bool finds(std::string_view text, const Contact& contact) { return TextFilter(text).finds(contact); }

std::vector<std::int64_t> ids_in_order(const ContactQuery& query, std::vector<Contact> contacts) {
  std::sort(contacts.begin(), contacts.end(),
            [&](const Contact& left, const Contact& right) { return comes_before(query, left, right); });
  std::vector<std::int64_t> ids;
  for (const Contact& each : contacts) ids.push_back(each.id.value());
  return ids;
}

using Ids = std::vector<std::int64_t>;

TEST(ContactQuery, GoesOnToTheEndOfTheUnitThatItsDateWasCutTo) {
  const auto end_after = [](std::string_view date) { return end_of_cut_date({.date = at(date)}); };
  EXPECT_EQ(end_after("2026-03-02T12:00:00Z"), at("2026-03-02T12:00:01Z"));
  EXPECT_EQ(end_after("2026-03-02T12:00:00.120Z"), at("2026-03-02T12:00:00.121Z"));
  EXPECT_EQ(end_after("1969-12-31T23:59:59.999Z"), at("1970-01-01T00:00:00Z"));
  EXPECT_EQ(end_after("2026-03-02T12:00:00.120001Z"), std::nullopt);
  const auto noon = at("2026-03-02T12:00:00Z");
  EXPECT_EQ(end_of_cut_date({}), std::nullopt);
  EXPECT_EQ(end_of_cut_date({.direction = Direction::descending, .date = noon}), std::nullopt);
  EXPECT_EQ(end_of_cut_date({.order = ContactOrder::id, .date = noon}), std::nullopt);
  EXPECT_EQ(end_of_cut_date({.date = noon, .offset = 30}), std::nullopt);
}

TEST(ContactQuery, WithoutConditionsLeavesEverybodyIn) { EXPECT_TRUE(matches({}, contact(1, "Ada"))); }

TEST(ContactQuery, BoundsAreExclusiveAndFollowTheDirection) {
  const auto noon = at("2026-03-02T12:00:00Z");
  const ContactQuery after{.direction = Direction::ascending, .date = noon};
  const ContactQuery before{.direction = Direction::descending, .date = noon};
  const Contact earlier = updated_at("2026-03-02T11:59:59.999999Z");
  const Contact same = updated_at("2026-03-02T12:00:00Z");
  const Contact later = updated_at("2026-03-02T12:00:00.000001Z");
  EXPECT_FALSE(matches(after, earlier));
  EXPECT_FALSE(matches(after, same));
  EXPECT_TRUE(matches(after, later));
  EXPECT_TRUE(matches(before, earlier));
  EXPECT_FALSE(matches(before, same));
  EXPECT_FALSE(matches(before, later));
}

TEST(ContactQuery, LeavesInTheContactsOfOneUser) {
  Contact ada = contact(1, "Ada");
  EXPECT_FALSE(matches({.assigned = kOwner}, ada));
  ada.assigned = kOwner;
  EXPECT_TRUE(matches({.assigned = kOwner}, ada));
}

TEST(ContactQuery, LeavesInTheContactWithAnId) {
  EXPECT_TRUE(matches({.id = ContactId(1)}, contact(1, "Ada")));
  EXPECT_FALSE(matches({.id = ContactId(1)}, contact(2, "Ada")));
}

TEST(ContactQuery, LeavesNobodyInBelowAParentSinceNobodyHasOne) {
  EXPECT_FALSE(matches({.parent = ContactId(1)}, contact(1, "Ada")));
}

TEST(ContactQuery, NeedsAllItsConditions) {
  const Contact ada = contact(1, "Ada");
  EXPECT_TRUE(matches({.id = ContactId(1), .filter = TextFilter("ada")}, ada));
  EXPECT_FALSE(matches({.id = ContactId(1), .filter = TextFilter("bob")}, ada));
  EXPECT_FALSE(matches({.id = ContactId(2), .filter = TextFilter("ada")}, ada));
}

TEST(TextFilter, FindsPartsOfNamesInEitherCase) {
  const Contact ada = contact(1, "Ada", "Lovelace");
  for (const char* text : {"ada", "DA", "love", "a l", " Ada Lovelace "}) EXPECT_TRUE(finds(text, ada)) << text;
  EXPECT_FALSE(finds("grace", ada));
}

TEST(TextFilter, FindsAChosenDisplayName) {
  Contact ada = contact(1, "Ada");
  ada.display_name = "Countess";
  EXPECT_TRUE(finds("count", ada));
}

TEST(TextFilter, FindsPartsOfEmailsAndPhonesHoweverThePhoneIsWritten) {
  EXPECT_TRUE(finds("@example", reached_at("email", "Ada@Example.org")));
  EXPECT_TRUE(finds("5550142", reached_at("phone", "13125550142")));
  EXPECT_TRUE(finds("+1 (312) 555-0142", reached_at("phone", "13125550142")));
  EXPECT_FALSE(finds("555-0143", reached_at("phone", "13125550142")));
}

TEST(TextFilter, TakesLettersOutsideAsciiAsTheyAre) {
  EXPECT_TRUE(finds("zo\xc3\xab", contact(1, "Zo\xc3\xab")));
  EXPECT_FALSE(finds("zo\xc3\x8b", contact(1, "Zo\xc3\xab")));
}

TEST(ContactOrder, IsReadFromItsWord) {
  EXPECT_EQ(parse_contact_order("display_name"), ContactOrder::display_name);
  EXPECT_EQ(parse_contact_order("updated"), ContactOrder::updated);
  EXPECT_EQ(parse_contact_order("phone"), std::nullopt);
}

TEST(ContactOrder, PutsNamesInOrderWithoutRegardToCase) {
  const std::vector<Contact> contacts = {contact(1, "bob", "Y"), contact(2, "Ada", "Z"), contact(3, "", "x"),
                                         contact(4, "Carl", "")};
  EXPECT_EQ(ids_in_order({.order = ContactOrder::first}, contacts), (Ids{3, 2, 1, 4}));
  EXPECT_EQ(ids_in_order({.order = ContactOrder::last}, contacts), (Ids{4, 3, 1, 2}));
  EXPECT_EQ(ids_in_order({.order = ContactOrder::display_name}, contacts), (Ids{2, 1, 4, 3}));
  EXPECT_EQ(ids_in_order({.order = ContactOrder::first, .direction = Direction::descending}, contacts),
            (Ids{4, 1, 2, 3}));
}

TEST(ContactOrder, PutsEqualNamesInTheOrderOfTheirIds) {
  const std::vector<Contact> contacts = {contact(2, "ada"), contact(1, "Ada"), contact(3, "ADA")};
  EXPECT_EQ(ids_in_order({.order = ContactOrder::first}, contacts), (Ids{1, 2, 3}));
  EXPECT_EQ(ids_in_order({.order = ContactOrder::first, .direction = Direction::descending}, contacts), (Ids{3, 2, 1}));
}

TEST(ContactOrder, GoesByTimesAndByIds) {
  Contact old = contact(2, "");
  old.created = at("2026-01-01T00:00:00Z");
  old.updated = at("2026-03-01T00:00:00Z");
  Contact young = contact(1, "");
  young.created = young.updated = at("2026-02-01T00:00:00Z");
  EXPECT_EQ(ids_in_order({}, {old, young}), (Ids{1, 2}));
  EXPECT_EQ(ids_in_order({.order = ContactOrder::created}, {old, young}), (Ids{2, 1}));
  EXPECT_EQ(ids_in_order({.order = ContactOrder::id}, {old, young}), (Ids{1, 2}));
}

}  // namespace
}  // namespace cardfile::core
