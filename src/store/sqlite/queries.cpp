#include "store/sqlite/queries.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "store/sqlite/place.h"
#include "wire/columns.h"
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
      return "place";
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
  if (query.order != ContactOrder::updated && query.order != ContactOrder::id) terms += ", place" + direction;
  return terms;
}

/// What leads to the rows: the index by `updated`, or the table itself, which is in order of ids.
enum class Walk { by_updated, by_id };

/// Values are bound under numbers that are the same in all statements: 1 team, 2 and 3 bounds, 4 user, 5 and on the
/// rest. So there are only as many texts of statements as there are kinds of queries.
std::string where(const core::ContactQuery& query, Walk walk, const NewerContacts& newer) {
  // The plus keeps the index by `updated` out of it. A team that cannot be has its places among those of others.
  static const std::string by_id = " WHERE place BETWEEN " + place_of("?1", "0") + " AND " +
                                   place_of("?1", std::to_string(core::kContactIdMax)) +
                                   " AND +team = ?1 AND updated > ?2 AND updated < ?3";
  std::string conditions = walk == Walk::by_updated ? " WHERE team = ?1 AND updated > ?2 AND updated < ?3" : by_id;
  if (!newer.contacts.empty()) conditions += " AND NOT row_is_behind(id)";
  if (query.assigned) conditions += " AND assigned = ?4";
  if (query.filter) {
    conditions +=
        " AND (instr(lower(display_name), ?5) OR instr(lower(first), ?5) OR instr(lower(last), ?5) "
        "OR instr(lower(channels), ?6) OR (?7 <> '' AND instr(channels, ?7)))";
  }
  return conditions;
}

std::string select_page(const core::ContactQuery& query, const NewerContacts& newer) {
  const Walk walk = query.order == ContactOrder::updated ? Walk::by_updated : Walk::by_id;
  const auto select = [](const std::string& columns, const std::string& rest) {
    return "SELECT " + columns + " FROM contact" + rest;
  };
  const std::string in_order = where(query, walk, newer) + order_by(query);
  // With a filter the candidates are looked at one by one, and only those that match count.
  if (query.filter) return select(kContactColumns, in_order);
  const std::string limited = in_order + " LIMIT ?5 OFFSET ?6";
  if (query.order == ContactOrder::updated || query.order == ContactOrder::id) return select(kContactColumns, limited);
  // What has to be sorted is sorted without its rows, which would take a gigabyte on the way to a deep page.
  return select(kContactColumns, " WHERE place IN (" + select("place", limited) + ")" + order_by(query));
}

std::string select_candidates(const core::ContactQuery& query, const NewerContacts& newer) {
  const Walk walk = query.date ? Walk::by_updated : Walk::by_id;
  return std::string("SELECT ") + kContactColumns + " FROM contact" + where(query, walk, newer);
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

bool has(const core::Contact& contact, const core::Address& address) {
  return std::ranges::any_of(contact.channels,
                             [&](const core::Channel& channel) { return channel.address() == address; });
}

/// Those that the query leaves in, in its order, as far as a page may need them.
std::vector<core::SharedContact> in_order(const NewerContacts& newer, const core::ContactQuery& query) {
  std::vector<core::SharedContact> found;
  std::ranges::copy_if(newer.contacts, std::back_inserter(found),
                       [&query](const core::SharedContact& contact) { return core::matches(query, *contact); });
  const auto needed = std::min(found.size(), query.offset + std::min(query.limit, found.size()));
  std::ranges::partial_sort(found, found.begin() + static_cast<std::ptrdiff_t>(needed),
                            [&query](const core::SharedContact& left, const core::SharedContact& right) {
                              return core::comes_before(query, *left, *right);
                            });
  found.resize(needed);
  return found;
}

/// A page of two sequences that become one: rows in the query's order, given one by one, and contacts that are newer
/// than theirs.
class Page {
 public:
  /// So many of the first rows are not given.
  Page(const core::ContactQuery& query, std::vector<core::SharedContact> newer, std::size_t rows_left_out)
      : query_(query),
        newer_(std::move(newer)),
        next_(newer_.begin()),
        skipped_(rows_left_out),
        contacts_(query.bytes_max, query.needed) {}

  bool is_full() const { return contacts_.count() >= query_.limit || contacts_.has_ended(); }

  void add(core::Contact row) {
    while (next_ != newer_.end() && core::comes_before(query_, **next_, row)) take(**next_++);
    take(std::move(row));
  }

  std::vector<core::Contact> finish() {
    while (next_ != newer_.end()) take(**next_++);
    return contacts_.take();
  }

 private:
  template <class Contact>
  void take(Contact&& contact) {
    if (skipped_ < query_.offset) {
      ++skipped_;
    } else if (!is_full()) {
      contacts_.add(std::forward<Contact>(contact));
    }
  }

  const core::ContactQuery& query_;
  const std::vector<core::SharedContact> newer_;
  std::vector<core::SharedContact>::const_iterator next_;
  std::size_t skipped_;
  core::ContactPage contacts_;
};

}  // namespace

