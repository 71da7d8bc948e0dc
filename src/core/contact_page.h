#pragma once
// ContactPage, ContactBytes: contacts that are answered together, and how much they may hold.

#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "core/contact.h"

namespace cardfile::core {

/// A team may have 1,000 custom fields of 4,096 characters, and so contacts of megabytes: of those, fewer than a page's
/// limit fit into an answer. That they do not fit is told rather than some of them left out, for who pages by numbers
/// would never see those.
inline constexpr std::size_t kPageBytesMax = std::size_t{32} << 20;

/// A page of which nothing may be left out.
inline constexpr std::size_t kAllNeeded = std::numeric_limits<std::size_t>::max();

/// Roughly what a contact takes in memory, which is about what it takes in an answer.
std::size_t size_of(const Contact& contact);
std::size_t size_of(const Channel& channel);

/// Counts what the contacts of one answer hold.
class ContactBytes {
 public:
  explicit ContactBytes(std::size_t max) : max_(max) {}

  /// Throws Error(bad_data), and leaves the contact out of the count, when it is not the first and all of them hold
  /// more than the most.
  void add(const Contact& contact);
  /// The same, and false where add() throws.
  bool add_if_it_fits(const Contact& contact);

 private:
  std::size_t max_;
  std::size_t bytes_ = 0;
};

class ContactPage {
 public:
  explicit ContactPage(std::size_t bytes_max = kPageBytesMax, std::size_t needed = kAllNeeded)
      : bytes_(bytes_max), needed_(needed) {}

  /// Throws as ContactBytes does, for one of the first `needed`; a later one that is too much ends the page.
  void add(Contact contact);

  /// Whether the contacts to come are left out.
  bool has_ended() const { return has_ended_; }

  std::size_t count() const { return contacts_.size(); }
  std::vector<Contact> take() { return std::move(contacts_); }

 private:
  ContactBytes bytes_;
  std::size_t needed_;
  bool has_ended_ = false;
  std::vector<Contact> contacts_;
};

}  // namespace cardfile::core
