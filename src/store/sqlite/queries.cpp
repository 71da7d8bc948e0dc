#include "store/sqlite/queries.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <tuple>
#include <utility>

#include "wire/json_out.h"

namespace cardfile::store::sqlite {
namespace {

using core::ContactOrder;
using core::Direction;

/// Case is folded and bytes are compared as core does it. Empty names are NULL, which comes first as core's do.
std::string_view column_of(ContactOrder order) {
  switch (order) {
    case ContactOrder::updated:
      return "updated";
    case ContactOrder::created:
      return "created";
    case ContactOrder::id:
      return "id";
    case ContactOrder::first:
      return "first COLLATE NOCASE";
    case ContactOrder::last:
      return "last COLLATE NOCASE";
    case ContactOrder::display_name:
      return "display_name COLLATE NOCASE";
  }
  return "updated";
}

/// `updated` is distinct within a team, so that nothing need follow it; a second term would only hide the index.
std::string order_by(const core::ContactQuery& query) {
  const std::string direction = query.direction == Direction::ascending ? "" : " DESC";
  std::string terms = " ORDER BY " + std::string(column_of(query.order)) + direction;
  if (query.order != ContactOrder::updated && query.order != ContactOrder::id) terms += ", id" + direction;
  return terms;
}

/// Which index leads to the rows: that by `updated`, or the one by id, along which the table itself is in order.
enum class Walk { by_updated, by_id };

/// Values are bound under numbers that are the same in all statements: 1 team, 2 and 3 bounds, 4 user, 5 and on the
/// rest. So there are only as many texts of statements as there are kinds of queries.
std::string where(const core::ContactQuery& query, Walk walk) {
  // What is true anyway makes the index by id look better than that by `updated`, which the plus hides.
  std::string conditions = walk == Walk::by_updated ? " WHERE team = ?1 AND updated > ?2 AND updated < ?3"
                                                    : " WHERE team = ?1 AND id > 0 AND +updated > ?2 AND +updated < ?3";
  if (query.assigned) conditions += " AND assigned = ?4";
  if (query.filter) {
    conditions +=
        " AND (instr(lower(display_name), ?5) OR instr(lower(first), ?5) OR instr(lower(last), ?5) "
        "OR instr(lower(channels), ?6) OR (?7 <> '' AND instr(channels, ?7)))";
  }
  return conditions;
}

std::string select_page(const core::ContactQuery& query) {
  const Walk walk = query.order == ContactOrder::updated ? Walk::by_updated : Walk::by_id;
  const auto select = [](const std::string& columns, const std::string& rest) {
    return "SELECT " + columns + " FROM contact" + rest;
  };
  const std::string in_order = where(query, walk) + order_by(query);
  // With a filter the candidates are looked at one by one, and only those that match count.
  if (query.filter) return select(kContactColumns, in_order);
  const std::string limited = in_order + " LIMIT ?5 OFFSET ?6";
  if (query.order == ContactOrder::updated || query.order == ContactOrder::id) return select(kContactColumns, limited);
  // What has to be sorted is sorted without its rows, which would take a gigabyte on the way to a deep page.
  return select(kContactColumns, " WHERE team = ?1 AND id IN (" + select("id", limited) + ")" + order_by(query));
}

std::string select_candidates(const core::ContactQuery& query) {
  const Walk walk = query.date ? Walk::by_updated : Walk::by_id;
  return std::string("SELECT ") + kContactColumns + " FROM contact" + where(query, walk);
}

/// Both exclusive.
struct Bounds {
  std::int64_t after = std::numeric_limits<std::int64_t>::min();
  std::int64_t before = std::numeric_limits<std::int64_t>::max();
};

Bounds bounds_of(const core::ContactQuery& query) {
  Bounds bounds;
  if (!query.date) return bounds;
  auto& bound = query.direction == Direction::ascending ? bounds.after : bounds.before;
  bound = query.date->time_since_epoch().count();
  return bounds;
}

core::UserId user_of(const core::ContactQuery& query) { return query.assigned.value_or(core::UserId()); }

/// What a value that holds the filter's text has in the JSON of `channels`: escapes stand for single characters, so
/// that a part of a value is a part of its JSON too.
std::string text_in_json(const core::TextFilter& filter) {
  std::string json;
  wire::JsonWriter(json).string(filter.text());
  return json.substr(1, json.size() - 2);
}

/// Calls `use` with each contact that matches the filter, in order, until it wants no more.
template <class Use>
void for_each_found(Statement& statement, core::TeamId team, const core::ContactQuery& query, const Use& use) {
  const auto bounds = bounds_of(query);
  const auto in_json = text_in_json(*query.filter);
  Execution row(statement, team, bounds.after, bounds.before, user_of(query), query.filter->text(), in_json,
                query.filter->phone_digits());
  while (row.next()) {
    auto contact = read_contact(row);
    if (core::matches(query, contact) && !use(std::move(contact))) return;
  }
}

std::int64_t as_integer(std::size_t count) {
  constexpr std::size_t kMax = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::min(count, kMax));
}

}  // namespace

