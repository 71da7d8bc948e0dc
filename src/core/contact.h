#pragma once
// Contact: the record that everything is about (contract, 2.1).

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/address.h"
#include "core/ids.h"
#include "core/time.h"

namespace cardfile::core {

/// A way to reach a contact (contract, 2.6). Its address belongs to one contact of the team.
struct Channel {
  ChannelId id;
  std::string type;    // "phone", "email", or an integration's word.
  std::string value;   // A phone's digits, an e-mail as written, an integration's id.
  std::string handle;  // The handle, if the channel has one.
  std::string info;    // A related integration channel, if any.
  Timestamp created;
  Timestamp updated;

  Address address() const { return address_of(type, value); }
  friend bool operator==(const Channel&, const Channel&) = default;
};

/// Whether the team may write to a contact. The two origins of an opt-out are kept apart: what a contact asked for is
/// never undone by a sync that sends false (contract, 2.5).
struct Consent {
  bool blocked = false;
  bool unsubscribed_admin = false;    // The team's doing.
  bool unsubscribed_contact = false;  // The contact's own word.

  bool opted_out() const { return unsubscribed_admin || unsubscribed_contact; }
  friend bool operator==(const Consent&, const Consent&) = default;
};

/// A text pinned on a contact.
struct Note {
  std::int64_t id = 0;  // The contact's revision with which it came.
  Timestamp date;
  std::string text;

  friend bool operator==(const Note&, const Note&) = default;
};

/// Values of the team's custom fields; a field without a value is absent.
using CustomValues = std::map<FieldId, std::string>;

struct Contact {
  ContactId id;
  Uuid uuid;
  std::int64_t rev = 0;  // 1 after its creation, one more with every write.
  UserId creator;
  Timestamp created;
  Timestamp updated;  // Rises strictly within a team.
  std::string first;
  std::string last;
  std::string display_name;
  std::string avatar;
  UserId assigned;  // 0: nobody.
  CustomValues custom;
  std::vector<TagId> tags;  // Distinct, in the order given.
  Consent consent;
  std::vector<std::int64_t> email_suppressions;  // A set: sorted, distinct.
  std::vector<Channel> channels;                 // The first of a type is what the plain field shows.
  std::vector<Note> notes;                       // Oldest first.

  /// The value of the first channel of that type; empty when there is none.
  std::string_view phone() const;
  std::string_view email() const;

  friend bool operator==(const Contact&, const Contact&) = default;
};

/// A contact that nobody changes any more, or none. Copies share it: what is stored, the answer that shows it and the
/// decision that came from it, each of which may end first.
class SharedContact {
 public:
  SharedContact() = default;
  SharedContact(std::nullopt_t) {}
  SharedContact(Contact contact) : contact_(std::make_shared<const Contact>(std::move(contact))) {}

  explicit operator bool() const { return contact_ != nullptr; }
  const Contact& operator*() const { return *contact_; }
  const Contact* operator->() const { return contact_.get(); }
  friend bool operator==(const SharedContact& left, const SharedContact& right) {
    return left && right ? *left == *right : !left && !right;
  }

 private:
  std::shared_ptr<const Contact> contact_;
};

/// The name shown when nobody chose one: first and last with a blank between (contract, 2.1).
std::string derived_display_name(std::string_view first, std::string_view last);

/// "create" or "update": the last thing done to the record (contract, 2.1).
std::string_view last_operation(const Contact& contact);

}  // namespace cardfile::core
