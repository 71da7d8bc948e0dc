#include "wire/list_json.h"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/address.h"
#include "core/error.h"
#include "core/patch.h"
#include "core/text.h"
#include "core/time.h"
#include "wire/members.h"

namespace cardfile::wire {

namespace {

/// A kind of address that a list takes contacts by.
struct Kind {
  std::string_view type;
  std::optional<std::string> (*normalise)(std::string_view);
  std::string_view rule;
  std::optional<std::string> core::ContactPatch::*field;
};
constexpr Kind kPhones{core::kPhone, core::normalise_phone, core::kPhoneRule, &core::ContactPatch::phone};
constexpr Kind kEmails{core::kEmail, core::normalise_email, core::kEmailRule, &core::ContactPatch::email};

bool is_empty_array(const Json& value) { return value.is(JsonKind::array) && value.empty(); }

/// Reads the body of a list. When the members of `naming` name too many together, none of them is read.
class ListReader {
 public:
  ListReader(const Json& body, std::vector<core::FieldError>& problems, const core::UuidSource& next_uuid,
             std::initializer_list<std::string_view> naming)
      : members_(body, problems), next_uuid_(next_uuid), names_too_many_(!check_size(naming)) {}

  bool has(std::string_view name) const { return members_.given(name).has_value(); }

  /// Whether it is given and no empty array, which typed clients send for what they do not mean.
  bool has_items(std::string_view name) const {
    const auto given = members_.given(name);
    return given && !is_empty_array(*given);
  }

  /// The first of `names` that has items, or else the first.
  std::string_view first_with_items(std::initializer_list<std::string_view> names) const {
    const auto* const found = std::ranges::find_if(names, [this](std::string_view name) { return has_items(name); });
    return found == names.end() ? *names.begin() : *found;
  }

  std::string required(std::string_view name) const {
    if (!has(name)) members_.report(name, "is required");
    return members_.string(name).value_or("");
  }

  std::optional<std::string> text(std::string_view name) const { return members_.string(name); }

  /// `contacts` is the one kind of list that there is.
  void check_type() const {
    const auto type = members_.string("type");
    if (type && !type->empty() && *type != "contacts") members_.report("type", "must be contacts");
  }

  std::vector<core::ContactId> contacts(std::string_view name) const {
    std::vector<core::ContactId> contacts;
    const auto items = members_.array(name, "must be an array of integers: contacts' ids");
    if (!items || names_too_many_) return contacts;
    std::size_t index = 0;
    for (const Json item : *items) {
      if (const auto id = id_of(item)) {
        contacts.emplace_back(*id);
      } else {
        members_.report(path(name, index), "must be an integer: a contact's id");
      }
      ++index;
    }
    return contacts;
  }

  /// The addresses in their normal form.
  std::vector<std::string> addresses(std::string_view name, const Kind& kind) const {
    std::vector<std::string> values;
    const auto given = members_.given(name);
    if (given && given->is(JsonKind::string)) {
      add_address(*given, std::string(name), kind, values);
      return values;
    }
    const auto items = members_.array(name, "must be an array of strings");
    if (!items || names_too_many_) return values;
    std::size_t index = 0;
    for (const Json item : *items) add_address(item, path(name, index++), kind, values);
    return values;
  }

  std::vector<core::Address> named(std::string_view name, const Kind& kind) const {
    std::vector<core::Address> result;
    for (const std::string& value : addresses(name, kind)) result.push_back(core::address_of(kind.type, value));
    return result;
  }

  void add_creates(std::string_view name, const Kind& kind, std::vector<core::CreateContact>& creates) const {
    for (std::string& value : addresses(name, kind)) {
      core::ContactPatch patch;
      patch.*kind.field = std::move(value);
      creates.push_back(create(std::move(patch)));
    }
  }

