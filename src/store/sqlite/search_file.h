#pragma once
// SearchFile: where the search index is kept, and whether it may be used.

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>

#include "core/ids.h"
#include "core/time.h"
#include "store/sqlite/db.h"

namespace cardfile::store::sqlite {

/// The file beside the database that makes searching fast: for each contact the texts that a filter looks in, in lower
/// case, with indexes by name and by trigram. Nothing is in it that is not made again from the contacts, and it runs
/// behind them: it says itself how much of the change log it knows. Safe to use from any thread.
class SearchFile {
 public:
  /// `usable`: it may be read at once. Otherwise not before found_usable(), which whoever writes the index calls when
  /// it has looked at it.
  SearchFile(std::filesystem::path path, bool usable) : path_(std::move(path)), usable_(usable) {}

  const std::filesystem::path& path() const { return path_; }
  bool is_usable() const { return usable_; }
  void found_usable() { usable_ = true; }
  /// Whether the error says that this file is not what was written to it, rather than another.
  bool is_damaged(const SqliteError& error) const {
    return means_damage(error) && error.file().filename() == path_.filename();
  }
  /// It contradicts itself or cannot be read: nobody uses it any more until the store is opened again.
  void found_damaged() { usable_ = false; }

  /// Takes the file away and makes an empty one that its owner only can read. Nobody has it open. Throws
  /// std::filesystem::filesystem_error.
  void make_anew() const;
  void remove() const;

 private:
  const std::filesystem::path path_;
  std::atomic<bool> usable_;
};

/// The format of the file; one of another format is made anew.
inline constexpr std::int64_t kSearchFormat = 2;
extern const char* const kSearchTables;

/// Documents of a team are numbered from its slot on, so that those of one team lie together.
inline constexpr std::int64_t kDocumentsPerSlot = std::int64_t{1} << 32;

/// An entry of a team's change log, and with it everything before it.
struct Watermark {
  std::int64_t seq = 0;  // 0: before the first entry.
  core::Timestamp at;
  core::Uuid request_id;

  friend bool operator==(const Watermark&, const Watermark&) = default;
};

/// The change log of the contacts, as far as the index has to know it. One connection, lent.
class ChangeLogReader {
 public:
  explicit ChangeLogReader(Connection& connection);

  /// The last entry of the team.
  Watermark last(core::TeamId team);
  /// Whether the log has this very entry; not when the database is another, or an older one that was restored.
  bool has(core::TeamId team, const Watermark& watermark);

 private:
  Statement last_;
  Statement at_;
};

}  // namespace cardfile::store::sqlite
