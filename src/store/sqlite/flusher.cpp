#include "store/sqlite/flusher.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "core/replay.h"

namespace cardfile::store::sqlite {
namespace {

// Some milliseconds, for which writers wait.
constexpr std::size_t kStepMax = 256;
constexpr std::size_t kEntriesPerRecoveryStep = 1'000;

/// Brings the rows after some entries of the log. What does not go on from its row is left for check() to find.
void apply(core::TeamId team, const std::vector<core::ChangeEntry>& entries, RowReader& reader, RowWriter& writer) {
  for (const auto& entry : entries) {
    if (entry.subject != core::Subject::contact || entry.operation != core::Operation::update) continue;
    auto contact = reader.contact(team, core::ContactId(entry.subject_id));
    // Gone since, or as new as that: rows are always up to date when a contact comes, goes or changes addresses.
    if (!contact || contact->updated >= entry.at || contact->rev + 1 != entry.rev) continue;
    core::apply(*contact, entry);
    writer.update(team, *contact);
  }
}

}  // namespace

Flusher::Flusher(Connection& connection, RowWriter& rows, Memtable& memtable, std::chrono::milliseconds patience)
    : connection_(connection),
      rows_(rows),
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

void recover(Connection& connection) {
  RowReader reader(connection);
  RowWriter writer(connection);
  for (const auto& team : read_teams(connection)) {
    const auto id = team.directory.team.id;
    for (auto seq = reader.flushed_seq(id); seq < team.clock.seq;) {
      const auto entries = reader.changes(id, seq, kEntriesPerRecoveryStep);
      if (entries.empty()) break;
      connection.execute("BEGIN IMMEDIATE");
      apply(id, entries, reader, writer);
      seq = entries.back().seq;
      writer.save_flushed_seq(id, seq);
      connection.execute("COMMIT");
    }
  }
}

}  // namespace cardfile::store::sqlite