  /// `members`: a phone with the names that its contact gets when it is a new one.
  void add_members(std::vector<core::CreateContact>& creates) const {
    const auto given = members_.given("members");
    if (!given) return;
    if (is_empty_array(*given)) return;  // As some clients write an empty object.
    if (!given->is(JsonKind::object)) {
      members_.report("members", R"(must be an object: phone to {"f","l"})");
      return;
    }
    if (names_too_many_) return;
    for (const Json member : *given) {
      if (auto patch = member_patch(member)) creates.push_back(create(std::move(*patch)));
    }
  }

 private:
  static std::string path(std::string_view name, std::size_t index) {
    return std::string(name) + "[" + std::to_string(index) + "]";
  }

  /// Names the member that is too large on its own, or else the body.
  bool check_size(std::initializer_list<std::string_view> naming) const {
    std::size_t names = 0;
    for (const std::string_view name : naming) {
      const auto given = members_.given(name);
      const bool holds_many = given && (given->is(JsonKind::array) || given->is(JsonKind::object));
      const std::size_t size = holds_many ? given->size() : given ? 1 : 0;
      if (size > kListNamesMax) {
        members_.report(name, "must have at most " + std::to_string(kListNamesMax) + " items");
        return false;
      }
      names += size;
    }
    if (names <= kListNamesMax) return true;
    members_.report("body", "must name at most " + std::to_string(kListNamesMax) +
                                " contacts, phones and emails in all its arrays together: it names " +
                                std::to_string(names));
    return false;
  }

  void add_address(const Json& item, const std::string& field, const Kind& kind,
                   std::vector<std::string>& values) const {
    auto value = item.is(JsonKind::string) ? kind.normalise(item.text()) : std::nullopt;
    if (!value) {
      members_.report(field, item.is(JsonKind::string) ? kind.rule : "must be a string");
    } else if (core::length_of(*value) > core::kTextMax) {
      members_.report(field, "must be at most " + std::to_string(core::kTextMax) + " characters");
    } else {
      values.push_back(std::move(*value));
    }
  }

  core::CreateContact create(core::ContactPatch patch) const {
    return {.uuid = next_uuid_(), .id = {}, .patch = std::move(patch), .on_duplicate = core::OnDuplicate::keep};
  }

  std::optional<core::ContactPatch> member_patch(const Json& member) const {
    const std::string field = "members." + std::string(member.name());
    core::ContactPatch patch;
    patch.phone = core::normalise_phone(member.name());
    if (!patch.phone) {
      members_.report(field, core::kPhoneRule);
      return std::nullopt;
    }
    if (!member.is(JsonKind::object) && !member.is(JsonKind::null) && !is_empty_array(member)) {
      members_.report(field, R"(must be an object with "f" and "l")");
      return std::nullopt;
    }
    patch.first = name_of(member, "f", field);
    patch.last = name_of(member, "l", field);
    return patch;
  }

  std::optional<std::string> name_of(const Json& member, std::string_view name, const std::string& field) const {
    const auto value = member.given(name);
    if (!value) return std::nullopt;
    const std::string full = field + "." + std::string(name);
    if (!value->is(JsonKind::string)) {
      members_.report(full, "must be a string");
      return std::nullopt;
    }
    std::string text(core::trimmed(value->text()));
    if (core::length_of(text) > core::kTextMax || core::has_control_character(text)) {
      members_.report(full, "must be at most 255 characters in one line");
      return std::nullopt;
    }
    return text;
  }

