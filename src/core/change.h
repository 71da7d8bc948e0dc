#pragma once
// Change: what an accepted command saves, and how the change log tells it.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/command.h"
#include "core/contact.h"
#include "core/directory.h"

namespace cardfile::core {

/// A contact's row: `before` is none for a new one, `after` for a deleted one.
struct ContactChange {
  SharedContact before;
  SharedContact after;
};

/// A tag's row that is to go.
struct TagRemoval {
  TagId id;

  friend bool operator==(const TagRemoval&, const TagRemoval&) = default;
};

/// A list's row that is to go.
struct ListRemoval {
  ListId id;

  friend bool operator==(const ListRemoval&, const ListRemoval&) = default;
};

/// A webhook's row that is to go, and with it how far it was.
struct WebhookRemoval {
  WebhookId id;

  friend bool operator==(const WebhookRemoval&, const WebhookRemoval&) = default;
};

/// A row of the directory as it is to be stored, new or in place of the one with its id; or one that is to go.
using DirectoryChange = std::variant<Team, User, CustomField, Tag, TagRemoval, Inbox, List, ListRemoval, ApiKey,
                                     ApiSecret, Webhook, WebhookRemoval>;

/// Who comes into a list, and who leaves it.
struct MembershipChange {
  ListId list;
  std::vector<ContactId> added;
  std::vector<ContactId> removed;
};

/// A webhook has been told of the change log up to that entry.
struct WebhookPosition {
  WebhookId webhook;
  std::int64_t seq = 0;

  friend bool operator==(const WebhookPosition&, const WebhookPosition&) = default;
};

enum class Subject { contact, team, user, custom_field, tag, inbox, list, api_key, api_secret, webhook };
std::string_view to_string(Subject subject);  // "contact"

enum class Operation { create, update, remove };
std::string_view to_string(Operation operation);  // "create", "update", "delete"

/// The value of one field in the change log; monostate where there is none.
using LogValue =
    std::variant<std::monostate, bool, std::int64_t, std::string, std::vector<std::int64_t>, std::vector<Channel>>;

/// One field: what it was and what it became. A custom value's field is "custom.123", a note's is "note.7".
struct FieldChange {
  std::string field;
  LogValue from;
  LogValue to;

  friend bool operator==(const FieldChange&, const FieldChange&) = default;
};

/// One entry of the change log. `seq` rises by one within a team, in commit order; `at` rises strictly with it.
struct ChangeEntry {
  std::int64_t seq = 0;
  Subject subject = Subject::contact;
  std::int64_t subject_id = 0;  // 0 for an API secret, which is named among the changes.
  std::int64_t rev = 0;         // The subject's, after the change; for a delete, one past its last.
  Timestamp at;
  Operation operation = Operation::update;
  std::string actor;
  Uuid request_id;
  std::vector<FieldChange> changes;  // Only what differs: a write that changed nothing has an entry without changes.

  friend bool operator==(const ChangeEntry&, const ChangeEntry&) = default;
};

/// What differs between two states of a contact, in the order of Contact's members; together with the entries before
/// it, enough to rebuild the row (replay.h). Revision and times are the entry's own, and so is the time of a new note.
/// Two things could be found out from the entries before, and are told so that nobody needs to: "is_opted_out", where
/// the two origins of an opt-out come to something else than they did, and "created" of a contact that is deleted.
std::vector<FieldChange> differences(const SharedContact& before, const SharedContact& after);

/// Roughly what an entry takes in memory.
std::size_t size_of(const ChangeEntry& entry);

/// The addresses that a change gives up and takes, for the engines' index of owners.
struct AddressChanges {
  std::vector<Address> released;
  std::vector<Address> taken;
};
AddressChanges address_changes(const ContactChange& change);

}  // namespace cardfile::core
