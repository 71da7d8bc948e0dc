#include "store/sqlite/search.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "core/text.h"
#include "store/sqlite/place.h"
#include "store/sqlite/view.h"

namespace cardfile::store::sqlite {
namespace {

using core::ContactOrder;
using core::Direction;

constexpr std::int64_t kCacheBytes = 1 << 20;
// Contacts that are read one by one for a page: some tens of milliseconds.
constexpr std::size_t kCandidatesMax = 5'000;
constexpr std::size_t kChangedMax = 10'000;
// Long texts have more trigrams than are needed to leave few candidates.
constexpr std::size_t kTrigramsMax = 24;

/// Thousands of contacts may be sorted for a page of thirty, and a single one may hold megabytes.
core::Contact only_what_orders(core::Contact&& contact) {
  core::Contact slim;
  slim.id = contact.id;
  slim.created = contact.created;
  slim.updated = contact.updated;
  slim.first = std::move(contact.first);
  slim.last = std::move(contact.last);
  slim.display_name = std::move(contact.display_name);
  return slim;
}

bool is_order_by_name(ContactOrder order) {
  return order == ContactOrder::first || order == ContactOrder::last || order == ContactOrder::display_name;
}

/// Where the characters of `utf8` begin, and its end; none when it is no valid UTF-8 or has a zero byte, neither of
/// which is in any stored text.
std::vector<std::size_t> characters(std::string_view utf8) {
  std::vector<std::size_t> begins;
  for (std::size_t at = 0; at < utf8.size();) {
    const auto byte = static_cast<unsigned char>(utf8[at]);
    const std::size_t length = byte == 0     ? 0
                               : byte < 0x80 ? 1
                               : byte < 0xc2 ? 0
                               : byte < 0xe0 ? 2
                               : byte < 0xf0 ? 3
                               : byte < 0xf5 ? 4
                                             : 0;
    if (length == 0 || core::length_of(utf8.substr(at, length)) != 1 || at + length > utf8.size()) return {};
    begins.push_back(at);
    at += length;
  }
  begins.push_back(utf8.size());
  return begins;
}

/// The trigrams of `text` in the language of FTS5, each quoted, all of them required; empty when it has none.
std::string all_trigrams(std::string_view text) {
  const auto begins = characters(text);
  if (begins.size() < 4) return {};
  const auto trigrams = begins.size() - 3;
  const auto used = std::min(trigrams, kTrigramsMax);
  std::string expression;
  for (std::size_t i = 0; i < used; ++i) {
    // From the first to the last, evenly when they are too many.
    const auto at = used == 1 ? 0 : i * (trigrams - 1) / (used - 1);
    if (i > 0) expression += " AND ";
    expression += '"';
    for (const char c : text.substr(begins[at], begins[at + 3] - begins[at])) {
      if (c == '"') expression += c;
      expression += c;
    }
    expression += '"';
  }
  return expression;
}

/// What every text that the filter finds has; empty when that would be all.
std::string match_expression(const core::TextFilter& filter) {
  auto expression = all_trigrams(filter.text());
  if (expression.empty() || filter.phone_digits().empty() || filter.phone_digits() == filter.text()) return expression;
  const auto digits = all_trigrams(filter.phone_digits());
  return digits.empty() ? std::string() : "(" + expression + ") OR (" + digits + ")";
}

constexpr std::string_view kEntryTexts =
    "entry.contact, entry.first, entry.last, entry.display_name, entry.email, entry.phone";

std::string select_by_name(std::string_view column, Direction direction) {
  const std::string turn = direction == Direction::ascending ? "" : " DESC";
  return "SELECT " + std::string(kEntryTexts) + " FROM entry WHERE slot = ? ORDER BY " + std::string(column) + turn +
         ", contact" + turn;
}

/// An entry of the index as a contact of which only that much is known.
core::Contact read_entry_as_contact(Execution& row) {
  core::Contact contact;
  row.read(contact.id);
  contact.first = row.text();
  contact.last = row.text();
  contact.display_name = row.text();
  return contact;
}

/// The contact's id, and its texts until the next step.
std::pair<core::ContactId, core::SearchedTexts> read_entry_texts(Execution& row) {
  const auto contact = row.id<core::ContactId>();
  core::SearchedTexts texts;
  texts.first = row.text();
  texts.last = row.text();
  texts.display_name = row.text();
  texts.email = row.text();
  texts.phone = row.text();
  return {contact, texts};
}

void sort(std::vector<core::Contact>& contacts, const core::ContactQuery& query) {
  std::ranges::sort(contacts, [&query](const core::Contact& left, const core::Contact& right) {
    return core::comes_before(query, left, right);
  });
}

}  // namespace

/// The file and its statements.
class Search::Index {
 public:
  explicit Index(const std::filesystem::path& path)
      : connection({.file = path, .read_only = true, .cache_bytes = kCacheBytes}),
        standing(connection, "SELECT slot, seq, at, request_id FROM team WHERE team = ? AND complete"),
        matching(connection, "SELECT " + std::string(kEntryTexts) +
                                 " FROM trigram CROSS JOIN entry ON entry.document = trigram.rowid "
                                 "WHERE trigram MATCH ?1 AND trigram.rowid > ?2 AND trigram.rowid < ?3"),
        all(connection, "SELECT " + std::string(kEntryTexts) + " FROM entry WHERE document > ? AND document < ?"),
        by_name{{{connection, select_by_name("first", Direction::ascending)},
                 {connection, select_by_name("first", Direction::descending)},
                 {connection, select_by_name("last", Direction::ascending)},
                 {connection, select_by_name("last", Direction::descending)},
                 {connection, select_by_name("display_name", Direction::ascending)},
                 {connection, select_by_name("display_name", Direction::descending)}}} {}

