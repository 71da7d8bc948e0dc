#pragma once
// ContactPage: contacts that are answered together, and how much they may hold.

#include <cstddef>
#include <utility>
#include <vector>

#include "core/contact.h"

namespace cardfile::core {

/// A team may have 1,000 custom fields of 4,096 characters, and so contacts of megabytes: of those, fewer than a page's
/// limit fit into an answer. That they do not fit is told rather than some of them left out, for who pages by numbers
/// would never see those.
inline constexpr std::size_t kPageBytesMax = std::size_t{32} << 20;

/// Roughly what a contact takes in memory, which is about what it takes in an answer.
std::size_t size_of(const Contact& contact);

class ContactPage {
 public:
  explicit ContactPage(std::size_t bytes_max = kPageBytesMax) : bytes_max_(bytes_max) {}

  /// Throws Error(bad_data) when they are more than one and hold more than that together.
  void add(Contact contact);

  std::size_t count() const { return contacts_.size(); }
  std::vector<Contact> take() { return std::move(contacts_); }

 private:
  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::vector<Contact> contacts_;
};

}  // namespace cardfile::core
