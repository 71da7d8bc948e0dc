#include "core/contact.h"

#include <algorithm>

namespace cardfile::core {

namespace {

std::string_view first_value(const std::vector<Channel>& channels, std::string_view type) {
  const auto found = std::find_if(channels.begin(), channels.end(), [&](const Channel& c) { return c.type == type; });
  return found == channels.end() ? std::string_view{} : std::string_view(found->value);
}

}  // namespace

std::string_view Contact::phone() const { return first_value(channels, kPhone); }
std::string_view Contact::email() const { return first_value(channels, kEmail); }

std::string derived_display_name(std::string_view first, std::string_view last) {
  std::string name(first);
  if (!first.empty() && !last.empty()) name += ' ';
  return name.append(last);
}

std::string_view last_operation(const Contact& contact) { return contact.rev == 1 ? "create" : "update"; }

}  // namespace cardfile::core
