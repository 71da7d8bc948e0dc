#include "core/contact.h"

#include <gtest/gtest.h>

#include "core/print.h"

namespace cardfile::core {
namespace {

Channel channel(std::string type, std::string value) {
  Channel channel;
  channel.type = std::move(type);
  channel.value = std::move(value);
  return channel;
}

TEST(Contact, ShowsTheFirstChannelOfATypeAsItsPlainField) {
  Contact ada;
  EXPECT_EQ(ada.phone(), "");
  EXPECT_EQ(ada.email(), "");
  ada.channels = {channel("facebook", "ada"), channel("phone", "13125550142"), channel("email", "Ada@example.org"),
                  channel("phone", "13125550143"), channel("email", "b@example.org")};
  EXPECT_EQ(ada.phone(), "13125550142");
  EXPECT_EQ(ada.email(), "Ada@example.org");
}

TEST(Contact, IsNamedAfterItsFirstAndLastName) {
  EXPECT_EQ(derived_display_name("Ada", "Lovelace"), "Ada Lovelace");
  EXPECT_EQ(derived_display_name("Ada", ""), "Ada");
  EXPECT_EQ(derived_display_name("", "Lovelace"), "Lovelace");
  EXPECT_EQ(derived_display_name("", ""), "");
}

TEST(Contact, TellsItsLastOperation) {
  Contact ada;
  ada.rev = 1;
  EXPECT_EQ(last_operation(ada), "create");
  ada.rev = 2;
  EXPECT_EQ(last_operation(ada), "update");
}

TEST(Consent, IsOptedOutByEitherOrigin) {
  EXPECT_FALSE(Consent{}.opted_out());
  EXPECT_TRUE((Consent{.unsubscribed_admin = true}).opted_out());
  EXPECT_TRUE((Consent{.unsubscribed_contact = true}).opted_out());
  EXPECT_FALSE((Consent{.blocked = true}).opted_out());  // A block is no opt-out.
}

TEST(Channel, OfAnEmailIsFoundWithoutRegardToCase) {
  EXPECT_EQ(channel("email", "Ada@Example.org").address(), (Address{"email", "ada@example.org"}));
  EXPECT_EQ(channel("phone", "13125550142").address(), (Address{"phone", "13125550142"}));
}

}  // namespace
}  // namespace cardfile::core