Queries::Queries(Connection& connection, RowReader& rows, KeptSnapshot& snapshot, const Memtable& memtable,
                 Search& search, UuidGuesses& guesses)
    : connection_(connection),
      rows_(rows),
      snapshot_(snapshot),
      memtable_(memtable),
      search_(search),
      guesses_(guesses) {
  connection_.define("row_is_behind",
                     [this](std::int64_t id) { return static_cast<bool>(newer_->find(core::ContactId(id))); });
}

std::optional<core::Contact> Queries::contact(core::TeamId team, const core::ContactKey& key) {
  const auto* uuid = std::get_if<core::Uuid>(&key);
  if (uuid == nullptr) return newest(team, std::get<core::ContactId>(key));
  if (const auto guess = guesses_.find(*uuid)) {
    auto contact = newest(team, *guess);
    if (contact && contact->uuid == *uuid) return contact;
  }
  snapshot_.refresh();
  const auto id = rows_.id_of(team, key);
  if (!id) return std::nullopt;
  auto contact = newest(team, *id);
  // It was deleted in between, and its id was chosen again.
  if (!contact || contact->uuid != *uuid) return std::nullopt;
  guesses_.remember(*uuid, *id);
  return contact;
}

std::optional<core::Contact> Queries::newest(core::TeamId team, core::ContactId id) {
  // Before its row, which may be brought after in between.
  const auto newer = memtable_.find(team, id);
  snapshot_.refresh();
  auto row = rows_.contact(team, id);
  if (row && newer && newer->updated > row->updated) return *newer;
  return row;
}

std::optional<core::Contact> Queries::contact_at(core::TeamId team, const core::Address& address) {
  snapshot_.refresh();
  const auto owner = rows_.owner_of(team, address);
  if (!owner) return std::nullopt;
  auto contact = this->contact(team, *owner);
  if (contact && has(*contact, address)) return contact;
  // It went to another contact between the two looks, or to none.
  const View view = view_of(team);
  const auto owner_now = rows_.owner_of(team, address);
  return owner_now ? view.contact(team, *owner_now) : std::nullopt;
}

std::vector<core::Contact> Queries::contacts(core::TeamId team, const core::ContactQuery& query) {
  if (query.parent || query.limit == 0) return {};
  if (query.id) return contact_with_id(team, query);
  snapshot_.end();
  if (auto page = search_.contacts(team, query)) return std::move(*page);
  const View view = view_of(team);
  newer_ = &view.newer(team);
  auto& statement = prepared(select_page(query, *newer_));
  auto newer = in_order(*newer_, query);
  if (query.filter) {
    Page page(query, std::move(newer), 0);
    for_each_found(statement, team, query, [&page](core::Contact contact) {
      page.add(std::move(contact));
      return !page.is_full();
    });
    return page.finish();
  }
  // A row comes so many places later as contacts that are newer than theirs stand before it.
  const auto sooner = std::min(newer.size(), query.offset);
  Page page(query, std::move(newer), query.offset - sooner);
  const auto bounds = bounds_of(query);
  Execution row(statement, team, bounds.after, bounds.before, user_of(query), as_integer(query.limit + sooner),
                as_integer(query.offset - sooner));
  while (!page.is_full() && row.next()) page.add(read_contact(row));
  return page.finish();
}

