#include "core/change.h"

#include <algorithm>

#include "core/contact_page.h"
#include "core/time.h"

namespace cardfile::core {

namespace {

LogValue logged(std::string_view text) { return text.empty() ? LogValue{} : LogValue{std::string(text)}; }
LogValue logged(bool value) { return value ? LogValue{true} : LogValue{}; }
template <class Tag>
LogValue logged(Id<Tag> id) {
  return id ? LogValue{id.value()} : LogValue{};
}
LogValue logged(const Uuid& uuid) { return uuid == Uuid() ? LogValue{} : LogValue{uuid.to_string()}; }
LogValue logged(const std::vector<TagId>& tags) {
  if (tags.empty()) return {};
  std::vector<std::int64_t> ids;
  ids.reserve(tags.size());
  for (const TagId tag : tags) ids.push_back(tag.value());
  return ids;
}
template <class Item>
LogValue logged(const std::vector<Item>& items) {
  return items.empty() ? LogValue{} : LogValue{items};
}

/// Besides the value itself.
std::size_t heap_size_of(const LogValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return text->size();
  if (const auto* numbers = std::get_if<std::vector<std::int64_t>>(&value))
    return numbers->size() * sizeof(std::int64_t);
  std::size_t size = 0;
  if (const auto* channels = std::get_if<std::vector<Channel>>(&value)) {
    for (const auto& channel : *channels) size += size_of(channel);
  }
  return size;
}

/// Appends the field when its two values differ.
class Differences {
 public:
  template <class Value>
  void add(std::string_view field, const Value& from, const Value& to) {
    if (from == to) return;
    changes_.push_back({std::string(field), logged(from), logged(to)});
  }

  void add_custom(const CustomValues& from, const CustomValues& to) {
    if (from == to) return;
    auto left = from.begin();
    auto right = to.begin();
    while (left != from.end() || right != to.end()) {
      if (right == to.end() || (left != from.end() && left->first < right->first)) {
        add_custom_value(left->first, left->second, {});
        ++left;
      } else if (left == from.end() || right->first < left->first) {
        add_custom_value(right->first, {}, right->second);
        ++right;
      } else {
        if (left->second != right->second) add_custom_value(left->first, left->second, right->second);
        ++left;
        ++right;
      }
    }
  }

  void add_notes(const std::vector<Note>& from, const std::vector<Note>& to) {
    if (from == to) return;
    const auto lacks = [](const std::vector<Note>& notes, const Note& note) {
      return std::find(notes.begin(), notes.end(), note) == notes.end();
    };
    const auto field = [](const Note& note) { return "note." + std::to_string(note.id); };
    for (const Note& note : from) {
      if (lacks(to, note)) changes_.push_back({field(note), note.text, {}});
    }
    for (const Note& note : to) {
      if (lacks(from, note)) changes_.push_back({field(note), {}, note.text});
    }
  }

  void add_creation(Timestamp created) { changes_.push_back({"created", to_rfc3339(created), {}}); }

  std::vector<FieldChange> take() { return std::move(changes_); }

 private:
  /// An empty value is a value: it differs from none, so it does not go through logged().
  void add_custom_value(FieldId field, std::optional<std::string_view> from, std::optional<std::string_view> to) {
    const auto value = [](std::optional<std::string_view> text) {
      return text ? LogValue{std::string(*text)} : LogValue{};
    };
    changes_.push_back({"custom." + std::to_string(field.value()), value(from), value(to)});
  }

  std::vector<FieldChange> changes_;
};

std::vector<Address> sorted_addresses(const SharedContact& contact) {
  std::vector<Address> addresses;
  if (!contact) return addresses;
  addresses.reserve(contact->channels.size());
  for (const Channel& channel : contact->channels) addresses.push_back(channel.address());
  std::sort(addresses.begin(), addresses.end());
  return addresses;
}

}  // namespace

std::string_view to_string(Subject subject) {
  switch (subject) {
    case Subject::contact:
      return "contact";
    case Subject::team:
      return "team";
    case Subject::user:
      return "user";
    case Subject::custom_field:
      return "custom_field";
    case Subject::tag:
      return "tag";
    case Subject::inbox:
      return "inbox";
    case Subject::list:
      return "list";
    case Subject::api_key:
      return "api_key";
    case Subject::api_secret:
      return "api_secret";
    case Subject::webhook:
      return "webhook";
  }
  return "contact";
}

std::string_view to_string(Operation operation) {
  switch (operation) {
    case Operation::create:
      return "create";
    case Operation::update:
      return "update";
    case Operation::remove:
      return "delete";
  }
  return "update";
}

std::vector<FieldChange> differences(const SharedContact& before, const SharedContact& after) {
  static const Contact nobody;
  const Contact& from = before ? *before : nobody;
  const Contact& to = after ? *after : nobody;
  Differences found;
  found.add("uuid", from.uuid, to.uuid);
  found.add("creator_id", from.creator, to.creator);
  if (before && !after) found.add_creation(before->created);
  found.add("first", from.first, to.first);
  found.add("last", from.last, to.last);
  found.add("display_name", from.display_name, to.display_name);
  found.add("avatar", from.avatar, to.avatar);
  found.add("assigned_user_id", from.assigned, to.assigned);
  found.add_custom(from.custom, to.custom);
  found.add("tags", from.tags, to.tags);
  found.add("blocked", from.consent.blocked, to.consent.blocked);
  found.add("is_opted_out", from.consent.opted_out(), to.consent.opted_out());
  found.add("unsubscribed_admin", from.consent.unsubscribed_admin, to.consent.unsubscribed_admin);
  found.add("unsubscribed_contact", from.consent.unsubscribed_contact, to.consent.unsubscribed_contact);
  found.add("email_suppressions", from.email_suppressions, to.email_suppressions);
  found.add("channels", from.channels, to.channels);
  found.add_notes(from.notes, to.notes);
  return found.take();
}

std::size_t size_of(const ChangeEntry& entry) {
  std::size_t size = sizeof entry + entry.actor.size();
  for (const auto& change : entry.changes) {
    size += sizeof change + change.field.size() + heap_size_of(change.from) + heap_size_of(change.to);
  }
  return size;
}

AddressChanges address_changes(const ContactChange& change) {
  AddressChanges changes;
  if (change.before && change.after && change.before->channels == change.after->channels) return changes;
  const std::vector<Address> before = sorted_addresses(change.before);
  const std::vector<Address> after = sorted_addresses(change.after);
  std::set_difference(before.begin(), before.end(), after.begin(), after.end(), std::back_inserter(changes.released));
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(), std::back_inserter(changes.taken));
  return changes;
}

}  // namespace cardfile::core