  Members members_;
  const core::UuidSource& next_uuid_;
  const bool names_too_many_;
};

void add_contacts(const ListReader& reader, core::ListContacts& contacts) {
  contacts.ids = reader.contacts("contacts");
  reader.add_creates("phones", kPhones, contacts.addresses);
  reader.add_creates("emails", kEmails, contacts.addresses);
  contacts.field = reader.first_with_items({"contacts", "phones", "emails", "members"});
}

}  // namespace

namespace v1 {

core::CreateList read_new_list(const Json& body, const core::UuidSource& next_uuid) {
  require_object(body);
  core::CreateList create;
  const ListReader reader(body, create.problems, next_uuid, {"contacts", "phones", "emails", "members"});
  create.title = reader.required("title");
  create.local_id = reader.text("local_id");
  if (create.local_id && create.local_id->empty()) create.local_id.reset();
  // Before the phones alone: of two that make one contact the first has its names.
  reader.add_members(create.contacts.addresses);
  add_contacts(reader, create.contacts);
  return create;
}

core::UpdateList read_list_update(const Json& body, const core::UuidSource& next_uuid) {
  require_object(body);
  core::UpdateList update;
  const ListReader reader(body, update.problems, next_uuid, {"members", "add_phone", "remove_phone"});
  update.title = reader.text("title");
  if (reader.has_items("members")) {
    core::ListReplacement& replacement = update.replacement.emplace();
    reader.add_members(replacement.contacts.addresses);
    replacement.contacts.field = "members";
    replacement.keeps_without_phone = true;
  }
  reader.add_creates("add_phone", kPhones, update.add.addresses);
  update.add.field = "add_phone";
  update.remove_addresses = reader.named("remove_phone", kPhones);
  return update;
}

void write_list(JsonWriter& json, const core::List& list, const std::vector<core::ListTarget>& targets,
                core::TeamId team) {
  json.begin_object();
  json.key("id").integer(list.id.value()).key("name").string(list.name).key("local_id").string(list.local_id);
  json.key("targets").begin_object();
  for (const core::ListTarget& target : targets) {
    json.key(target.phone).begin_object();
    json.key("f").string(target.first).key("l").string(target.last);
    json.end_object();
  }
  json.end_object();
  json.key("team_id").integer(team.value()).key("creator_id").integer(list.creator.value());
  json.key("shared").boolean(true);
  json.key("created").time(list.created);
  json.key("updated").time(list.updated);
  json.key("rev").integer(list.rev).key("archived").boolean(false);
  json.end_object();
}

}  // namespace v1

namespace v2 {

core::CreateList read_new_list(const Json& body, const core::UuidSource& next_uuid) {
  require_object(body);
  core::CreateList create;
  const ListReader reader(body, create.problems, next_uuid, {"contacts", "phones", "emails"});
  create.title = reader.required("title");
  create.local_id = reader.required("local_id");
  reader.check_type();
  add_contacts(reader, create.contacts);
  return create;
}

core::UpdateList read_list_update(const Json& body, const core::UuidSource& next_uuid) {
  require_object(body);
  core::UpdateList update;
  const ListReader reader(body, update.problems, next_uuid,
                          {"contacts", "phones", "emails", "add_contacts", "add_phones", "add_emails",
                           "remove_contacts", "remove_phones", "remove_emails"});
  update.title = reader.text("title");
  const bool replaces = reader.has("contacts") || reader.has_items("phones") || reader.has_items("emails");
  if (replaces) add_contacts(reader, update.replacement.emplace().contacts);
  update.add.ids = reader.contacts("add_contacts");
  reader.add_creates("add_phones", kPhones, update.add.addresses);
  reader.add_creates("add_emails", kEmails, update.add.addresses);
  update.add.field = reader.first_with_items({"add_contacts", "add_phones", "add_emails"});
  update.remove = reader.contacts("remove_contacts");
  update.remove_addresses = reader.named("remove_phones", kPhones);
  for (core::Address& address : reader.named("remove_emails", kEmails)) {
    update.remove_addresses.push_back(std::move(address));
  }
  return update;
}

void write_created_list(JsonWriter& json, const core::List& list) {
  json.begin_object();
  json.key("id").integer(list.id.value()).key("rev").integer(list.rev);
  json.key("uuid").uuid(list.uuid);
  json.end_object();
}

}  // namespace v2

void write_updated_list(JsonWriter& json, const core::List& list) {
  json.begin_object().key("id").integer(list.id.value()).key("rev").integer(list.rev).end_object();
}

}  // namespace cardfile::wire