std::int64_t Queries::count(core::TeamId team, const core::ContactQuery& query) {
  if (query.parent) return 0;
  if (query.id) {
    const auto contact = this->contact(team, *query.id);
    return contact && core::matches(query, *contact) ? 1 : 0;
  }
  snapshot_.end();
  if (!query.filter && !query.date && !query.assigned) return rows_.contact_count(team);
  if (const auto found = search_.count(team, query)) return *found;
  const View view = view_of(team);
  newer_ = &view.newer(team);
  std::int64_t found = std::ranges::count_if(
      newer_->contacts, [&query](const core::SharedContact& contact) { return core::matches(query, *contact); });
  if (query.filter) {
    for_each_found(prepared(select_candidates(query, *newer_)), team, query,
                   [&found](const core::Contact&) { return ++found, true; });
    return found;
  }
  const auto bounds = bounds_of(query);
  auto& statement = prepared("SELECT count(*) FROM contact" + where(query, Walk::by_updated, *newer_));
  const auto add = [&found](Execution&& row) { found += row.next() ? row.integer() : 0; };
  if (query.assigned) {
    add(Execution(statement, team, bounds.after, bounds.before, *query.assigned));
  } else {
    add(Execution(statement, team, bounds.after, bounds.before));
  }
  return found;
}

std::vector<core::Contact> Queries::contacts_at(core::TeamId team, std::span<const core::Address> addresses) {
  const View view = view_of(team);
  std::set<core::ContactId> owners;
  for (const auto& address : addresses)
    if (const auto owner = rows_.owner_of(team, address)) owners.insert(*owner);
  core::ContactPage found;
  for (const auto owner : owners)
    if (auto contact = view.contact(team, owner)) found.add(std::move(*contact));
  return found.take();
}

std::vector<core::ListTarget> Queries::targets(core::TeamId team, core::ListId list) {
  const View view = view_of(team);
  std::vector<core::ListTarget> targets;
  Execution row(
      prepared(
          "SELECT contact.id, contact.first, contact.last, contact.channels FROM list_member AS member JOIN contact "
          "ON contact.place = " +
          place_of("member.team", "member.contact") +
          " WHERE member.team = ? AND member.list = ? ORDER BY member.contact"),
      team, list);
  while (row.next()) {
    core::Contact contact;
    row.read(contact.id);
    contact.first = row.text();
    contact.last = row.text();
    contact.channels = wire::parse_channels_column(row.text());
    if (const auto newest = view.newer(team, contact.id)) contact = *newest;
    std::string phone(contact.phone());
    if (!phone.empty()) targets.push_back({std::move(phone), std::move(contact.first), std::move(contact.last)});
  }
  return targets;
}

std::vector<core::Contact> Queries::contact_with_id(core::TeamId team, const core::ContactQuery& query) {
  auto contact = this->contact(team, *query.id);
  if (!contact || query.offset > 0 || !core::matches(query, *contact)) return {};
  return {std::move(*contact)};
}

View Queries::view_of(core::TeamId team) {
  snapshot_.end();
  return {connection_, rows_, memtable_, team};
}

Statement& Queries::prepared(std::string sql) {
  const auto found = statements_.find(sql);
  if (found != statements_.end()) return found->second;
  return statements_
      .emplace(std::piecewise_construct, std::forward_as_tuple(sql), std::forward_as_tuple(connection_, sql))
      .first->second;
}

}  // namespace cardfile::store::sqlite
