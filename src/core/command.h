#pragma once
// Command: a write, as data.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/contact.h"
#include "core/directory.h"
#include "core/ids.h"
#include "core/patch.h"
#include "core/status.h"
#include "core/webhook.h"

namespace cardfile::core {

/// How v1 and v2 name a contact.
using ContactKey = std::variant<ContactId, Uuid>;

/// The revisions that a conditional write accepts (If-Match, RFC 9110, 13.1.1).
struct IfMatch {
  bool any = false;  // "*": whatever the revision, as long as the contact exists.
  std::vector<std::int64_t> revs;

  bool accepts(std::int64_t rev) const;
  friend bool operator==(const IfMatch&, const IfMatch&) = default;
};

/// What becomes of custom values that a patch does not name (contract, 2.3).
enum class CustomMode { merge, overwrite };

/// What a create does when an address of it already belongs to a contact (contract, 3.1 and 3.8).
enum class OnDuplicate {
  upsert,  // Updates that contact.
  keep,    // Leaves it as it is, and gives it as the outcome.
  reject   // Is a conflict.
};

struct CreateContact {
  Uuid uuid;                    // For the new contact; unused when the create becomes an update.
  std::optional<ContactId> id;  // A chosen id, for demo data; conflict when it is taken.
  ContactPatch patch;
  CustomMode custom_mode = CustomMode::merge;
  OnDuplicate on_duplicate = OnDuplicate::upsert;
};

struct UpdateContact {
  ContactKey key;
  ContactPatch patch;
  CustomMode custom_mode = CustomMode::merge;
  std::optional<IfMatch> if_match;
};

struct DeleteContact {
  ContactKey key;
  std::optional<IfMatch> if_match;
};

/// Opts in or out, blocks or unblocks (contract, 4.2). A write like any other, also when nothing changes.
struct SetStatus {
  ContactNames names;
  Status status = Status::active;
};

/// Gives a contact a channel; one that it has already stays as it is, and nothing is written (contract, 6.1).
struct AddChannel {
  ContactKey key;
  ChannelPatch patch;
  std::optional<IfMatch> if_match;
};

/// Gives a channel another value: the one with that id, or else the oldest of its type (contract, 6.2).
struct UpdateChannel {
  ContactKey key;
  std::optional<ChannelId> id;
  ChannelPatch patch;
  std::optional<IfMatch> if_match;
};

/// A channel of a contact: by its address, or by a text that is its id or else its value (contract, 6.3).
using ChannelName = std::variant<std::string, Address>;

struct RemoveChannel {
  ContactKey key;
  ChannelName name;
  std::optional<IfMatch> if_match;
};

struct CreateTeam {
  std::string name;
};

struct CreateUser {
  std::optional<UserId> id;  // A chosen id, for demo data.
  std::string name;
  std::string email;
  std::string phone;
  Role role = Role::member;
};

/// What is to become of a user. An absent member keeps what is stored; an empty phone or e-mail clears it.
struct UserPatch {
  UserId id;
  std::optional<std::string> name;
  std::optional<std::string> first;  // The name up to its first blank,
  std::optional<std::string> last;   // and what follows it.
  std::optional<std::string> email;
  std::optional<std::string> phone;
  std::optional<Role> role;
};

/// All or none (contract, 9.1).
struct UpdateUsers {
  std::vector<UserPatch> patches;
  std::vector<FieldError> problems;  // Name users[0].first_name and so on.
};

struct CreateInbox {
  std::optional<InboxId> id;  // A chosen id, for demo data.
  std::string name;
  std::vector<std::string> phones;
  std::vector<UserId> members;
};

/// Titles that exist already (without regard to case and surrounding blanks) create nothing (contract, 7).
struct CreateFields {
  struct Draft {
    std::optional<FieldId> id;  // A chosen id, for demo data.
    std::string title;
  };
  std::vector<Draft> drafts;
  std::vector<FieldError> problems;  // What could not be read.
};

/// A label that exists already gives the tag that has it (contract, 8).
struct CreateTag {
  Uuid uuid;
  std::optional<TagId> id;  // A chosen id, for demo data; past every one given before.
  std::string label;
  std::string color;  // "" takes the default.
  std::vector<FieldError> problems;
};

/// An absent member keeps what is stored. A label stays one tag's only.
struct UpdateTag {
  TagId id;
  std::optional<std::string> label;
  std::optional<std::string> color;
  std::vector<FieldError> problems;
};

/// Takes the tag away from all contacts: it leaves the directory, so that no answer shows it and no write takes it, and
/// each contact's row loses it with its next write. Deleting is one small write, however many contacts have the tag.
struct DeleteTag {
  TagId id;
};

/// Contacts that are to be in a list: by id, and by creates that leave a contact as it is which has the address already
/// (contract, 9.4).
struct ListContacts {
  std::vector<ContactId> ids;
  std::vector<CreateContact> addresses;  // Of a phone or an e-mail each.
  std::string_view field = "contacts";   // Of the request: what is named when the list cannot take all of them.
};

/// Who takes the place of those that a list has.
struct ListReplacement {
  ListContacts contacts;
  bool keeps_without_phone = false;  // They stay: version 1 does not show them.
};

/// A local id that a list has already gives that list, as it is.
struct CreateList {
  Uuid uuid;
  std::string title;
  std::optional<std::string> local_id;
  ListContacts contacts;
  std::vector<FieldError> problems;
};

/// An absent member keeps what is stored. Who is to be in the list is settled in the order of the members below; one
/// who is to leave it leaves it, whatever else the command says.
struct UpdateList {
  ListId id;
  std::optional<std::string> title;
  std::optional<ListReplacement> replacement;
  ListContacts add;
  std::vector<ContactId> remove;  // Whoever is not in the list makes no difference.
  std::vector<Address> remove_addresses;
  std::vector<FieldError> problems;
};

/// The contacts stay.
struct DeleteList {
  ListId id;
};

struct CreateKey {
  std::string name;
  std::string digest;
  KeyKind kind = KeyKind::api;
};

struct RevokeKey {
  KeyId id;
};

/// A team has at most two secrets at a time, so that one can take the place of the other (contract, 1.2).
struct CreateSecret {
  Uuid id;
  std::string name;
  std::string sealed;
};

/// For good: what was sealed is forgotten.
struct RevokeSecret {
  Uuid id;
};

/// What is told of is what happens from then on; with a sample of it at once, when it is asked for.
struct CreateWebhook {
  WebhookKind kind = WebhookKind::webhook;
  std::string url;
  std::vector<EventType> events;
  std::string sealed_token;
  std::string sealed_secret;
  bool sends_sample = false;
  std::vector<FieldError> problems;
};

struct DeleteWebhook {
  WebhookId id;
  std::optional<WebhookKind> kind;  // One of another kind counts as unknown.
};

/// Remembers that a webhook has been told of everything up to that entry of the change log.
struct AdvanceWebhook {
  WebhookId id;
  std::int64_t seq = 0;
};

using Action = std::variant<CreateContact, UpdateContact, DeleteContact, SetStatus, AddChannel, UpdateChannel,
                            RemoveChannel, CreateTeam, CreateUser, UpdateUsers, CreateInbox, CreateFields, CreateTag,
                            UpdateTag, DeleteTag, CreateList, UpdateList, DeleteList, CreateKey, RevokeKey,
                            CreateSecret, RevokeSecret, CreateWebhook, DeleteWebhook, AdvanceWebhook>;

/// Who asks: an API key, an API secret, or, with neither, the operator at the command line.
struct Actor {
  KeyId key = {};
  std::optional<Uuid> secret = {};

  /// "key:7", "secret:<uuid>" or "operator", as the change log has it.
  std::string to_string() const;
  friend bool operator==(const Actor&, const Actor&) = default;
};

struct Command {
  TeamId team;
  Actor actor;
  Uuid request_id;
  Action action;
  bool dry_run = false;  // Decided as any other, but nothing becomes of it.
};

/// How much of a commit a command may take: 1, and for a list as much again for each contact and address that it names.
std::size_t weight(const Command& command);

}  // namespace cardfile::core
