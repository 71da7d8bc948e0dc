#include "wire/contact_query_json.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "core/text.h"
#include "wire/members.h"

namespace cardfile::wire {

namespace {

constexpr std::string_view kIdType = "id";
constexpr std::string_view kChannelIdsRule = "must be an array of strings";

/// The whole number from `min`, 0 or 1, to `max`; 0, as typed clients fill in what they leave open, counts as absent.
std::optional<std::int64_t> read_number(const Members& members, std::string_view name, std::int64_t min,
                                        std::int64_t max) {
  const auto value = members.given(name);
  if (!value) return std::nullopt;
  if (value->is(JsonKind::integer) && value->integer() == 0) return std::nullopt;
  if (value->is(JsonKind::integer) && value->integer() > 0 && value->integer() <= max) return value->integer();
  members.report(name, "must be an integer from " + std::to_string(min) + " to " + std::to_string(max));
  return std::nullopt;
}

template <class Id>
std::optional<Id> read_id(const Members& members, std::string_view name) {
  const auto number = read_number(members, name, 1, core::kIdMax);
  return number ? std::optional(Id(*number)) : std::nullopt;
}

/// The contacts asked for lie past it, in `direction`.
std::optional<core::Timestamp> read_date(const Members& members, core::Direction direction) {
  const auto text = members.string("date");
  if (!text || text->empty()) return std::nullopt;
  const auto time =
      core::parse_rfc3339(*text, direction == core::Direction::descending ? core::Rounding::up : core::Rounding::down);
  if (!time) members.report("date", "must be an RFC 3339 time such as 2026-03-02T09:15:00Z");
  return time;
}

core::Direction read_direction(const Members& members, core::Direction fallback) {
  const auto ascending = members.given("ascending");
  if (!ascending) return fallback;
  if (ascending->is(JsonKind::boolean)) {
    return ascending->boolean() ? core::Direction::ascending : core::Direction::descending;
  }
  members.report("ascending", "must be true or false");
  return fallback;
}

/// How many pages come before the one asked for. An absent page, and one before the first, is the first.
std::size_t read_page(const Members& members, std::int64_t base) {
  constexpr std::int64_t kPageMax = 1'000'000'000;
  return static_cast<std::size_t>(read_number(members, "page", base, kPageMax).value_or(base) - base);
}

std::optional<core::TextFilter> read_filter(const Members& members) {
  const auto text = members.string("filter");
  if (!text || core::trimmed(*text).empty()) return std::nullopt;
  if (core::length_of(*text) > core::kFilterMax) {
    members.report("filter", "must be at most " + std::to_string(core::kFilterMax) + " characters");
  }
  return core::TextFilter(*text);
}

/// One item of `contact_channels`, as searches and bulk deletes have it.
struct ChannelFilter {
  std::string type;  // In lower case; empty: each value tells its own.
  std::vector<std::string> values;
  bool begins_with_one = false;  // The first value is `channel_id`, the others are `channel_ids`.
};

void add_value(const Members& item, std::string_view name, const Json& value, std::vector<std::string>& values) {
  if (value.is(JsonKind::string)) {
    values.emplace_back(value.text());
  } else {
    item.report(name, name == "channel_id" ? "must be a string" : kChannelIdsRule);
  }
}

ChannelFilter read_channel_filter(const Members& item) {
  ChannelFilter filter{.type = core::lower_ascii(core::trimmed(item.string("channel_type").value_or(""))),
                       .values = {}};
  const auto one = item.given("channel_id");
  const auto many = item.array("channel_ids", kChannelIdsRule);
  if (!one && !item.given("channel_ids")) item.report("channel_ids", "is required");
  if (one) add_value(item, "channel_id", *one, filter.values);
  filter.begins_with_one = !filter.values.empty();
  if (many) {
    for (const Json value : *many) add_value(item, "channel_ids", value, filter.values);
  }
  return filter;
}

std::vector<ChannelFilter> read_channel_filters(const Json& body, std::vector<core::FieldError>& problems) {
  constexpr std::string_view kRule = "must be an array of objects with channel_ids";
  require_object(body);
  const Members members(body, problems);
  const auto items = members.array("contact_channels", kRule);
  if (!members.given("contact_channels")) members.report("contact_channels", "is required");
  std::vector<ChannelFilter> filters;
  if (!items) return filters;
  std::size_t values = 0;
  std::size_t index = 0;
  for (const Json item : *items) {
    const std::string path = "contact_channels[" + std::to_string(index++) + "]";
    if (!item.is(JsonKind::object)) {
      report(problems, path, "must be an object with channel_ids");
      continue;
    }
    filters.push_back(read_channel_filter(Members(item, problems, path + ".")));
    values += filters.back().values.size();
  }
  if (values > kSearchValuesMax) {
    members.report("contact_channels", "must name at most " + std::to_string(kSearchValuesMax) + " values");
  }
  return filters;
}

/// What `value` would be stored as; none when no contact can have it.
std::optional<core::Address> address_of(std::string_view type, std::string_view value) {
  if (type.empty()) type = value.find('@') == std::string_view::npos ? core::kPhone : core::kEmail;
  std::optional<std::string> normal;
  if (type == core::kPhone) {
    normal = core::normalise_phone(value);
  } else if (type == core::kEmail) {
    normal = core::normalise_email(value);
  } else {
    normal = core::trimmed(value);
  }
  return normal ? std::optional(core::address_of(type, *normal)) : std::nullopt;
}

/// Of the item's values; none where it is no UUID.
std::vector<std::optional<core::Uuid>> contacts_in(const ChannelFilter& filter) {
  std::vector<std::optional<core::Uuid>> contacts;
  contacts.reserve(filter.values.size());
  for (const std::string& value : filter.values) contacts.push_back(core::Uuid::parse(core::trimmed(value)));
  return contacts;
}

/// Names the value at `index` of the item at `path`.
std::string path_of_value(std::string_view path, const ChannelFilter& filter, std::size_t index) {
  if (filter.begins_with_one && index == 0) return std::string(path) + ".channel_id";
  return std::string(path) + ".channel_ids[" + std::to_string(index - (filter.begins_with_one ? 1 : 0)) + "]";
}

core::ContactQuery read_query(const std::optional<Json>& parameters, core::Direction direction,
                              std::int64_t page_base) {
  core::ContactQuery query;
  query.direction = direction;
  if (!parameters) return query;
  std::vector<core::FieldError> problems;
  const Members members(*parameters, problems);
  // A word that is none of ours is some other client's: the default order is better than none (contract, 3.6).
  const auto order = core::parse_contact_order(members.string("order").value_or(""));
  query.order = order.value_or(core::ContactOrder::updated);
  query.direction = read_direction(members, direction);
  query.date = read_date(members, query.direction);
  query.assigned = read_id<core::UserId>(members, "assigned");
  query.id = read_id<core::ContactId>(members, "id");
  query.parent = read_id<core::ContactId>(members, "parent_id");
  query.filter = read_filter(members);
  query.limit =
      static_cast<std::size_t>(read_number(members, "limit", 1, core::kPageSizeMax).value_or(core::kPageSize));
  query.offset = read_page(members, page_base) * query.limit;
  core::throw_if_any(core::ErrorCode::bad_data, std::move(problems));
  return query;
}

}  // namespace

core::ContactQuery v1::read_contact_query(const std::optional<Json>& parameters, const Dialect& dialect) {
  return read_query(parameters, dialect.list_direction, dialect.v1_page_base);
}

core::ContactQuery v2::read_contact_query(const std::optional<Json>& parameters, const Dialect& dialect) {
  constexpr std::int64_t kPageBase = 0;
  return read_query(parameters, dialect.list_direction, kPageBase);
}

ContactSearch read_contact_search(const Json& body) {
  std::vector<core::FieldError> problems;
  const auto filters = read_channel_filters(body, problems);
  core::throw_if_any(core::ErrorCode::bad_data, std::move(problems));
  ContactSearch search;
  for (const ChannelFilter& filter : filters) {
    if (filter.type == kIdType) {
      for (const auto& uuid : contacts_in(filter)) {
        if (uuid) search.contacts.push_back(*uuid);
      }
      continue;
    }
    for (const std::string& value : filter.values) {
      if (auto address = address_of(filter.type, value)) search.addresses.push_back(std::move(*address));
    }
  }
  // Each is read from the store.
  std::ranges::sort(search.contacts);
  search.contacts.erase(std::unique(search.contacts.begin(), search.contacts.end()), search.contacts.end());
  return search;
}

std::vector<core::Uuid> read_contacts_to_delete(const Json& body) {
  std::vector<core::FieldError> problems;
  const auto filters = read_channel_filters(body, problems);
  if (problems.empty() && (filters.size() != 1 || filters.front().type != kIdType)) {
    report(problems, "contact_channels", "must be exactly one object with channel_type \"id\" and channel_ids");
  }
  std::vector<core::Uuid> contacts;
  if (problems.empty()) {
    std::size_t index = 0;
    for (const auto& uuid : contacts_in(filters.front())) {
      if (uuid) {
        contacts.push_back(*uuid);
      } else {
        report(problems, path_of_value("contact_channels[0]", filters.front(), index), "must be a contact's UUID");
      }
      ++index;
    }
  }
  core::throw_if_any(core::ErrorCode::bad_data, std::move(problems));
  return contacts;
}

}  // namespace cardfile::wire
