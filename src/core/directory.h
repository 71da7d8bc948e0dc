#pragma once
// Directory: the small things of a team that contacts refer to.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/contact.h"
#include "core/ids.h"
#include "core/time.h"
#include "core/webhook.h"

namespace cardfile::core {

struct Team {
  TeamId id;
  std::string name;
  Timestamp created;

  friend bool operator==(const Team&, const Team&) = default;
};

/// What a person of the team may do, with the numbers of the wire (contract, 9.1).
enum class Role : std::int64_t { admin = 1, member = 4 };

/// A person of the team: who a contact is assigned to.
struct User {
  UserId id;
  std::string name;
  std::string email;
  std::string phone;
  Role role = Role::member;
  Timestamp created;
  Timestamp updated;
  std::int64_t rev = 1;

  friend bool operator==(const User&, const User&) = default;
};

/// Which users are looked for: those with one of these phones or e-mails (contract, 9.1).
struct UserFilter {
  std::vector<std::string> phones;  // Normalised.
  std::vector<std::string> emails;

  /// E-mails compare without regard to case.
  bool matches(const User& user) const;
};

/// Where conversations arrive, and who answers them (contract, 9.3).
struct Inbox {
  InboxId id;
  std::string name;
  std::vector<std::string> phones;  // Digits, distinct; the first is the one shown.
  std::vector<UserId> members;      // Distinct, in the order given.
  std::int64_t rev = 0;
  Timestamp created;
  Timestamp updated;

  friend bool operator==(const Inbox&, const Inbox&) = default;
};

/// A custom field's definition (contract, 7).
struct CustomField {
  FieldId id;
  std::string title;
  Timestamp created;

  friend bool operator==(const CustomField&, const CustomField&) = default;
};

/// A label that contacts carry (contract, 8).
struct Tag {
  TagId id;
  Uuid uuid;
  std::string label;
  std::string color;  // "#RRGGBB"
  std::int64_t rev = 0;
  Timestamp created;
  Timestamp updated;

  friend bool operator==(const Tag&, const Tag&) = default;
};

/// The most contacts that a list may hold.
inline constexpr std::int64_t kListSize = 10'000;

/// The most lists that a contact may be in: who deletes it writes each of them.
inline constexpr std::size_t kListsPerContactMax = 200;

/// A named set of contacts (contract, 9.4). Which ones is not in the directory: they may be many.
struct List {
  ListId id;
  Uuid uuid;
  std::string name;
  std::string local_id;  // The client's own name for it, one list's only; empty when it gave none.
  UserId creator;
  std::int64_t size = 0;  // How many contacts it has.
  std::int64_t rev = 0;
  Timestamp created;
  Timestamp updated;

  friend bool operator==(const List&, const List&) = default;
};

/// A contact as a list shows it: one that has a phone.
struct ListTarget {
  std::string phone;
  std::string first;
  std::string last;

  friend bool operator==(const ListTarget&, const ListTarget&) = default;
};

/// What a key opens: the API, or the surface of the n8n node (contract, 11).
enum class KeyKind { api, n8n };
std::string_view to_string(KeyKind kind);  // "api"

/// A team's API key. The key itself is nowhere: `digest` is the SHA-256 of it.
struct ApiKey {
  KeyId id;
  std::string name;
  std::string digest;  // 64 hexadecimal digits.
  Timestamp created;
  bool revoked = false;
  KeyKind kind = KeyKind::api;

  friend bool operator==(const ApiKey&, const ApiKey&) = default;
};

/// A secret that a team's programs sign tokens with. Verifying takes the secret itself, so it is stored sealed.
struct ApiSecret {
  Uuid id;
  std::string name;
  std::string sealed;  // Without meaning here; empty once the secret is revoked.
  Timestamp created;
  bool revoked = false;

  friend bool operator==(const ApiSecret&, const ApiSecret&) = default;
};

/// What names of all these are, titles and labels among them, for the messages that say so.
inline constexpr std::string_view kNameRule = "must be 1 to 255 characters in one line";
/// Without blanks at its ends; none when the text is no name.
std::optional<std::string> normalise_name(std::string_view text);

/// All of it, as it stood at one moment. Small enough to be held in memory and handed around whole.
struct Directory {
  Team team;
  std::map<UserId, User> users;
  std::map<FieldId, CustomField> fields;
  std::map<TagId, Tag> tags;
  std::map<InboxId, Inbox> inboxes;
  std::map<ListId, List> lists;
  std::map<KeyId, ApiKey> keys;
  std::map<Uuid, ApiSecret> secrets;
  std::map<WebhookId, Webhook> webhooks;

  /// Whether the tags of a contact are shown as they were when it was saved: none is gone, and none has changed since.
  bool has_unchanged_tags(const Contact& contact) const;

  friend bool operator==(const Directory&, const Directory&) = default;
};

/// Whom a thing counts as made by that came in through the API (contract, 15, question 17): the team's first
/// administrator.
UserId owner_of_team(const Directory& directory);

}  // namespace cardfile::core
