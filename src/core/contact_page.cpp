#include "core/contact_page.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "core/error.h"

namespace cardfile::core {

std::size_t size_of(const Channel& channel) {
  return sizeof channel + channel.type.size() + channel.value.size() + channel.handle.size() + channel.info.size();
}

std::size_t size_of(const Contact& contact) {
  std::size_t size =
      sizeof contact + contact.first.size() + contact.last.size() + contact.display_name.size() + contact.avatar.size();
  for (const auto& [field, value] : contact.custom) size += sizeof value + sizeof field + value.size();
  for (const auto& channel : contact.channels) size += size_of(channel);
  for (const auto& note : contact.notes) size += sizeof note + note.text.size();
  return size + (contact.tags.size() + contact.email_suppressions.size()) * sizeof(std::int64_t);
}

bool ContactBytes::add_if_it_fits(const Contact& contact) {
  const std::size_t size = size_of(contact);
  if (bytes_ > 0 && size > max_ - std::min(bytes_, max_)) return false;
  bytes_ += size;
  return true;
}

void ContactBytes::add(const Contact& contact) {
  if (add_if_it_fits(contact)) return;
  throw Error(ErrorCode::bad_data, "the contacts of one answer may hold " + std::to_string(max_ >> 20) +
                                       " MiB together, and these hold more: ask for fewer at once");
}

void ContactPage::add(Contact contact) {
  if (contacts_.size() < needed_) {
    bytes_.add(contact);
  } else if (has_ended_ || !bytes_.add_if_it_fits(contact)) {
    has_ended_ = true;
    return;
  }
  contacts_.push_back(std::move(contact));
}

}  // namespace cardfile::core
