#include "core/decide_lists.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/address.h"
#include "core/decide_contact.h"
#include "core/directory_write.h"
#include "core/error.h"
#include "core/list_write.h"

namespace cardfile::core {

namespace {

constexpr std::size_t kListsPerTeamMax = 10'000;
constexpr std::size_t kContactsNamedMax = 100;  // So that a refusal stays short.

using Contacts = std::set<ContactId>;

const List& found_or_throw(const std::map<ListId, List>& lists, ListId id) {
  const auto found = lists.find(id);
  if (found == lists.end()) throw Error(ErrorCode::not_found, "no list has this id");
  return found->second;
}

/// `field` is what the ids were given in.
void report_unknown(std::string_view field, const std::vector<ContactId>& ids, const TeamState& state,
                    std::vector<FieldError>& problems) {
  std::size_t named = 0;
  for (std::size_t i = 0; i < ids.size() && named < kContactsNamedMax; ++i) {
    if (state.contact(ids[i])) continue;
    ++named;
    problems.push_back({std::string(field) + "[" + std::to_string(i) + "]",
                        "must be a contact of the team: " + std::to_string(ids[i].value()) + " is not one"});
  }
}

Address address_in(const CreateContact& create) {
  const ContactPatch& patch = create.patch;
  return patch.phone ? address_of(kPhone, *patch.phone) : address_of(kEmail, patch.email.value_or(""));
}

/// Finds out who is meant in one command. Who is not a contact yet becomes one, once.
class Resolver {
 public:
  Resolver(const TeamState& state, Recorder& recorder) : state_(state), recorder_(recorder) {}

  Contacts resolve(ListContacts& contacts) {
    Contacts ids(contacts.ids.begin(), contacts.ids.end());
    for (CreateContact& create : contacts.addresses) {
      const auto [known, is_new] = known_.try_emplace(address_in(create));
      if (is_new) known->second = existing_or_created(create, state_, recorder_, created_);
      ids.insert(known->second);
    }
    return ids;
  }

  std::vector<ContactChange> take_created() { return std::move(created_); }

