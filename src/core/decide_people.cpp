#include "core/decide_people.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/address.h"
#include "core/contact.h"
#include "core/directory_write.h"
#include "core/error.h"
#include "core/text.h"

namespace cardfile::core {

namespace {

using Users = std::map<UserId, User>;

/// A user has one name; first and last are the parts before and after its first blank.
std::string renamed(const std::string& stored, const UserPatch& patch) {
  const std::string name = patch.name.value_or(stored);
  if (!patch.first && !patch.last) return name;
  const std::size_t blank = name.find(' ');
  const std::string first = name.substr(0, blank);
  const std::string last = blank == std::string::npos ? std::string() : name.substr(blank + 1);
  return derived_display_name(trimmed(patch.first.value_or(first)), trimmed(patch.last.value_or(last)));
}

/// What is wrong with the ids of the patches. An id that could not be read has its problem already.
void report_ids(const std::vector<UserPatch>& patches, const Users& users, std::vector<FieldError>& problems) {
  std::set<UserId> seen;
  for (std::size_t i = 0; i < patches.size(); ++i) {
    const UserId id = patches[i].id;
    if (!id) continue;
    const std::string field = "users[" + std::to_string(i) + "].id";
    if (!users.contains(id)) {
      problems.push_back({field, "must be a user of the team: " + std::to_string(id.value()) + " is not one"});
    } else if (!seen.insert(id).second) {
      problems.push_back({field, "is given twice"});
    }
  }
}

User patched(User user, const UserPatch& patch, const std::string& path, Texts& texts) {
  user.name = texts.name(path + (patch.name    ? "name"
                                 : patch.first ? "first_name"
                                               : "last_name"),
                         renamed(user.name, patch));
  if (patch.email) user.email = texts.address(path + "email", *patch.email, normalise_email, kEmailRule);
  if (patch.phone) user.phone = texts.address(path + "phone", *patch.phone, normalise_phone, kPhoneRule);
  if (patch.role) user.role = *patch.role;
  return user;
}

std::vector<FieldChange> differences(const User& from, const User& to) {
  std::vector<FieldChange> changes;
  const auto add = [&](std::string_view field, const std::string& before, const std::string& after) {
    if (before != after) changes.push_back({std::string(field), before, after});
  };
  add("name", from.name, to.name);
  add("email", from.email, to.email);
  add("phone", from.phone, to.phone);
  if (from.role != to.role) {
    changes.push_back({"role_id", static_cast<std::int64_t>(from.role), static_cast<std::int64_t>(to.role)});
  }
  return changes;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::vector<std::int64_t> numbers(const std::vector<UserId>& ids) {
  std::vector<std::int64_t> numbers;
  numbers.reserve(ids.size());
  for (const UserId id : ids) numbers.push_back(id.value());
  return numbers;
}

template <class Value>
void add_once(std::vector<Value>& values, const Value& value) {
  if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
}

std::vector<FieldError> unknown_members(const std::vector<UserId>& members, const Users& users) {
  std::vector<FieldError> problems;
  for (const UserId member : members) {
    if (users.contains(member)) continue;
    problems.push_back({"members", "must be users of the team: " + std::to_string(member.value()) + " is not one"});
  }
  return problems;
}

}  // namespace

Decision decide_action(UpdateUsers& action, const TeamState& state, Recorder& recorder) {
  const Users& users = state.directory()->users;
  report_ids(action.patches, users, action.problems);
  Texts texts(std::move(action.problems));
  std::vector<User> after;
  for (std::size_t i = 0; i < action.patches.size(); ++i) {
    const auto before = users.find(action.patches[i].id);
    if (before == users.end()) continue;
    after.push_back(patched(before->second, action.patches[i], "users[" + std::to_string(i) + "].", texts));
  }
  texts.throw_if_bad();
  std::vector<DirectoryChange> changes;
  for (User& user : after) {
    ++user.rev;
    user.updated = recorder.time();
    recorder.log(Subject::user, user.id.value(), user.rev, Operation::update, differences(users.at(user.id), user));
    changes.emplace_back(user);
  }
  Decision decision = recorder.decision(UsersSaved{std::move(after)});
  decision.directory = std::move(changes);
  return decision;
}

Decision decide_action(CreateInbox& action, const TeamState& state, Recorder& recorder) {
  const Timestamp at = recorder.time();
  Texts texts(unknown_members(action.members, state.directory()->users));
  Inbox inbox{.id = {},
              .name = texts.name("name", action.name),
              .phones = {},
              .members = {},
              .rev = 1,
              .created = at,
              .updated = at};
  for (const std::string& phone : action.phones) {
    const std::string digits = texts.address("phones", phone, normalise_phone, kPhoneRule);
    if (!digits.empty()) add_once(inbox.phones, digits);
  }
  for (const UserId member : action.members) add_once(inbox.members, member);
  texts.throw_if_bad();
  inbox.id = granted_id(action.id, state.directory()->inboxes);
  recorder.log(
      Subject::inbox, inbox.id.value(), inbox.rev, Operation::create,
      {{"name", {}, inbox.name}, {"phones", {}, joined(inbox.phones)}, {"members", {}, numbers(inbox.members)}});
  Decision decision = recorder.decision(InboxSaved{inbox});
  decision.directory.emplace_back(std::move(inbox));
  return decision;
}

}  // namespace cardfile::core
