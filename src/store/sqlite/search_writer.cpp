#include "store/sqlite/search_writer.h"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string_view>

#include "core/query.h"
#include "core/text.h"
#include "store/sqlite/place.h"

namespace cardfile::store::sqlite {
namespace {

// Of contacts or changes: a few milliseconds of work, so that the reading transaction is short and stopping is quick.
constexpr std::int64_t kStepMax = 1'000;
constexpr std::int64_t kPageBytes = 4096;
constexpr std::int64_t kCacheBytes = 4 << 20;

/// What is searched of a contact, in lower case.
struct Texts {
  explicit Texts(const core::SearchedTexts& texts)
      : first(core::lower_ascii(texts.first)),
        last(core::lower_ascii(texts.last)),
        display_name(core::lower_ascii(texts.display_name)),
        email(core::lower_ascii(texts.email)),
        phone(texts.phone) {}

  std::string first;
  std::string last;
  std::string display_name;
  std::string email;
  std::string phone;

  /// A trigram that reaches over the end of a text finds nobody, or somebody who is then looked at.
  std::string joined() const { return first + '\n' + last + '\n' + display_name + '\n' + email + '\n' + phone; }

  friend bool operator==(const Texts&, const Texts&) = default;
};

/// A contact as it is now, or that it is gone.
struct Fresh {
  core::ContactId id;
  std::optional<Texts> texts;
};

}  // namespace

/// Where the index stands with a team.
struct SearchWriter::Standing {
  std::int64_t slot = 0;
  Watermark watermark;
  core::ContactId built_to;
  bool complete = false;
};

/// What one step brings in.
struct SearchWriter::Work {
  core::TeamId team;
  Standing standing;  // As it is after the step.
  std::vector<Fresh> contacts;
};

/// The file and its statements.
class SearchWriter::Index {
 public:
  Index(const std::filesystem::path& path, int log_pages)
      : log_pages_max_(log_pages),
        connection_(opened(path)),
        teams_(connection_, "SELECT team FROM team"),
        standing_(connection_, "SELECT slot, seq, at, request_id, built_to, complete FROM team WHERE team = ?"),
        save_standing_(connection_,
                       "INSERT OR REPLACE INTO team (team, slot, seq, at, request_id, built_to, complete) "
                       "VALUES (?, ?, ?, ?, ?, ?, ?)"),
        next_slot_(connection_, "SELECT coalesce(max(slot) + 1, 0) FROM team"),
        entry_(connection_,
               "SELECT document, first, last, display_name, email, phone FROM entry WHERE slot = ? AND contact = ?"),
        last_document_(connection_, "SELECT max(document) FROM entry WHERE document >= ? AND document < ?"),
        insert_entry_(connection_,
                      "INSERT INTO entry (document, slot, contact, first, last, display_name, email, phone) "
                      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
        delete_entry_(connection_, "DELETE FROM entry WHERE document = ?"),
        insert_trigrams_(connection_, "INSERT INTO trigram (rowid, text) VALUES (?, ?)"),
        delete_trigrams_(connection_, "INSERT INTO trigram (trigram, rowid, text) VALUES ('delete', ?, ?)") {
    // Losing the last commits does no harm, as they are made again; so only copying the log syncs.
    connection_.execute("PRAGMA synchronous = NORMAL");
    // SQLite would copy the log by itself, then and when it is closed, whatever has become of it.
    connection_.on_commit([this](int pages) { log_pages_ = pages; });
    connection_.leave_log_on_close();
  }

  std::vector<core::TeamId> teams() {
    std::vector<core::TeamId> teams;
    Execution row(teams_);
    while (row.next()) teams.push_back(row.id<core::TeamId>());
    return teams;
  }

  std::optional<Standing> standing(core::TeamId team) {
    Execution row(standing_, team);
    if (!row.next()) return std::nullopt;
    Standing standing;
    standing.slot = row.integer();
    standing.watermark.seq = row.integer();
    standing.watermark.at = row.time();
    standing.watermark.request_id = row.uuid();
    row.read(standing.built_to);
    standing.complete = row.boolean();
    return standing;
  }

  std::int64_t next_slot() {
    Execution row(next_slot_);
    return row.next() ? row.integer() : 0;
  }

  void save(const Work& work) {
    connection_.execute("BEGIN IMMEDIATE");
    try {
      for (const auto& contact : work.contacts) save(work.standing.slot, contact);
      save(work.team, work.standing);
      connection_.execute("COMMIT");
    } catch (...) {
      if (connection_.in_transaction()) connection_.execute("ROLLBACK");
      throw;
    }
    // A log that is in the index already does not stay: were its end damaged, what comes before would be read again.
    if (log_pages_ >= log_pages_max_ && connection_.checkpoint(CheckpointMode::passive).is_complete) empty_log();
  }

  void finish() {
    empty_log();
    connection_.copy_log_on_close();
  }

  void rest() { connection_.execute("PRAGMA shrink_memory"); }

 private:
  void empty_log() { connection_.checkpoint(CheckpointMode::truncate); }

  struct Entry {
    std::int64_t document = 0;
    Texts texts;
  };

  static ConnectionOptions opened(const std::filesystem::path& path) {
    return {.file = path, .cache_bytes = kCacheBytes};
  }

  void save(core::TeamId team, const Standing& standing) {
    run(save_standing_, team, standing.slot, standing.watermark.seq, standing.watermark.at,
        standing.watermark.request_id, standing.built_to, standing.complete);
  }

  void save(std::int64_t slot, const Fresh& contact) {
    const auto stored = entry(slot, contact.id);
    if (stored && contact.texts == stored->texts) return;
    if (!stored && !contact.texts) return;
    if (stored) {
      run(delete_trigrams_, stored->document, stored->texts.joined());
      run(delete_entry_, stored->document);
    }
    if (!contact.texts) return;
    const auto document = stored ? stored->document : next_document(slot);
    const auto& texts = *contact.texts;
    run(insert_entry_, document, slot, contact.id, TextOrNull{texts.first}, TextOrNull{texts.last},
        TextOrNull{texts.display_name}, TextOrNull{texts.email}, TextOrNull{texts.phone});
    run(insert_trigrams_, document, texts.joined());
  }

  std::optional<Entry> entry(std::int64_t slot, core::ContactId contact) {
    Execution row(entry_, slot, contact);
    if (!row.next()) return std::nullopt;
    const auto document = row.integer();
    core::SearchedTexts texts;
    texts.first = row.text();
    texts.last = row.text();
    texts.display_name = row.text();
    texts.email = row.text();
    texts.phone = row.text();
    return Entry{.document = document, .texts = Texts(texts)};
  }

  std::int64_t next_document(std::int64_t slot) {
    const auto first = slot * kDocumentsPerSlot + 1;
    Execution row(last_document_, first, first + kDocumentsPerSlot - 1);
    return row.next() ? std::max(first, row.integer() + 1) : first;
  }

  const int log_pages_max_;
  int log_pages_ = 0;
  Connection connection_;
  Statement teams_;
  Statement standing_;
  Statement save_standing_;
  Statement next_slot_;
  Statement entry_;
  Statement last_document_;
  Statement insert_entry_;
  Statement delete_entry_;
  Statement insert_trigrams_;
  Statement delete_trigrams_;
};

namespace {

/// Throws SqliteError when it is no sound index of this format.
void require_format(const std::filesystem::path& path) {
  Connection connection({.file = path});
  if (connection.integer("PRAGMA user_version") != kSearchFormat || !connection.has_room_for_checksums())
    throw std::runtime_error("The search index has another format.");
}

void make_tables(const std::filesystem::path& path) {
  Connection connection({.file = path});
  connection.execute("PRAGMA page_size = " + std::to_string(kPageBytes));
  connection.reserve_checksums();
  connection.execute("PRAGMA journal_mode = WAL");
  connection.execute("BEGIN");
  connection.execute(kSearchTables);
  connection.execute("PRAGMA user_version = " + std::to_string(kSearchFormat));
  connection.execute("COMMIT");
}

}  // namespace

SearchWriter::SearchWriter(const ConnectionOptions& contacts, const Memtable& memtable, SearchFile& file, int log_pages)
    : contacts_(contacts),
      memtable_(memtable),
      rows_(contacts_),
      log_(contacts_),
      select_teams_(contacts_, "SELECT team FROM team ORDER BY team"),
      select_contacts_(contacts_, std::string("SELECT ") + kContactColumns +
                                      " FROM contact WHERE place > ? AND place <= ? ORDER BY place LIMIT ?"),
      select_changes_(contacts_,
                      "SELECT seq, at, request_id, subject, subject_id FROM change_log WHERE place > ? AND place <= ? "
                      "ORDER BY place LIMIT ?") {
  try {
    if (std::filesystem::exists(file.path()) && !log_damaged_at(file.path(), EachCommit::unsynced)) {
      require_format(file.path());
      index_ = std::make_unique<Index>(file.path(), log_pages);
      if (!follows_from_contacts()) index_ = nullptr;
    }
  } catch (const SqliteError& error) {
    if (!file.is_damaged(error)) throw;
    index_ = nullptr;
  } catch (const std::runtime_error&) {
    index_ = nullptr;  // Of another format, or with something else in a column.
  }
  if (!index_) {
    file.make_anew();
    make_tables(file.path());
    index_ = std::make_unique<Index>(file.path(), log_pages);
  }
  file.found_usable();
}

SearchWriter::~SearchWriter() = default;

bool SearchWriter::step() {
  const auto work = next_work();
  progress_.building = work ? !work->standing.complete : is_held_up_ && progress_.building;
  if (work) index_->save(*work);
  return work.has_value();
}

void SearchWriter::finish() { index_->finish(); }

void SearchWriter::rest() {
  index_->rest();
  contacts_.execute("PRAGMA shrink_memory");
}

bool SearchWriter::follows_from_contacts() {
  const Snapshot snapshot(contacts_);
  const auto teams = index_->teams();
  return std::ranges::all_of(teams,
                             [this](core::TeamId team) { return log_.has(team, index_->standing(team)->watermark); });
}

std::vector<core::TeamId> SearchWriter::teams() {
  std::vector<core::TeamId> teams;
  Execution row(select_teams_);
  while (row.next()) teams.push_back(row.id<core::TeamId>());
  return teams;
}

std::optional<SearchWriter::Work> SearchWriter::next_work() {
  is_held_up_ = false;
  // Each team in its turn: one that changes all the time must not keep the others waiting.
  auto turns = teams();
  std::rotate(turns.begin(), std::ranges::upper_bound(turns, last_team_), turns.end());
  for (const auto team : turns) {
    last_team_ = team;
    if (auto work = next_work(team)) return work;
  }
  return std::nullopt;
}

std::optional<SearchWriter::Work> SearchWriter::next_work(core::TeamId team) {
  const View view(contacts_, rows_, memtable_, team);
  // What is published later comes with news of it; an entry that is passed over now would not come again.
  if (!view.is_of_one_moment()) {
    is_held_up_ = true;
    return std::nullopt;
  }
  const auto standing = index_->standing(team);
  const auto last = log_.last(team);
  // What changes while the contacts are gone through comes after the entry that is the last one now.
  if (!standing) return building(view, team, {.slot = index_->next_slot(), .watermark = last, .built_to = {}});
  if (!standing->complete) return building(view, team, *standing);
  if (standing->watermark.seq < last.seq) return following(view, team, *standing);
  return std::nullopt;
}

SearchWriter::Work SearchWriter::building(const View& view, core::TeamId team, Standing standing) {
  Work work{.team = team, .standing = standing, .contacts = {}};
  Execution row(select_contacts_, place_of(team, standing.built_to), last_place_of(team), kStepMax);
  while (row.next()) {
    const auto stored = read_contact(row);
    const auto newest = view.newer(team, stored.id);
    work.contacts.push_back({.id = stored.id, .texts = Texts(core::searched_texts(newest ? *newest : stored))});
  }
  const auto read = static_cast<std::int64_t>(work.contacts.size());
  if (read > 0) work.standing.built_to = work.contacts.back().id;
  work.standing.complete = read < kStepMax;
  progress_.built += read;
  return work;
}

SearchWriter::Work SearchWriter::following(const View& view, core::TeamId team, Standing standing) {
  Work work{.team = team, .standing = standing, .contacts = {}};
  std::set<core::ContactId> changed;
  Execution row(select_changes_, place_of(team, standing.watermark.seq), last_place_of(team), kStepMax);
  while (row.next()) {
    auto& watermark = work.standing.watermark;
    watermark.seq = row.integer();
    watermark.at = row.time();
    watermark.request_id = row.uuid();
    if (row.text() == core::to_string(core::Subject::contact)) changed.insert(row.id<core::ContactId>());
  }
  for (const auto id : changed) {
    const auto contact = view.contact(team, id);
    work.contacts.push_back(
        {.id = id, .texts = contact ? std::optional(Texts(core::searched_texts(*contact))) : std::nullopt});
  }
  return work;
}

}  // namespace cardfile::store::sqlite
