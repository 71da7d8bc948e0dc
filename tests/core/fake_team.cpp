#include "core/fake_team.h"

#include <gtest/gtest.h>

#include <utility>
#include <variant>

namespace cardfile::core {

namespace {

Action as_read_by_the_wire(Action action) {
  if (auto* create = std::get_if<CreateContact>(&action)) create->patch = normalised(std::move(create->patch));
  if (auto* update = std::get_if<UpdateContact>(&action)) update->patch = normalised(std::move(update->patch));
  if (auto* add = std::get_if<AddChannel>(&action)) add->patch = normalised_channel(std::move(add->patch));
  if (auto* update = std::get_if<UpdateChannel>(&action)) update->patch = normalised_channel(std::move(update->patch));
  return action;
}

}  // namespace

Timestamp at(std::string_view rfc3339) { return parse_rfc3339(rfc3339).value(); }

Uuid uuid(std::uint8_t last) {
  Uuid::Bytes bytes{};
  bytes.back() = last;
  return Uuid::from_random(bytes);
}

CustomValues custom(const std::map<std::int64_t, std::string>& values) {
  CustomValues result;
  for (const auto& [field, value] : values) result.emplace(FieldId(field), value);
  return result;
}

std::vector<TagId> tags(const std::vector<std::int64_t>& ids) { return {ids.begin(), ids.end()}; }

std::vector<std::string> channel_values(const Contact& contact) {
  std::vector<std::string> values;
  values.reserve(contact.channels.size());
  for (const Channel& channel : contact.channels) values.push_back(channel.value);
  return values;
}

Directory usual_directory() {
  const Timestamp made = at("2026-01-01T00:00:00Z");
  Directory directory{.team = {kTeam, "Lovelace & Co", made}};
  directory.users[kOwner] = {kOwner, "Olga Owner", "olga@example.org", "13125550100", Role::admin, made, made};
  directory.users[kColleague] = {kColleague, "Cole League", "", "", Role::member, made, made};
  directory.fields[kPlan] = {kPlan, "Plan", made};
  directory.fields[kCity] = {kCity, "City", made};
  directory.fields[kBirthday] = {kBirthday, "Birthday", made};
  for (std::int64_t id = 1; id <= 9; ++id) {
    directory.tags[TagId(id)] = {TagId(id), uuid(0), "Tag " + std::to_string(id), "#2E86DE", 1, made, made};
  }
  return directory;
}

Contact FakeTeam::does(CreateContact action) {
  if (action.uuid == Uuid()) action.uuid = uuid(++contacts_made_);
  return *std::get<ContactSaved>(commit(std::move(action))).contact;
}
Contact FakeTeam::does(UpdateContact action) { return *std::get<ContactSaved>(commit(std::move(action))).contact; }
void FakeTeam::does(const DeleteContact& action) {
  EXPECT_TRUE(std::holds_alternative<ContactDeleted>(commit(action)));
}
Contact FakeTeam::does(const SetStatus& action) { return *std::get<ContactSaved>(commit(action)).contact; }
Contact FakeTeam::does(AddChannel action) { return *std::get<ContactSaved>(commit(std::move(action))).contact; }
Contact FakeTeam::does(UpdateChannel action) { return *std::get<ContactSaved>(commit(std::move(action))).contact; }
Contact FakeTeam::does(const RemoveChannel& action) { return *std::get<ContactSaved>(commit(action)).contact; }
Team FakeTeam::does(const CreateTeam& action) { return std::get<TeamSaved>(commit(action)).team; }
User FakeTeam::does(const CreateUser& action) { return std::get<UserSaved>(commit(action)).user; }
std::vector<User> FakeTeam::does(const UpdateUsers& action) { return std::get<UsersSaved>(commit(action)).users; }
Inbox FakeTeam::does(const CreateInbox& action) { return std::get<InboxSaved>(commit(action)).inbox; }
FieldsSaved FakeTeam::does(const CreateFields& action) { return std::get<FieldsSaved>(commit(action)); }
Tag FakeTeam::does(const CreateTag& action) { return std::get<TagSaved>(commit(action)).tag; }
Tag FakeTeam::does(const UpdateTag& action) { return std::get<TagSaved>(commit(action)).tag; }
void FakeTeam::does(const DeleteTag& action) { EXPECT_TRUE(std::holds_alternative<TagDeleted>(commit(action))); }
List FakeTeam::does(CreateList action) {
  if (action.uuid == Uuid()) action.uuid = uuid(++lists_made_);
  return std::get<ListSaved>(commit(std::move(action))).list;
}
List FakeTeam::does(const UpdateList& action) { return std::get<ListSaved>(commit(action)).list; }
void FakeTeam::does(const DeleteList& action) { EXPECT_TRUE(std::holds_alternative<ListDeleted>(commit(action))); }
ApiKey FakeTeam::does(const CreateKey& action) { return std::get<KeySaved>(commit(action)).key; }
ApiKey FakeTeam::does(const RevokeKey& action) { return std::get<KeySaved>(commit(action)).key; }
ApiSecret FakeTeam::does(const CreateSecret& action) { return std::get<SecretSaved>(commit(action)).secret; }
ApiSecret FakeTeam::does(const RevokeSecret& action) { return std::get<SecretSaved>(commit(action)).secret; }
Webhook FakeTeam::does(const CreateWebhook& action) { return std::get<WebhookSaved>(commit(action)).webhook; }
void FakeTeam::does(const DeleteWebhook& action) {
  EXPECT_TRUE(std::holds_alternative<WebhookDeleted>(commit(action)));
}
void FakeTeam::does(const AdvanceWebhook& action) {
  EXPECT_TRUE(std::holds_alternative<WebhookAdvanced>(commit(action)));
}

Error FakeTeam::refuses(Action action) {
  try {
    commit(std::move(action));
  } catch (const Error& refusal) {
    return refusal;
  }
  ADD_FAILURE() << "the command was accepted";
  return {ErrorCode::internal_error, "the command was accepted"};
}

Outcome FakeTeam::rehearses(Action action) {
  const Command command{kTeam, actor, request_id, as_read_by_the_wire(std::move(action)), true};
  const Decision decision = decide(command, *this, now);
  EXPECT_TRUE(decision.contacts.empty() && decision.directory.empty() && decision.memberships.empty());
  EXPECT_TRUE(decision.entries.empty());
  EXPECT_EQ(decision.clock, clock_);
  return decision.outcome;
}

Contact FakeTeam::has_contact(ContactPatch patch) { return does(CreateContact{.patch = std::move(patch)}); }

SharedContact FakeTeam::contact(const ContactKey& key) const {
  for (const auto& [id, contact] : contacts_) {
    if (key == ContactKey(id) || key == ContactKey(contact.uuid)) return contact;
  }
  return {};
}

std::optional<ContactId> FakeTeam::owner_of(const Address& address) const {
  const auto found = owners_.find(address);
  return found == owners_.end() ? std::nullopt : std::optional(found->second);
}

bool FakeTeam::is_member(ListId list, ContactId contact) const { return members_.contains({list, contact}); }

std::vector<ContactId> FakeTeam::members(ListId list) const {
  std::vector<ContactId> contacts;
  for (const auto& [in, contact] : members_) {
    if (in == list) contacts.push_back(contact);
  }
  return contacts;
}

std::vector<ContactId> FakeTeam::members_with_phone(ListId list) const {
  std::vector<ContactId> contacts = members(list);
  std::erase_if(contacts, [this](ContactId id) { return contact(id)->phone().empty(); });
  return contacts;
}

std::vector<ListId> FakeTeam::lists_of(ContactId contact) const {
  std::vector<ListId> lists;
  for (const auto& [list, member] : members_) {
    if (member == contact) lists.push_back(list);
  }
  return lists;
}

Outcome FakeTeam::commit(Action action) {
  const Command command{kTeam, actor, request_id, as_read_by_the_wire(std::move(action))};
  const Decision decision = decide(command, *this, now);
  check_entries(decision);
  for (const ContactChange& change : decision.contacts) save(change);
  for (const auto& [list, added, removed] : decision.memberships) {
    for (const ContactId contact : removed) EXPECT_EQ(members_.erase({list, contact}), 1U);
    for (const ContactId contact : added) EXPECT_TRUE(members_.emplace(list, contact).second);
  }
  for (const DirectoryChange& change : decision.directory) save(change);
  for (const WebhookPosition& position : decision.positions) positions_[position.webhook] = position.seq;
  log_.insert(log_.end(), decision.entries.begin(), decision.entries.end());
  clock_ = decision.clock;
  check_owners();
  check_lists();
  return decision.outcome;
}

void FakeTeam::save(const ContactChange& change) {
  const AddressChanges addresses = address_changes(change);
  for (const Address& address : addresses.released) EXPECT_EQ(owners_.erase(address), 1U) << address.value;
  if (change.before) contacts_.erase(change.before->id);
  if (!change.after) return;
  for (const Address& address : addresses.taken) {
    EXPECT_TRUE(owners_.emplace(address, change.after->id).second) << address.value << " has two owners";
  }
  contacts_.emplace(change.after->id, *change.after);
}

void FakeTeam::save(const DirectoryChange& change) {
  if (const auto* team = std::get_if<Team>(&change)) {
    directory_.emplace().team = *team;
    return;
  }
  ASSERT_TRUE(directory_);
  if (const auto* user = std::get_if<User>(&change)) directory_->users[user->id] = *user;
  if (const auto* field = std::get_if<CustomField>(&change)) directory_->fields[field->id] = *field;
  if (const auto* tag = std::get_if<Tag>(&change)) directory_->tags[tag->id] = *tag;
  if (const auto* removal = std::get_if<TagRemoval>(&change)) {
    EXPECT_EQ(directory_->tags.erase(removal->id), 1U);
  }
  if (const auto* inbox = std::get_if<Inbox>(&change)) directory_->inboxes[inbox->id] = *inbox;
  if (const auto* list = std::get_if<List>(&change)) directory_->lists[list->id] = *list;
  if (const auto* removal = std::get_if<ListRemoval>(&change)) {
    EXPECT_EQ(directory_->lists.erase(removal->id), 1U);
  }
  if (const auto* key = std::get_if<ApiKey>(&change)) directory_->keys[key->id] = *key;
  if (const auto* secret = std::get_if<ApiSecret>(&change)) directory_->secrets[secret->id] = *secret;
  if (const auto* webhook = std::get_if<Webhook>(&change)) directory_->webhooks[webhook->id] = *webhook;
  if (const auto* removal = std::get_if<WebhookRemoval>(&change)) {
    EXPECT_EQ(directory_->webhooks.erase(removal->id), 1U);
    positions_.erase(removal->id);
  }
}

/// No event without its change, no change without its event; the log and the team's clock move together.
void FakeTeam::check_entries(const Decision& decision) const {
  std::int64_t seq = clock_.seq;
  Timestamp last = clock_.updated;
  for (const ChangeEntry& entry : decision.entries) {
    EXPECT_EQ(entry.seq, ++seq);
    EXPECT_GT(entry.at, last);
    EXPECT_EQ(entry.actor, actor.to_string());
    EXPECT_EQ(entry.request_id, request_id);
    last = entry.at;
  }
  EXPECT_EQ(decision.clock.seq, seq);
  EXPECT_EQ(decision.clock.updated, last);
  EXPECT_EQ(decision.entries.size(), decision.directory.size() + decision.contacts.size());
}

/// The index that address_changes() keeps says what the contacts say.
void FakeTeam::check_owners() const {
  std::map<Address, ContactId> expected;
  for (const auto& [id, contact] : contacts_) {
    for (const Channel& channel : contact.channels) {
      EXPECT_TRUE(expected.emplace(channel.address(), id).second) << channel.value << " is there twice";
    }
  }
  EXPECT_EQ(owners_, expected);
}

/// A list has as many contacts as it says, and they are there.
void FakeTeam::check_lists() const {
  std::map<ListId, std::int64_t> sizes;
  for (const auto& [list, contact] : members_) {
    EXPECT_TRUE(contacts_.contains(contact)) << "contact " << contact.value() << " is in a list and nowhere else";
    ++sizes[list];
  }
  if (!directory_) return;
  for (const auto& [id, list] : directory_->lists) EXPECT_EQ(list.size, sizes[id]);
  for (const auto& [id, size] : sizes) EXPECT_TRUE(directory_->lists.contains(id)) << "list " << id.value();
}

}  // namespace cardfile::core
