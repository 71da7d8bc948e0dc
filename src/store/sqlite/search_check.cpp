#include "store/sqlite/search_check.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <stdexcept>
#include <tuple>

#include "core/query.h"
#include "core/text.h"
#include "store/sqlite/page_check.h"
#include "store/sqlite/place.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/view.h"

namespace cardfile::store::sqlite {
namespace {

/// A contact with its texts as the index has them.
using Entry = std::tuple<std::int64_t, std::string, std::string, std::string, std::string, std::string>;

class SearchIndexCheck {
 public:
  SearchIndexCheck(Connection& contacts, const Memtable& memtable, const std::filesystem::path& file)
      : contacts_(contacts),
        memtable_(memtable),
        reader_(contacts),
        index_({.file = file, .read_only = true, .comparing = Comparing::never}),
        log_(contacts),
        changes_(contacts, "SELECT subject_id FROM change_log WHERE place > ? AND place <= ? AND subject = 'contact'"),
        rows_(contacts,
              std::string("SELECT ") + kContactColumns + " FROM contact WHERE place BETWEEN ? AND ? ORDER BY place"),
        entries_(index_,
                 "SELECT contact, first, last, display_name, email, phone FROM entry WHERE slot = ? ORDER BY contact") {
    index_.leave_log_on_close();
  }

  std::vector<std::string> findings() {
    if (index_.integer("PRAGMA user_version") != kSearchFormat) return {};
    // The index first: what it knows is then in the contacts.
    const Snapshot of_index(index_);
    if (!index_.has_whole_log() || !damaged_pages(index_, 1).empty())
      return {"The search index is not what was written to search.db or its log."};
    Statement teams(index_, "SELECT team, slot, seq, at, request_id FROM team WHERE complete");
    std::vector<std::string> findings;
    Execution row(teams);
    std::optional<View> of_contacts;
    while (row.next()) {
      if (!of_contacts) of_contacts.emplace(contacts_, reader_, memtable_);
      const auto team = row.id<core::TeamId>();
      const auto slot = row.integer();
      Watermark watermark;
      watermark.seq = row.integer();
      watermark.at = row.time();
      watermark.request_id = row.uuid();
      if (log_.has(team, watermark) && !agrees(*of_contacts, team, slot, watermark))
        findings.push_back("The search index does not agree with the contacts of team " + std::to_string(team.value()) +
                           ".");
    }
    return findings;
  }

 private:
  bool agrees(const View& view, core::TeamId team, std::int64_t slot, const Watermark& watermark) {
    const auto changed = changed_since(team, watermark);
    Execution rows(rows_, first_place_of(team), last_place_of(team));
    Execution entries(entries_, slot);
    for (;;) {
      const auto stored = next_contact(view, team, rows, changed);
      if (stored != next_entry(entries, changed)) return false;
      if (!stored) return true;
    }
  }

  std::set<std::int64_t> changed_since(core::TeamId team, const Watermark& watermark) {
    std::set<std::int64_t> changed;
    Execution row(changes_, place_of(team, watermark.seq), last_place_of(team));
    while (row.next()) changed.insert(row.integer());
    return changed;
  }

  static std::optional<Entry> next_contact(const View& view, core::TeamId team, Execution& row,
                                           const std::set<std::int64_t>& changed) {
    while (row.next()) {
      auto contact = read_contact(row);
      if (const auto newest = view.newer(team, contact.id)) contact = *newest;
      if (changed.contains(contact.id.value())) continue;
      const auto texts = core::searched_texts(contact);
      return Entry(contact.id.value(), core::lower_ascii(texts.first), core::lower_ascii(texts.last),
                   core::lower_ascii(texts.display_name), core::lower_ascii(texts.email), std::string(texts.phone));
    }
    return std::nullopt;
  }

  static std::optional<Entry> next_entry(Execution& row, const std::set<std::int64_t>& changed) {
    while (row.next()) {
      const auto contact = row.integer();
      if (changed.contains(contact)) continue;
      const std::string first(row.text());
      const std::string last(row.text());
      const std::string display_name(row.text());
      const std::string email(row.text());
      const std::string phone(row.text());
      return Entry(contact, first, last, display_name, email, phone);
    }
    return std::nullopt;
  }

  Connection& contacts_;
  const Memtable& memtable_;
  RowReader reader_;
  Connection index_;
  ChangeLogReader log_;
  Statement changes_;
  Statement rows_;
  Statement entries_;
};

}  // namespace

std::vector<std::string> check_search_index(Connection& contacts, const Memtable& memtable, const SearchFile& file) {
  if (!file.is_usable()) return {};
  try {
    if (!std::filesystem::exists(file.path())) return {};
    return SearchIndexCheck(contacts, memtable, file.path()).findings();
  } catch (const std::runtime_error&) {
    return {"The search index cannot be read."};
  }
}

}  // namespace cardfile::store::sqlite
