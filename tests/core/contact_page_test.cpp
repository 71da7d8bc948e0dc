// ContactPage: how much the contacts of an answer may hold.

#include "core/contact_page.h"

#include <string>

#include <gtest/gtest.h>

#include "core/error.h"

namespace cardfile::core {
namespace {

Contact contact_of(std::size_t bytes) {
  Contact contact;
  contact.custom.emplace(FieldId(1), std::string(bytes, 'x'));
  return contact;
}

TEST(ContactPage, TakesContactsUntilTheyHoldMoreThanIsAllowed) {
  ContactPage page(10'000);
  page.add(contact_of(4'000));
  page.add(contact_of(4'000));
  EXPECT_THROW(page.add(contact_of(4'000)), Error);
  EXPECT_EQ(page.take().size(), 2U);
}

TEST(ContactPage, EndsWhereMoreIsTooMuchAndThoseThatAreNeededAreThere) {
  ContactPage page(10'000, 2);
  page.add(contact_of(4'000));
  page.add(contact_of(4'000));
  EXPECT_FALSE(page.has_ended());
  page.add(contact_of(4'000));
  EXPECT_TRUE(page.has_ended());
  page.add(contact_of(1));
  EXPECT_EQ(page.count(), 2U) << "what follows the end is left out, however small it is";
  ContactPage too_large(10'000, 2);
  too_large.add(contact_of(9'000));
  EXPECT_THROW(too_large.add(contact_of(4'000)), Error);
}

TEST(ContactBytes, LeaveOutWhatWouldBeTooMuch) {
  ContactBytes bytes(10'000);
  bytes.add(contact_of(4'000));
  EXPECT_THROW(bytes.add(contact_of(9'000)), Error);
  EXPECT_NO_THROW(bytes.add(contact_of(4'000)));
  EXPECT_THROW(bytes.add(contact_of(4'000)), Error);
}

TEST(ContactPage, TakesASingleContactHoweverLargeItIs) {
  ContactPage page(10'000);
  page.add(contact_of(50'000));
  EXPECT_EQ(page.count(), 1U);
}

TEST(ContactPage, TellsHowMuchIsAllowed) {
  ContactPage page;
  page.add(contact_of(kPageBytesMax));
  try {
    page.add({});
    FAIL() << "it took more";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_data);
    EXPECT_EQ(error.message(),
              "the contacts of one answer may hold 32 MiB together, and these hold more: ask for fewer at once");
  }
}

}  // namespace
}  // namespace cardfile::core
