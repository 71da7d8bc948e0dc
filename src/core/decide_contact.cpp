#include "core/decide_contact.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/address.h"
#include "core/contact_write.h"
#include "core/error.h"
#include "core/list_write.h"
#include "core/text.h"

namespace cardfile::core {

namespace {

/// The patch's own problems and those that only the team's directory, and the contact that it is for, can tell.
void throw_if_bad(const ContactPatch& patch, const Directory& directory, const Contact& contact = {}) {
  std::vector<FieldError> errors = problems_of(patch, directory);
  if (patch.clears_phone && !contact.phone().empty()) errors.push_back({"phone", std::string(kPhoneRule)});
  if (patch.assignee && *patch.assignee && !directory.users.contains(*patch.assignee)) {
    errors.push_back(
        {"assignee_id", "must be a user of the team: " + std::to_string(patch.assignee->value()) + " is not one"});
  }
  for (const TagId tag : patch.tags.value_or(std::vector<TagId>{})) {
    if (directory.tags.contains(tag)) continue;
    errors.push_back({"tags", "must be tags of the team: " + std::to_string(tag.value()) + " is not one"});
  }
  throw_if_any(ErrorCode::bad_data, std::move(errors));
}

/// Names the patch's field that brought `address` along.
std::string field_of(const Address& address, const ContactPatch& patch) {
  if (address.type == kPhone && patch.phone == address.value) return "phone";
  if (address.type == kEmail && patch.email && lower_ascii(*patch.email) == address.value) return "email";
  for (const ChannelDraft& draft : patch.channels.value_or(std::vector<ChannelDraft>{})) {
    if (address_of(draft.type, draft.value) == address)
      return "contact_channels[" + std::to_string(draft.item) + "].channel_id";
  }
  return "contact_channels";
}

void throw_if_owned_by_another(const ContactChange& change, const ContactPatch& patch, const TeamState& state) {
  std::vector<FieldError> errors;
  for (const Address& address : address_changes(change).taken) {
    const auto owner = state.owner_of(address);
    if (!owner || *owner == change.after->id) continue;
    errors.push_back({field_of(address, patch), "belongs to contact " + std::to_string(owner->value()) + " already"});
  }
  throw_if_any(ErrorCode::conflict, std::move(errors));
}

/// The one that the plain `phone` or `email` shows.
template <class Channels>
auto find_first(Channels& channels, std::string_view type) {
  return std::ranges::find(channels, type, &Channel::type);
}

template <class Channels>
auto find_channel(Channels& channels, ChannelId id) {
  return std::ranges::find(channels, id, &Channel::id);
}

/// Makes `value` the contact's first channel of `type`; "" takes the first one away, and the next moves up.
void set_primary(Contact& contact, std::string_view type, const std::string& value, Recorder& recorder) {
  auto& channels = contact.channels;
  const auto first = find_first(channels, type);
  if (value.empty()) {
    if (first != channels.end()) channels.erase(first);
    return;
  }
  if (first == channels.end()) {
    const Timestamp at = recorder.time();
    channels.push_back({recorder.new_channel(), std::string(type), value, {}, {}, at, at});
    return;
  }
  if (first->value == value) return;
  const Address address = address_of(type, value);
  const auto same = std::find_if(first, channels.end(), [&](const Channel& c) { return c.address() == address; });
  // An address that the contact has further down moves up; the one it had first stays as a further one.
  if (same != channels.end()) std::rotate(first, same, same + 1);
  first->value = value;
  first->updated = recorder.time();
}

/// A handle or info that is named replaces what is stored.
void describe(Channel& channel, const ChannelDraft& draft, Timestamp at) {
  const Channel stored = channel;
  if (draft.handle) channel.handle = *draft.handle;
  if (draft.info) channel.info = *draft.info;
  if (channel != stored) channel.updated = at;
}

/// Gives the contact the channel unless it has it.
void ensure_channel(Contact& contact, const ChannelDraft& draft, Recorder& recorder) {
  const Address address = address_of(draft.type, draft.value);
  auto& channels = contact.channels;
  const Timestamp at = recorder.time();
  const auto same =
      std::find_if(channels.begin(), channels.end(), [&](const Channel& c) { return c.address() == address; });
  if (same == channels.end()) {
    channels.push_back(
        {recorder.new_channel(), draft.type, draft.value, draft.handle.value_or(""), draft.info.value_or(""), at, at});
    return;
  }
  describe(*same, draft, at);
}

void apply_names(Contact& contact, const ContactPatch& patch) {
  const bool was_derived = contact.display_name == derived_display_name(contact.first, contact.last);
  if (patch.first) contact.first = *patch.first;
  if (patch.last) contact.last = *patch.last;
  if (patch.display_name) {
    contact.display_name = *patch.display_name;
  } else if (was_derived) {
    contact.display_name = derived_display_name(contact.first, contact.last);
  }
}

/// Keys that are not one of the team's fields are dropped (contract, 2.3).
void apply_custom(CustomValues& custom, const CustomPatch& patch, CustomMode mode, const Directory& directory) {
  if (mode == CustomMode::overwrite) custom.clear();
  for (const auto& [field, value] : patch) {
    if (!directory.fields.contains(field)) continue;
    if (value) {
      custom.insert_or_assign(field, *value);
    } else {
      custom.erase(field);
    }
  }
}

const std::optional<std::string>& plain_field(std::string_view type, const ContactPatch& patch) {
  static const std::optional<std::string> none;
  return type == kPhone ? patch.phone : type == kEmail ? patch.email : none;
}

/// Whether the item is a channel as it was read and sent back, beside the phone or e-mail that is to be in its place:
/// then it is not to come back. A new channel has no id; and as the same request may come again, the channel with that
/// id may have been changed or cleared already.
bool is_outdated(const ChannelDraft& draft, const std::vector<Channel>& before, const Contact& contact,
                 const ContactPatch& patch) {
  const auto& plain = plain_field(draft.type, patch);
  if (!draft.id || !plain) return false;
  const Address address = address_of(draft.type, draft.value);
  const auto has_address = [&](const Channel& channel) { return channel.address() == address; };
  if (std::ranges::any_of(contact.channels, has_address)) return false;
  const auto first = find_first(before, draft.type);
  if (first != before.end() && first->id == *draft.id) return true;
  return plain->empty() && find_channel(before, *draft.id) == before.end();
}

/// Whether an empty e-mail has nothing to clear: the same request did so before, as the first address that it sends
/// back is gone, or it asks for the very address.
bool is_cleared_already(const std::vector<Channel>& channels, const std::vector<ChannelDraft>& drafts) {
  const auto first = find_first(channels, kEmail);
  if (first == channels.end()) return true;
  const auto was_first =
      std::ranges::find_if(drafts, [](const ChannelDraft& draft) { return draft.type == kEmail && draft.id; });
  if (was_first != drafts.end() && find_channel(channels, *was_first->id) == channels.end()) return true;
  return std::ranges::any_of(drafts, [&](const ChannelDraft& draft) {
    return !draft.id && address_of(draft.type, draft.value) == first->address();
  });
}

std::size_t bytes_of(const CustomValues& custom) {
  return std::accumulate(custom.begin(), custom.end(), std::size_t{0},
                         [](std::size_t sum, const auto& item) { return sum + item.second.size(); });
}

/// One that has more from before the limit was there may keep it, and become smaller.
void report_if_too_large(const CustomValues& custom, std::size_t bytes_before, std::vector<FieldError>& errors) {
  const std::size_t bytes = bytes_of(custom);
  if (bytes <= kCustomBytesMax || bytes <= bytes_before) return;
  errors.push_back({"custom", "the values of a contact hold at most " + std::to_string(kCustomBytesMax) +
                                  " bytes together: these would hold " + std::to_string(bytes)});
}

/// More channels than a contact may have are reported by the field that brings them.
void apply_channels(Contact& contact, const ContactPatch& patch, Recorder& recorder, std::vector<FieldError>& errors) {
  const auto drafts = patch.channels.value_or(std::vector<ChannelDraft>());
  const auto before = drafts.empty() ? std::vector<Channel>() : contact.channels;
  const auto add = [&](std::string_view field, const auto& act) {
    const std::size_t allowed = std::max(contact.channels.size(), kChannelsMax);
    act();
    if (contact.channels.size() <= allowed) return;
    errors.push_back({std::string(field), "a contact has at most " + std::to_string(kChannelsMax) + " channels"});
  };
  if (patch.phone) add("phone", [&] { set_primary(contact, kPhone, *patch.phone, recorder); });
  if (patch.email && !(patch.email->empty() && is_cleared_already(contact.channels, drafts)))
    add("email", [&] { set_primary(contact, kEmail, *patch.email, recorder); });
  add("contact_channels", [&] {
    for (const ChannelDraft& draft : drafts) {
      if (!is_outdated(draft, before, contact, patch)) {
        ensure_channel(contact, draft, recorder);
      } else if (const auto kept = find_channel(contact.channels, *draft.id); kept != contact.channels.end()) {
        describe(*kept, draft, recorder.time());
      }
    }
  });
}

/// A note that is the newest one already is not pinned again, so that a call may be repeated. The oldest one makes room
/// for the last that fits; the change log keeps it.
void pin(Contact& contact, const std::string& text, Recorder& recorder) {
  auto& notes = contact.notes;
  if (text.empty() || (!notes.empty() && notes.back().text == text)) return;
  if (notes.size() >= kNotesMax) notes.erase(notes.begin());
  notes.push_back({.id = contact.rev + 1, .date = recorder.time(), .text = text});
}

/// Throws when the contact would be larger than one may be, and names all that makes it so.
void apply(Contact& contact, const ContactPatch& patch, CustomMode mode, const Directory& directory,
           Recorder& recorder) {
  std::vector<FieldError> too_large;
  apply_names(contact, patch);
  if (patch.avatar) contact.avatar = *patch.avatar;
  if (patch.assignee) contact.assigned = *patch.assignee;
  if (patch.custom) {
    const std::size_t before = bytes_of(contact.custom);
    apply_custom(contact.custom, *patch.custom, mode, directory);
    report_if_too_large(contact.custom, before, too_large);
  }
  if (patch.tags) contact.tags = *patch.tags;
  // Only the team's own flag: what the contact asked for is not undone from here (contract, 2.5).
  if (patch.opted_out) contact.consent.unsubscribed_admin = *patch.opted_out;
  if (patch.email_suppressions) contact.email_suppressions = *patch.email_suppressions;
  apply_channels(contact, patch, recorder, too_large);
  if (patch.note) pin(contact, *patch.note, recorder);
  throw_if_any(ErrorCode::bad_data, std::move(too_large));
}

Decision update(SharedContact before, const ContactPatch& patch, CustomMode mode, const TeamState& state,
                Recorder& recorder) {
  Contact after = *before;
  apply(after, patch, mode, *state.directory(), recorder);
  ContactChange change = recorded(std::move(before), std::move(after), state, recorder);
  throw_if_owned_by_another(change, patch, state);
  return saved(std::move(change), recorder);
}

/// The contact that a create speaks of: the owner of its phone, or, without a phone, of any other address of it
/// (contract, 3.1 and 5.1).
std::optional<ContactId> addressee(const ContactPatch& patch, const TeamState& state) {
  if (patch.phone) return state.owner_of(address_of(kPhone, *patch.phone));
  std::vector<Address> addresses;
  if (patch.email && !patch.email->empty()) addresses.push_back(address_of(kEmail, *patch.email));
  for (const ChannelDraft& draft : patch.channels.value_or(std::vector<ChannelDraft>{})) {
    addresses.push_back(address_of(draft.type, draft.value));
  }
  for (const Address& address : addresses) {
    if (const auto owner = state.owner_of(address)) return owner;
  }
  return std::nullopt;
}

ContactId granted_contact_id(const CreateContact& action, const TeamState& state, Recorder& recorder) {
  if (!action.id) return recorder.new_contact();
  if (action.id->value() < 1 || action.id->value() > kContactIdMax) {
    throw Error(ErrorCode::bad_data, {{"id", "must be between 1 and " + std::to_string(kContactIdMax)}});
  }
  if (state.contact(*action.id)) throw Error(ErrorCode::conflict, {{"id", "is taken already"}});
  recorder.use_contact(*action.id);
  return *action.id;
}

/// Nobody creates a contact to be shown without a name or an address: what is empty counts as absent. So the name is
/// derived, one that was chosen stays when the contact is there already, and a create that comes again does not take
/// one e-mail address after the other (contract, 3.1).
void forget_what_is_empty(ContactPatch& patch) {
  if (patch.display_name && patch.display_name->empty()) patch.display_name.reset();
  if (patch.email && patch.email->empty()) patch.email.reset();
}

/// The contact that the create makes. It is certain that it updates none.
ContactChange creation(CreateContact& action, const TeamState& state, Recorder& recorder) {
  const Directory& directory = *state.directory();
  Contact contact;
  contact.uuid = action.uuid;
  contact.creator = owner_of_team(directory);
  forget_what_is_empty(action.patch);
  apply(contact, action.patch, action.custom_mode, directory, recorder);
  contact.id = granted_contact_id(action, state, recorder);
  ContactChange change = recorded(std::nullopt, std::move(contact), state, recorder);
  throw_if_owned_by_another(change, action.patch, state);
  return change;
}

}  // namespace

ContactId existing_or_created(CreateContact& action, const TeamState& state, Recorder& recorder,
                              std::vector<ContactChange>& changes) {
  throw_if_bad(action.patch, *state.directory());
  if (const auto owner = addressee(action.patch, state)) return *owner;
  return changes.emplace_back(creation(action, state, recorder)).after->id;
}

Decision decide_action(UpdateContact& action, const TeamState& state, Recorder& recorder) {
  auto before = found_or_throw(state, action.key);
  throw_unless_accepted(action.if_match, before->rev);
  throw_if_bad(action.patch, *state.directory(), *before);
  return update(std::move(before), action.patch, action.custom_mode, state, recorder);
}

Decision decide_action(CreateContact& action, const TeamState& state, Recorder& recorder) {
  throw_if_bad(action.patch, *state.directory());
  if (action.on_duplicate != OnDuplicate::reject) {
    if (const auto owner = addressee(action.patch, state)) {
      auto before = found_or_throw(state, *owner);
      if (action.on_duplicate == OnDuplicate::keep) return recorder.decision(ContactSaved{std::move(before)});
      forget_what_is_empty(action.patch);
      // It tells who is meant, which any of the contact's phones does: that makes none of them the first.
      action.patch.phone.reset();
      return update(std::move(before), action.patch, action.custom_mode, state, recorder);
    }
  }
  return saved(creation(action, state, recorder), recorder);
}

Decision decide_action(DeleteContact& action, const TeamState& state, Recorder& recorder) {
  ContactChange change{.before = found_or_throw(state, action.key), .after = std::nullopt};
  const Contact& before = *change.before;
  throw_unless_accepted(action.if_match, before.rev);
  ListChanges lists = leave_all_lists(before.id, state, recorder);
  recorder.log(Subject::contact, before.id.value(), before.rev + 1, Operation::remove,
               differences(change.before, change.after));
  Decision decision = recorder.decision(ContactDeleted{});
  decision.contacts.push_back(std::move(change));
  decision.directory = std::move(lists.rows);
  decision.memberships = std::move(lists.memberships);
  return decision;
}

Decision decide_action(SetStatus& action, const TeamState& state, Recorder& recorder) {
  std::optional<ContactId> by_id;
  std::optional<ContactId> by_phone;
  if (action.names.id && state.contact(*action.names.id)) by_id = action.names.id;
  if (action.names.phone) by_phone = state.owner_of(address_of(kPhone, *action.names.phone));
  auto before = found_or_throw(state, meant_by(action.names, by_id, by_phone));
  Contact after = *before;
  after.consent = applied(before->consent, action.status);
  return saved(recorded(std::move(before), std::move(after), state, recorder), recorder);
}

}  // namespace cardfile::core
