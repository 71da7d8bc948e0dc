#include "core/directory.h"

#include <algorithm>

#include "core/address.h"
#include "core/patch.h"
#include "core/text.h"

namespace cardfile::core {

bool UserFilter::matches(const User& user) const {
  const auto has_phone = [&](const std::string& phone) { return phone == user.phone; };
  const auto has_email = [&](const std::string& email) {
    return address_of(kEmail, email) == address_of(kEmail, user.email);
  };
  return std::any_of(phones.begin(), phones.end(), has_phone) || std::any_of(emails.begin(), emails.end(), has_email);
}

std::string_view to_string(KeyKind kind) {
  switch (kind) {
    case KeyKind::api:
      return "api";
    case KeyKind::n8n:
      return "n8n";
  }
  return "api";
}

std::optional<std::string> normalise_name(std::string_view text) {
  const std::string_view name = trimmed(text);
  if (name.empty() || length_of(name) > kTextMax || has_control_character(name)) return std::nullopt;
  return std::string(name);
}

UserId owner_of_team(const Directory& directory) {
  for (const auto& [id, user] : directory.users) {
    if (user.role == Role::admin) return id;
  }
  return {};
}

bool Directory::has_unchanged_tags(const Contact& contact) const {
  return std::ranges::all_of(contact.tags, [&](TagId id) {
    const auto tag = tags.find(id);
    return tag != tags.end() && tag->second.updated <= contact.updated;
  });
}

}  // namespace cardfile::core
