#include "store/sqlite/search_file.h"

#include <cerrno>
#include <system_error>

#include <unistd.h>

#include "base/ownership.h"
#include "store/sqlite/place.h"

namespace cardfile::store::sqlite {
namespace {

Watermark read_watermark(Execution& row) {
  Watermark watermark;
  watermark.seq = row.integer();
  watermark.at = row.time();
  watermark.request_id = row.uuid();
  return watermark;
}

}  // namespace

// The trigrams' tokenizer is told to leave case alone, as everything that it sees is folded by core's rule already: its
// own folding knows letters beyond ASCII, and would find others than core does. Without positions and without a copy of
// the texts its index is small; what it finds is looked at anyway.
const char* const kSearchTables = R"sql(
CREATE TABLE team (
  slot       INTEGER PRIMARY KEY,
  team       INTEGER NOT NULL UNIQUE,
  seq        INTEGER NOT NULL,  -- What is known of the change log: everything up to this entry,
  at         INTEGER NOT NULL,  -- which has this time
  request_id BLOB NOT NULL,     -- and this request.
  built_to   INTEGER NOT NULL,  -- While the contacts are gone through for the first time: the last one that is in.
  complete   INTEGER NOT NULL   -- They have been gone through.
) STRICT;

CREATE TABLE entry (
  document     INTEGER PRIMARY KEY,
  slot         INTEGER NOT NULL,
  contact      INTEGER NOT NULL,
  first        TEXT,
  last         TEXT,
  display_name TEXT,
  email        TEXT,
  phone        TEXT
) STRICT;
CREATE UNIQUE INDEX entry_contact ON entry (slot, contact);
CREATE INDEX entry_first ON entry (slot, first, contact);
CREATE INDEX entry_last ON entry (slot, last, contact);
CREATE INDEX entry_display_name ON entry (slot, display_name, contact);

CREATE VIRTUAL TABLE trigram USING fts5 (
  text, content = '', detail = none, columnsize = 0, tokenize = 'trigram case_sensitive 1'
);
)sql";

void SearchFile::remove() const {
  // The file goes first: a log without its file is thrown away by SQLite, a file without its log would be a torn one.
  std::filesystem::remove(path_);
  for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(path_.native() + suffix);
}

void SearchFile::make_anew() const {
  remove();
  // SQLite gives its further files the mode of this one.
  const int descriptor = base::open_or_make(path_);
  if (descriptor < 0)
    throw std::filesystem::filesystem_error("cannot make the search index", path_,
                                            std::error_code(errno, std::generic_category()));
  ::close(descriptor);
}

ChangeLogReader::ChangeLogReader(Connection& connection)
    : last_(connection,
            "SELECT seq, at, request_id FROM change_log WHERE place BETWEEN ? AND ? ORDER BY place DESC LIMIT 1"),
      at_(connection, "SELECT seq, at, request_id FROM change_log WHERE place = ?") {}

Watermark ChangeLogReader::last(core::TeamId team) {
  Execution row(last_, first_place_of(team), last_place_of(team));
  return row.next() ? read_watermark(row) : Watermark{};
}

bool ChangeLogReader::has(core::TeamId team, const Watermark& watermark) {
  if (watermark.seq == 0) return true;
  Execution row(at_, place_of(team, watermark.seq));
  return row.next() && read_watermark(row) == watermark;
}

}  // namespace cardfile::store::sqlite
