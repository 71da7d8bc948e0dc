#include "core/list_write.h"

#include <cstdint>
#include <string>
#include <utility>

namespace cardfile::core {

namespace {

LogValue numbers(const std::vector<ContactId>& contacts) {
  if (contacts.empty()) return {};
  std::vector<std::int64_t> numbers;
  numbers.reserve(contacts.size());
  for (const ContactId contact : contacts) numbers.push_back(contact.value());
  return numbers;
}

LogValue logged(const std::string& text) { return text.empty() ? LogValue{} : LogValue{text}; }

}  // namespace

std::vector<FieldChange> differences(const List& from, const List& to, const MembershipChange& membership) {
  std::vector<FieldChange> changes;
  const auto add = [&](const char* field, LogValue before, LogValue after) {
    if (before != after) changes.push_back({field, std::move(before), std::move(after)});
  };
  if (from.uuid != to.uuid) {
    add("uuid", from.id ? LogValue{from.uuid.to_string()} : LogValue{},
        to.id ? LogValue{to.uuid.to_string()} : LogValue{});
  }
  add("name", logged(from.name), logged(to.name));
  add("local_id", logged(from.local_id), logged(to.local_id));
  add("removed_contacts", numbers(membership.removed), {});
  add("added_contacts", {}, numbers(membership.added));
  return changes;
}

ListChanges leave_all_lists(ContactId contact, const TeamState& state, Recorder& recorder) {
  ListChanges changes;
  for (const ListId id : state.lists_of(contact)) {
    const List& before = state.directory()->lists.at(id);
    List after = before;
    --after.size;
    ++after.rev;
    after.updated = recorder.time();
    MembershipChange membership{.list = id, .added = {}, .removed = {contact}};
    recorder.log(Subject::list, id.value(), after.rev, Operation::update, differences(before, after, membership));
    changes.rows.emplace_back(std::move(after));
    changes.memberships.push_back(std::move(membership));
  }
  return changes;
}

}  // namespace cardfile::core
