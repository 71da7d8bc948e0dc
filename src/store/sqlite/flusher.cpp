#include "store/sqlite/flusher.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

#include "core/replay.h"

namespace cardfile::store::sqlite {
namespace {

// Some milliseconds, for which writers wait.
constexpr std::size_t kStepMax = 256;
constexpr std::size_t kEntriesPerReading = 1'000;
constexpr std::size_t kBytesPerReading = std::size_t{8} << 20;

/// What an entry made of a contact. What does not go on from its row is left for check() to find.
void follow(const core::ChangeEntry& entry, core::TeamId team, RowReader& rows, Memtable::Changes& changes) {
  if (entry.subject != core::Subject::contact || entry.operation != core::Operation::update) return;
  const core::ContactId id(entry.subject_id);
  const auto known = changes.contacts.find(id);
  auto contact = known != changes.contacts.end() ? std::optional(*known->second) : rows.contact(team, id);
  // Gone since, or as new as that: rows are always up to date when a contact comes, goes or changes addresses.
  if (!contact || contact->updated >= entry.at || contact->rev + 1 != entry.rev) return;
  core::apply(*contact, entry);
  changes.contacts.insert_or_assign(id, std::move(*contact));
}

/// Some of the entries after `seq`, which becomes the last of them; none where the log has nothing more, whatever it
/// says of its end.
std::vector<core::ChangeEntry> read_some(RowReader& rows, core::TeamId team, std::int64_t& seq,
                                         UnreadableEntries unreadable) {
  const auto before = seq;
  std::vector<core::ChangeEntry> entries;
  try {
    entries = rows.changes(team, before, kEntriesPerReading, kBytesPerReading);
    seq = entries.empty() ? before : entries.back().seq;
  } catch (const SqliteError&) {
    throw;
  } catch (const std::runtime_error&) {
    if (unreadable == UnreadableEntries::refused) throw;
    // One of them cannot be read: they are taken one by one.
    seq = rows.next_seq(team, before).value_or(before);
    try {
      entries = rows.changes(team, before, 1, kBytesPerReading);
    } catch (const SqliteError&) {
      throw;
    } catch (const std::runtime_error&) {
      entries.clear();
    }
  }
  // Entries that do not rise are for check() to find.
  if (seq <= before) seq = std::numeric_limits<std::int64_t>::max();
  return entries;
}

}  // namespace

Flusher::Flusher(Connection& connection, RowWriter& rows, Memtable& memtable, std::chrono::milliseconds patience)
    : rows_(rows),
      memtable_(memtable),
      patience_(patience),
      begin_(connection, "BEGIN IMMEDIATE"),
      commit_(connection, "COMMIT") {}

std::optional<Memtable::Clock::time_point> Flusher::due() const {
  const auto since = memtable_.behind_since();
  return since ? std::optional(*since + patience_) : std::nullopt;
}

void Flusher::step() {
  auto items = memtable_.oldest(kStepMax);
  if (items.empty()) return;
  // In the order of the rows: neighbours share a page.
  std::ranges::sort(items, {}, [](const Memtable::Item& item) { return std::tuple(item.team, item.contact->id); });
  run(begin_);
  for (const auto& item : items) rows_.update(item.team, *item.contact);
  for (auto item = items.begin(); item != items.end();) {
    const auto team = item->team;
    rows_.save_flushed_seq(team, memtable_.flushed_seq(team, items));
    item = std::find_if(item, items.end(), [team](const Memtable::Item& other) { return other.team != team; });
  }
  run(commit_);
  memtable_.remove(items);
}

void recover(Connection& connection, Memtable& memtable, UnreadableEntries unreadable) {
  RowReader rows(connection);
  for (const auto& team : read_teams(connection)) {
    const auto id = team.directory.team.id;
    const auto flushed = rows.flushed_seq(id);
    memtable.begin(id, team.clock.seq, flushed);
    if (flushed >= team.clock.seq) continue;
    Memtable::Changes changes{.first_seq = flushed + 1, .last_seq = team.clock.seq, .contacts = {}};
    for (auto seq = flushed; seq < team.clock.seq;) {
      for (const auto& entry : read_some(rows, id, seq, unreadable)) follow(entry, id, rows, changes);
    }
    memtable.publish(id, changes, Memtable::Clock::now());
  }
}

}  // namespace cardfile::store::sqlite