 private:
  const TeamState& state_;
  Recorder& recorder_;
  std::map<Address, ContactId> known_;  // The state does not know of the contacts that this command makes.
  std::vector<ContactChange> created_;
};

Contacts set_of(const std::vector<ContactId>& contacts) { return {contacts.begin(), contacts.end()}; }

std::vector<ContactId> difference(const Contacts& left, const Contacts& right) {
  std::vector<ContactId> contacts;
  std::set_difference(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(contacts));
  return contacts;
}

std::vector<ContactId> those_inside(ListId list, const Contacts& contacts, const TeamState& state) {
  std::vector<ContactId> found;
  std::copy_if(contacts.begin(), contacts.end(), std::back_inserter(found),
               [&](ContactId contact) { return state.is_member(list, contact); });
  return found;
}

std::vector<ContactId> those_outside(ListId list, const Contacts& contacts, const TeamState& state) {
  std::vector<ContactId> found;
  std::copy_if(contacts.begin(), contacts.end(), std::back_inserter(found),
               [&](ContactId contact) { return !state.is_member(list, contact); });
  return found;
}

/// Leaves out of `contacts` the addresses that are to leave, so that nobody is created in order to go.
void forget(const std::vector<Address>& addresses, ListContacts& contacts) {
  const std::set<Address> leaving(addresses.begin(), addresses.end());
  std::erase_if(contacts.addresses, [&](const CreateContact& create) { return leaving.contains(address_in(create)); });
}

Contacts to_go(const UpdateList& action, const TeamState& state) {
  Contacts ids(action.remove.begin(), action.remove.end());
  for (const Address& address : action.remove_addresses) {
    if (const auto owner = state.owner_of(address)) ids.insert(*owner);
  }
  return ids;
}

/// Whose contacts are the first to be left out when the list cannot take all.
std::string_view field_of(const UpdateList& action) {
  const bool adds = !action.add.ids.empty() || !action.add.addresses.empty();
  return adds || !action.replacement ? action.add.field : action.replacement->contacts.field;
}

MembershipChange membership(UpdateList& action, const TeamState& state, Resolver& resolver) {
  forget(action.remove_addresses, action.add);
  if (action.replacement) forget(action.remove_addresses, action.replacement->contacts);
  // First those that may bring names along.
  Contacts coming = action.replacement ? resolver.resolve(action.replacement->contacts) : Contacts();
  coming.merge(resolver.resolve(action.add));
  const Contacts going = to_go(action, state);
  if (!action.replacement) {
    std::erase_if(coming, [&](ContactId contact) { return going.contains(contact); });
    return {.list = action.id,
            .added = those_outside(action.id, coming, state),
            .removed = those_inside(action.id, going, state)};
  }
  std::erase_if(coming, [&](ContactId contact) { return going.contains(contact); });
  const Contacts before = set_of(state.members(action.id));
  Contacts leaving = action.replacement->keeps_without_phone ? set_of(state.members_with_phone(action.id)) : before;
  std::set_intersection(before.begin(), before.end(), going.begin(), going.end(),
                        std::inserter(leaving, leaving.end()));
  return {.list = action.id, .added = difference(coming, before), .removed = difference(leaving, coming)};
}

void throw_if_too_many(const List& list, std::string_view field) {
  if (list.size <= kListSize) return;
  throw Error(ErrorCode::bad_data,
              {{std::string(field), "a list has at most " + std::to_string(kListSize) +
                                        " contacts: this one would have " + std::to_string(list.size)}});
}

void throw_if_in_too_many(const std::vector<ContactId>& coming, const TeamState& state, std::string_view field) {
  std::vector<FieldError> errors;
  for (const ContactId contact : coming) {
    if (errors.size() == kContactsNamedMax) break;
    if (state.lists_of(contact).size() < kListsPerContactMax) continue;
    errors.push_back({std::string(field), "a contact is in at most " + std::to_string(kListsPerContactMax) +
                                              " lists: " + std::to_string(contact.value()) + " is in as many already"});
  }
  throw_if_any(ErrorCode::bad_data, std::move(errors));
}

/// What a list's row is to be, with all that came with it, in `field`.
Decision saved(const List& before, List after, MembershipChange membership, std::vector<ContactChange> created,
               std::string_view field, const TeamState& state, Recorder& recorder) {
  after.size = before.size + static_cast<std::int64_t>(membership.added.size()) -
               static_cast<std::int64_t>(membership.removed.size());
  throw_if_too_many(after, field);
  throw_if_in_too_many(membership.added, state, field);
  after.rev = before.rev + 1;
  after.updated = recorder.time();
  if (!before.id) after.created = after.updated;
  recorder.log(Subject::list, after.id.value(), after.rev, before.id ? Operation::update : Operation::create,
               differences(before, after, membership));
  Decision decision = recorder.decision(ListSaved{after});
  decision.contacts = std::move(created);
  decision.directory.emplace_back(std::move(after));
  decision.memberships.push_back(std::move(membership));
  return decision;
}

}  // namespace

Decision decide_action(CreateList& action, const TeamState& state, Recorder& recorder) {
  const Directory& directory = *state.directory();
  Texts texts(std::move(action.problems));
  List list{.id = {},
            .uuid = action.uuid,
            .name = texts.name("title", action.title),
            .local_id = action.local_id ? texts.name("local_id", *action.local_id) : std::string(),
            .creator = owner_of_team(directory),
            .created = {},
            .updated = {}};
  for (const auto& [id, existing] : directory.lists) {
    if (!list.local_id.empty() && existing.local_id == list.local_id) {
      texts.throw_if_bad();
      return recorder.decision(ListSaved{existing});
    }
  }
  report_unknown("contacts", action.contacts.ids, state, texts.problems());
  texts.throw_if_bad();
  if (directory.lists.size() >= kListsPerTeamMax) {
    throw Error(ErrorCode::bad_data, {{"title", "a team has at most " + std::to_string(kListsPerTeamMax) + " lists"}});
  }
  Resolver resolver(state, recorder);
  const Contacts contacts = resolver.resolve(action.contacts);
  list.id = recorder.new_list();
  return saved({}, list, {.list = list.id, .added = {contacts.begin(), contacts.end()}, .removed = {}},
               resolver.take_created(), action.contacts.field, state, recorder);
}

Decision decide_action(UpdateList& action, const TeamState& state, Recorder& recorder) {
  const List& before = found_or_throw(state.directory()->lists, action.id);
  Texts texts(std::move(action.problems));
  List after = before;
  if (action.title) after.name = texts.name("title", *action.title);
  if (action.replacement) {
    report_unknown("contacts", action.replacement->contacts.ids, state, texts.problems());
  }
  report_unknown("add_contacts", action.add.ids, state, texts.problems());
  texts.throw_if_bad();
  Resolver resolver(state, recorder);
  MembershipChange change = membership(action, state, resolver);
  return saved(before, std::move(after), std::move(change), resolver.take_created(), field_of(action), state, recorder);
}

Decision decide_action(DeleteList& action, const TeamState& state, Recorder& recorder) {
  const List& list = found_or_throw(state.directory()->lists, action.id);
  MembershipChange membership{.list = list.id, .added = {}, .removed = state.members(list.id)};
  recorder.log(Subject::list, list.id.value(), list.rev + 1, Operation::remove, differences(list, {}, membership));
  Decision decision = recorder.decision(ListDeleted{});
  decision.directory.emplace_back(ListRemoval{list.id});
  decision.memberships.push_back(std::move(membership));
  return decision;
}

}  // namespace cardfile::core