std::vector<core::Contact> Queries::contacts(core::TeamId team, const core::ContactQuery& query) {
  if (query.parent || query.limit == 0) return {};
  if (query.id) return contact_with_id(team, query);
  if (auto page = search_.contacts(team, query)) return std::move(*page);
  auto& statement = prepared(select_page(query));
  std::vector<core::Contact> page;
  if (query.filter) {
    std::size_t skipped = 0;
    for_each_found(statement, team, query, [&](core::Contact contact) {
      if (skipped < query.offset) return ++skipped, true;
      page.push_back(std::move(contact));
      return page.size() < query.limit;
    });
    return page;
  }
  const auto bounds = bounds_of(query);
  Execution row(statement, team, bounds.after, bounds.before, user_of(query), as_integer(query.limit),
                as_integer(query.offset));
  while (row.next()) page.push_back(read_contact(row));
  return page;
}

std::int64_t Queries::count(core::TeamId team, const core::ContactQuery& query) {
  if (query.parent) return 0;
  if (query.id) {
    const auto contact = rows_.contact(team, *query.id);
    return contact && core::matches(query, *contact) ? 1 : 0;
  }
  if (!query.filter && !query.date && !query.assigned) return rows_.contact_count(team);
  if (const auto found = search_.count(team, query)) return *found;
  std::int64_t found = 0;
  if (query.filter) {
    for_each_found(prepared(select_candidates(query)), team, query,
                   [&found](const core::Contact&) { return ++found, true; });
    return found;
  }
  const auto bounds = bounds_of(query);
  auto& statement = prepared("SELECT count(*) FROM contact" + where(query, Walk::by_updated));
  const auto read = [&found](Execution&& row) { found = row.next() ? row.integer() : 0; };
  if (query.assigned) {
    read(Execution(statement, team, bounds.after, bounds.before, *query.assigned));
  } else {
    read(Execution(statement, team, bounds.after, bounds.before));
  }
  return found;
}

std::vector<core::Contact> Queries::contacts_at(core::TeamId team, std::span<const core::Address> addresses) {
  const Snapshot snapshot(connection_);
  std::map<core::ContactId, core::Contact> found;
  for (const auto& address : addresses) {
    const auto owner = rows_.owner_of(team, address);
    if (!owner || found.contains(*owner)) continue;
    if (auto contact = rows_.contact(team, *owner)) found.emplace(*owner, std::move(*contact));
  }
  std::vector<core::Contact> contacts;
  contacts.reserve(found.size());
  for (auto& [id, contact] : found) contacts.push_back(std::move(contact));
  return contacts;
}

std::vector<core::Contact> Queries::contact_with_id(core::TeamId team, const core::ContactQuery& query) {
  auto contact = rows_.contact(team, *query.id);
  if (!contact || query.offset > 0 || !core::matches(query, *contact)) return {};
  return {std::move(*contact)};
}

Statement& Queries::prepared(std::string sql) {
  const auto found = statements_.find(sql);
  if (found != statements_.end()) return found->second;
  return statements_
      .emplace(std::piecewise_construct, std::forward_as_tuple(sql), std::forward_as_tuple(connection_, sql))
      .first->second;
}

}  // namespace cardfile::store::sqlite
