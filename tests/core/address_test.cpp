#include "core/address.h"

#include <gtest/gtest.h>

#include "core/print.h"

namespace cardfile::core {
namespace {

using Normal = std::optional<std::string>;

TEST(Phones, AreReducedToTheirDigits) {
  struct Case {
    std::string_view text;
    Normal digits;
  };
  const Case cases[] = {
      {"13125550142", "13125550142"},
      {"+13125550142", "13125550142"},
      {"+1 (312) 555-0142", "13125550142"},
      {"1.312.555.0142", "13125550142"},
      {" +1 312 555 0142\t", "13125550142"},
      {"+ 1 312 555 0142", "13125550142"},
      {"(+1) 312-555-0142", "13125550142"},
      {"+(+1)3125550142", {}},
      {"3125550142", "3125550142"},  // No country code is added.
      {"1234567", "1234567"},
      {"123456", {}},
      {"123456789012345", "123456789012345"},
      {"1-2-3-4-5-6-7-8-9-0-1-2-3-4-5", "123456789012345"},
      {"1234567890123456", {}},
      {"03125550142", {}},
      {"+03125550142", {}},
      {"(0)3125550142", {}},
      {"++13125550142", {}},
      {"1+3125550142", {}},
      {"13125550142x9", {}},
      {"1312555O142", {}},
      {"1\t3125550142", {}},
      {"1/3125550142", {}},
      {"oops", {}},
      {"()-. ", {}},
      {"+", {}},
      {" ", {}},
      {"", {}},
      {"\xd9\xa1\xd9\xa2\xd9\xa3\xd9\xa4\xd9\xa5\xd9\xa6\xd9\xa7", {}},  // Arabic-Indic digits.
      {std::string_view("13125550142\0", 12), {}},
  };
  for (const auto& [text, digits] : cases) EXPECT_EQ(normalise_phone(text), digits) << '"' << text << '"';
}

TEST(Emails, KeepTheirCaseAndLoseTheBlanksAround) {
  struct Case {
    std::string_view text;
    Normal address;
  };
  const Case cases[] = {
      {"ada@example.org", "ada@example.org"},
      {" Ada.Lovelace+news@Example.org\n", "Ada.Lovelace+news@Example.org"},
      {"a@b", "a@b"},
      {"zoë@exämple.org", "zoë@exämple.org"},
      {"ada@exam\u200bple.org", {}},
      {"ada\u00a0b@example.org", {}},
      {"ada@example.org\u3000", {}},
      {"ada\ufeff@example.org", {}},
      {"ad\u2003a@example.org", {}},
      {"ad\u202fa@example.org", {}},
      {"ad\u2028a@example.org", {}},
      {"ada", {}},
      {"@", {}},
      {"@example.org", {}},
      {"ada@", {}},
      {" @example.org", {}},
      {"ada@ ", {}},
      {"ada@example@org", {}},
      {"ada@@example.org", {}},
      {"ada lovelace@example.org", {}},
      {"ada@example.org bob@example.org", {}},
      {"ada@exam\tple.org", {}},
      {"ada@exam\x7fple.org", {}},
      {std::string_view("ada@exam\0ple.org", 16), {}},
      {" ", {}},
      {"", {}},
  };
  for (const auto& [text, address] : cases) EXPECT_EQ(normalise_email(text), address) << '"' << text << '"';
}

TEST(Addresses, OfEmailsCompareWithoutRegardToCase) {
  EXPECT_EQ(address_of("email", "Ada@Example.org"), address_of("email", "ada@example.ORG"));
  EXPECT_EQ(address_of("email", "Ada@Example.org").value, "ada@example.org");
}

TEST(Addresses, OfOtherKindsCompareAsTheyAre) {
  EXPECT_NE(address_of("facebook", "Ada"), address_of("facebook", "ada"));
  EXPECT_NE(address_of("facebook", "13125550142"), address_of("phone", "13125550142"));
  EXPECT_EQ(address_of("phone", "13125550142"), (Address{"phone", "13125550142"}));
}

}  // namespace
}  // namespace cardfile::core
