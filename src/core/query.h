#pragma once
// Query: which contacts of a team are asked for, and in what order (contract, 1.6 and 3.6).

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/contact.h"
#include "core/contact_page.h"
#include "core/ids.h"
#include "core/time.h"

namespace cardfile::core {

inline constexpr std::size_t kPageSize = 30;  // Where a request names no limit.
inline constexpr std::size_t kPageSizeMax = 1000;
inline constexpr std::size_t kLongPageMax = 8192;  // Of one that goes on to end_of_cut_date().
inline constexpr std::size_t kFilterMax = 1000;    // Characters of a text that is looked for.

enum class ContactOrder { updated, created, id, first, last, display_name };
std::optional<ContactOrder> parse_contact_order(std::string_view word);  // "display_name"

enum class Direction { ascending, descending };

/// The texts of a contact in which a TextFilter looks.
struct SearchedTexts {
  std::string_view first;
  std::string_view last;
  std::string_view display_name;
  std::string_view email;
  std::string_view phone;
};
/// Views into `contact`.
SearchedTexts searched_texts(const Contact& contact);

/// A text that is looked for in names, phone and e-mail, without regard to the case of ASCII letters.
class TextFilter {
 public:
  explicit TextFilter(std::string_view text);

  bool finds(const SearchedTexts& texts) const;
  bool finds(const Contact& contact) const { return finds(searched_texts(contact)); }

  /// In lower case, without surrounding blanks.
  const std::string& text() const { return text_; }
  /// The text as a part of a stored phone, without the punctuation in which people write one; empty when it is none.
  const std::string& phone_digits() const { return phone_digits_; }

  friend bool operator==(const TextFilter&, const TextFilter&) = default;

 private:
  std::string text_;
  std::string phone_digits_;
};

/// An absent member leaves everybody in.
struct ContactQuery {
  ContactOrder order = ContactOrder::updated;
  Direction direction = Direction::ascending;
  std::optional<Timestamp> date;  // Ascending: updated after it; descending: updated before it. Never at it.
  std::optional<UserId> assigned;
  std::optional<ContactId> id;
  std::optional<ContactId> parent;  // No contact has a parent, so that a given one leaves nobody in.
  std::optional<TextFilter> filter;
  std::size_t limit = kPageSize;
  std::size_t offset = 0;                 // How many of the first are left out.
  std::size_t bytes_max = kPageBytesMax;  // What those that are found may hold together (ContactPage).
  std::size_t needed = kAllNeeded;        // So many have to fit; after those the page ends where bytes_max does.

  friend bool operator==(const ContactQuery&, const ContactQuery&) = default;
};

/// Whether the query leaves `contact` in; limit and offset aside.
bool matches(const ContactQuery& query, const Contact& contact);

/// A client may cut the `updated` that it hands on as `date` to milliseconds, or to seconds (contract, 14.3): a page
/// that ends before the next one begins leads it to the same page again. Where the query's page goes on to, so that it
/// does not; nothing when its date is more exact, the order another one, or pages are counted.
std::optional<Timestamp> end_of_cut_date(const ContactQuery& query);

/// A strict total order: names without regard to the case of ASCII letters, equal ones by id.
bool comes_before(const ContactQuery& query, const Contact& left, const Contact& right);

}  // namespace cardfile::core