  Statement& in_order_of(const core::ContactQuery& query) {
    const std::size_t column = query.order == ContactOrder::first ? 0 : query.order == ContactOrder::last ? 1 : 2;
    return by_name[2 * column + (query.direction == Direction::ascending ? 0 : 1)];
  }

  Connection connection;
  Statement standing;
  Statement matching;
  Statement all;
  std::array<Statement, 6> by_name;
};

/// One moment of index and contacts.
struct Search::Moment {
  Index& index;
  const View& view;
  core::TeamId team;
  std::int64_t slot = 0;
  std::set<core::ContactId> changed;  // After the index last looked.

  /// Calls `use` with each contact that did not change and whose texts the filter finds, until it wants no more.
  template <class Use>
  void for_each_found(const core::TextFilter& filter, const Use& use) const {
    const auto expression = match_expression(filter);
    const auto before = slot * kDocumentsPerSlot;
    const auto look = [&](Execution&& row) {
      while (row.next()) {
        const auto [contact, texts] = read_entry_texts(row);
        if (filter.finds(texts) && !changed.contains(contact) && !use(contact)) return;
      }
    };
    if (expression.empty()) {
      look(Execution(index.all, before, before + kDocumentsPerSlot));
    } else {
      look(Execution(index.matching, expression, before, before + kDocumentsPerSlot));
    }
  }
};

Search::Search(Connection& contacts, RowReader& rows, const Memtable& memtable, SearchFile& file)
    : contacts_(contacts),
      rows_(rows),
      memtable_(memtable),
      log_(contacts),
      changes_(contacts, "SELECT subject_id FROM change_log WHERE place > ? AND place <= ? AND subject = 'contact'"),
      file_(file) {}

Search::~Search() = default;

std::optional<std::vector<core::Contact>> Search::contacts(core::TeamId team, const core::ContactQuery& query) {
  const bool in_order_of_names = is_order_by_name(query.order) && !query.date && !query.assigned;
  if (!query.filter && !in_order_of_names) return std::nullopt;
  return at_one_moment<std::vector<core::Contact>>(team, [&](const Moment& moment) {
    auto page = query.filter ? by_candidates(moment, query) : std::nullopt;
    if (!page && in_order_of_names) page = by_name(moment, query);
    return page;
  });
}

std::optional<std::int64_t> Search::count(core::TeamId team, const core::ContactQuery& query) {
  if (!query.filter) return std::nullopt;
  return at_one_moment<std::int64_t>(team, [&](const Moment& moment) -> std::optional<std::int64_t> {
    if (query.date || query.assigned) {
      const auto found = candidates(moment, query);
      return found ? std::optional(static_cast<std::int64_t>(found->size())) : std::nullopt;
    }
    auto found = static_cast<std::int64_t>(changed(moment, query).size());
    moment.for_each_found(*query.filter, [&found](core::ContactId) { return ++found, true; });
    return found;
  });
}

template <class Result>
std::optional<Result> Search::at_one_moment(core::TeamId team,
                                            const std::function<std::optional<Result>(const Moment&)>& answer) {
  try {
    auto* const index = this->index();
    if (!index) return std::nullopt;
    // The index is looked at first: what it knows is then committed in the contacts that are looked at after it.
    const Snapshot of_index(index->connection);
    std::int64_t slot = 0;
    Watermark watermark;
    {
      Execution row(index->standing, team);
      if (!row.next()) return std::nullopt;
      slot = row.integer();
      watermark.seq = row.integer();
      watermark.at = row.time();
      watermark.request_id = row.uuid();
    }
    const View of_contacts(contacts_, rows_, memtable_, team);
    if (!log_.has(team, watermark)) return std::nullopt;
    auto changed = changed_since(team, watermark);
    if (!changed) return std::nullopt;
    return answer(
        Moment{.index = *index, .view = of_contacts, .team = team, .slot = slot, .changed = std::move(*changed)});
  } catch (const SqliteError& error) {
    if (file_.is_damaged(error)) file_.found_damaged();
  } catch (const std::runtime_error&) {
    file_.found_damaged();
  }
  // Should it be the contacts that cannot be read, then asking them without the index says so.
  return std::nullopt;
}

Search::Index* Search::index() {
  if (!file_.is_usable()) return nullptr;
  if (!index_ && std::filesystem::exists(file_.path())) index_ = std::make_unique<Index>(file_.path());
  return index_.get();
}

std::optional<std::set<core::ContactId>> Search::changed_since(core::TeamId team, const Watermark& watermark) {
  std::set<core::ContactId> changed;
  std::size_t entries = 0;
  Execution row(changes_, place_of(team, watermark.seq), last_place_of(team));
  while (row.next()) {
    if (++entries > kChangedMax) return std::nullopt;
    changed.insert(row.id<core::ContactId>());
  }
  return changed;
}

std::optional<std::vector<core::Contact>> Search::by_candidates(const Moment& moment, const core::ContactQuery& query) {
  auto found = candidates(moment, query);
  if (!found) return std::nullopt;
  sort(*found, query);
  const auto begin = std::min(query.offset, found->size());
  const auto end = begin + std::min(query.limit, found->size() - begin);
  core::ContactPage page(query.bytes_max, query.needed);
  for (auto i = begin; i < end && !page.has_ended(); ++i) {
    if (auto contact = moment.view.contact(moment.team, (*found)[i].id)) page.add(std::move(*contact));
  }
  return page.take();
}

/// Two sequences in the same order become one: the entries of the index, and the contacts that changed.
std::vector<core::Contact> Search::by_name(const Moment& moment, const core::ContactQuery& query) {
  auto changed = this->changed(moment, query);
  sort(changed, query);
  auto next_changed = changed.begin();
  std::size_t skipped = 0;
  core::ContactPage page(query.bytes_max, query.needed);
  // Whether the page has room for more.
  const auto take = [&](auto&& contact) {
    if (skipped < query.offset) return ++skipped, true;
    if (auto taken = contact()) page.add(std::move(*taken));
    return page.count() < query.limit && !page.has_ended();
  };
  const auto take_changed_before = [&](const core::Contact* entry) {
    while (next_changed != changed.end() && (!entry || core::comes_before(query, *next_changed, *entry))) {
      if (!take([&] { return moment.view.contact(moment.team, next_changed->id); })) return false;
      ++next_changed;
    }
    return true;
  };
  Execution row(moment.index.in_order_of(query), moment.slot);
  while (row.next()) {
    const auto entry = read_entry_as_contact(row);
    if (moment.changed.contains(entry.id)) continue;
    if (query.filter) {
      const core::SearchedTexts texts{.first = entry.first,
                                      .last = entry.last,
                                      .display_name = entry.display_name,
                                      .email = row.text(),
                                      .phone = row.text()};
      if (!query.filter->finds(texts)) continue;
    }
    if (!take_changed_before(&entry)) return page.take();
    if (!take([&] { return moment.view.contact(moment.team, entry.id); })) return page.take();
  }
  take_changed_before(nullptr);
  return page.take();
}

/// All that the query leaves in; none when the index names too many.
std::optional<std::vector<core::Contact>> Search::candidates(const Moment& moment, const core::ContactQuery& query) {
  std::vector<core::ContactId> ids;
  moment.for_each_found(*query.filter, [&ids](core::ContactId contact) {
    ids.push_back(contact);
    return ids.size() <= kCandidatesMax;
  });
  if (ids.size() > kCandidatesMax) return std::nullopt;
  auto found = changed(moment, query);
  for (const auto id : ids) {
    auto contact = moment.view.contact(moment.team, id);
    if (contact && core::matches(query, *contact)) found.push_back(only_what_orders(std::move(*contact)));
  }
  return found;
}

std::vector<core::Contact> Search::changed(const Moment& moment, const core::ContactQuery& query) {
  std::vector<core::Contact> found;
  for (const auto id : moment.changed) {
    auto contact = moment.view.contact(moment.team, id);
    if (contact && core::matches(query, *contact)) found.push_back(only_what_orders(std::move(*contact)));
  }
  return found;
}

}  // namespace cardfile::store::sqlite
