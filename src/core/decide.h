#pragma once
// decide(): the product's rules for writes, the whole of them, as a pure function.

#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "core/change.h"
#include "core/command.h"
#include "core/contact.h"
#include "core/directory.h"
#include "core/ids.h"
#include "core/time.h"

namespace cardfile::core {

/// Where a team's counters stand. Each is the last one given.
struct TeamClock {
  std::int64_t seq = 0;
  Timestamp updated;
  ContactId contact;
  ChannelId channel;
  TagId tag;
  ListId list;
  WebhookId webhook;

  friend bool operator==(const TeamClock&, const TeamClock&) = default;
};

/// What decide() may ask about the command's team: everything stored, the commands before it in the batch included.
/// Every engine answers it from what it has loaded.
class TeamState {
 public:
  TeamState() = default;
  TeamState(const TeamState&) = delete;
  TeamState& operator=(const TeamState&) = delete;
  virtual ~TeamState() = default;

  /// Null when there is no such team.
  virtual const Directory* directory() const = 0;
  virtual const TeamClock& clock() const = 0;
  virtual SharedContact contact(const ContactKey& key) const = 0;  // None when nobody has the key.
  virtual std::optional<ContactId> owner_of(const Address& address) const = 0;
  virtual bool is_member(ListId list, ContactId contact) const = 0;
  virtual std::vector<ContactId> members(ListId list) const = 0;             // By id.
  virtual std::vector<ContactId> members_with_phone(ListId list) const = 0;  // By id.
  virtual std::vector<ListId> lists_of(ContactId contact) const = 0;         // By id.
};

/// What the caller gets to see.
struct ContactSaved {
  SharedContact contact;
};
struct ContactDeleted {};
struct TagSaved {
  Tag tag;
};
struct TagDeleted {};
struct FieldsSaved {
  struct Item {
    CustomField field;
    bool duplicate = false;  // The title existed already.
  };
  std::vector<Item> items;  // One for each draft, in its order.
};
struct TeamSaved {
  Team team;
};
struct UserSaved {
  User user;
};
struct UsersSaved {
  std::vector<User> users;  // In the order of the patches.
};
struct InboxSaved {
  Inbox inbox;
};
struct ListSaved {
  List list;
};
struct ListDeleted {};
struct KeySaved {
  ApiKey key;
};
struct SecretSaved {
  ApiSecret secret;
};
struct WebhookSaved {
  Webhook webhook;
};
struct WebhookDeleted {};
struct WebhookAdvanced {};
using Outcome = std::variant<ContactSaved, ContactDeleted, TagSaved, TagDeleted, FieldsSaved, TeamSaved, UserSaved,
                             UsersSaved, InboxSaved, ListSaved, ListDeleted, KeySaved, SecretSaved, WebhookSaved,
                             WebhookDeleted, WebhookAdvanced>;

/// What an accepted command does: rows to save, log entries to append, counters to move, all in one transaction.
struct Decision {
  Outcome outcome;
  std::vector<ContactChange> contacts;
  std::vector<DirectoryChange> directory;
  std::vector<MembershipChange> memberships;
  std::vector<WebhookPosition> positions;
  std::vector<ChangeEntry> entries;
  TeamClock clock;  // The team's, after the command.
};

/// Decides `command` against what is stored. `now` is the wall clock's; a team's own time never stands still or goes
/// back, so `updated` is `now` or one microsecond past the team's last, whichever is later (contract, 1.6).
///
/// Refusals come in this order, and nothing is changed by one:
///   not_found            the team, or the contact, tag or list that a write names
///   precondition_failed  If-Match does not accept the stored revision
///   bad_data             every field at fault, those the patch brought along and those only the store could tell
///   not_found            the channel that an update or delete names, on a contact that is there
///   bad_data             the type that an update gives that channel, when it has another one
///   conflict             every address that belongs to another contact; an id that is taken already
///
/// A dry run is refused in the same way; accepted, its outcome tells what would have been saved, and nothing is.
Decision decide(Command command, const TeamState& state, Timestamp now);

}  // namespace cardfile::core
