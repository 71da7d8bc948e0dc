#pragma once
// Address: what a contact is reached at, in the one form in which two of them compare equal.

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace cardfile::core {

inline constexpr std::string_view kPhone = "phone";
inline constexpr std::string_view kEmail = "email";

/// The digits of an E.164 number without the "+" (contract, 1.9): 7 to 15 digits, no leading zero. A leading "+" and
/// blanks, dashes, dots and parentheses anywhere are dropped. None when what remains is no such number. No country
/// code is added.
std::optional<std::string> normalise_phone(std::string_view text);

/// The address without surrounding blanks. None unless it has exactly one "@" with something on both sides and no
/// blank or control character (contract, 2.2). Case is kept: people wrote it that way.
std::optional<std::string> normalise_email(std::string_view text);

/// The unique key of a channel within a team (contract, 2.6): phones by digits, e-mails in lower case, other kinds as
/// they are.
struct Address {
  std::string type;  // "phone", "email", "facebook", …
  std::string value;

  friend auto operator<=>(const Address&, const Address&) = default;
};

/// `value` is a channel's value as it is stored.
Address address_of(std::string_view type, std::string_view value);

}  // namespace cardfile::core
