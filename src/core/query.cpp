#include "core/query.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <compare>
#include <utility>

#include "core/text.h"

namespace cardfile::core {

namespace {

constexpr std::array<std::pair<std::string_view, ContactOrder>, 6> kOrders = {{
    {"updated", ContactOrder::updated},
    {"created", ContactOrder::created},
    {"id", ContactOrder::id},
    {"first", ContactOrder::first},
    {"last", ContactOrder::last},
    {"display_name", ContactOrder::display_name},
}};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool contains(std::string_view text, std::string_view lower_part) {
  return std::search(text.begin(), text.end(), lower_part.begin(), lower_part.end(),
                     [](char in_text, char in_part) { return lower(in_text) == in_part; }) != text.end();
}

/// Empty unless `text` is digits and the punctuation of phones.
std::string digits_of_phone(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      digits += c;
    } else if (std::string_view("+-.() ").find(c) == std::string_view::npos) {
      return {};
    }
  }
  return digits;
}

/// By bytes, as a database compares text.
std::strong_ordering compare_folded(std::string_view left, std::string_view right) {
  return std::lexicographical_compare_three_way(
      left.begin(), left.end(), right.begin(), right.end(),
      [](char a, char b) { return static_cast<unsigned char>(lower(a)) <=> static_cast<unsigned char>(lower(b)); });
}

std::strong_ordering compare(ContactOrder order, const Contact& left, const Contact& right) {
  switch (order) {
    case ContactOrder::updated:
      return left.updated <=> right.updated;
    case ContactOrder::created:
      return left.created <=> right.created;
    case ContactOrder::id:
      return left.id <=> right.id;
    case ContactOrder::first:
      return compare_folded(left.first, right.first);
    case ContactOrder::last:
      return compare_folded(left.last, right.last);
    case ContactOrder::display_name:
      return compare_folded(left.display_name, right.display_name);
  }
  return std::strong_ordering::equal;
}

bool is_past(const ContactQuery& query, Timestamp updated) {
  return query.direction == Direction::ascending ? updated > *query.date : updated < *query.date;
}

}  // namespace

std::optional<ContactOrder> parse_contact_order(std::string_view word) {
  for (const auto& [name, order] : kOrders) {
    if (name == word) return order;
  }
  return std::nullopt;
}

SearchedTexts searched_texts(const Contact& contact) {
  return {.first = contact.first,
          .last = contact.last,
          .display_name = contact.display_name,
          .email = contact.email(),
          .phone = contact.phone()};
}

TextFilter::TextFilter(std::string_view text)
    : text_(lower_ascii(trimmed(text))), phone_digits_(digits_of_phone(text_)) {}

bool TextFilter::finds(const SearchedTexts& texts) const {
  return contains(texts.display_name, text_) || contains(texts.first, text_) || contains(texts.last, text_) ||
         contains(texts.email, text_) || contains(texts.phone, text_) ||
         (!phone_digits_.empty() && contains(texts.phone, phone_digits_));
}

bool matches(const ContactQuery& query, const Contact& contact) {
  if (query.parent) return false;
  if (query.id && contact.id != *query.id) return false;
  if (query.assigned && contact.assigned != *query.assigned) return false;
  if (query.date && !is_past(query, contact.updated)) return false;
  return !query.filter || query.filter->finds(contact);
}

std::optional<Timestamp> end_of_cut_date(const ContactQuery& query) {
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  const bool is_cursor = query.order == ContactOrder::updated && query.direction == Direction::ascending;
  if (!is_cursor || !query.date || query.offset > 0) return std::nullopt;
  if (*query.date == std::chrono::floor<seconds>(*query.date)) return *query.date + seconds(1);
  if (*query.date == std::chrono::floor<milliseconds>(*query.date)) return *query.date + milliseconds(1);
  return std::nullopt;
}

bool comes_before(const ContactQuery& query, const Contact& left, const Contact& right) {
  auto order = compare(query.order, left, right);
  if (order == 0) order = left.id <=> right.id;
  return query.direction == Direction::ascending ? order < 0 : order > 0;
}

}  // namespace cardfile::core
