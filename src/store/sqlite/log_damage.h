#pragma once
// log_damaged_at(), is_log_whole(): whether a write-ahead log is what was written to the disk.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace cardfile::store::sqlite {

class Connection;

/// The file in which SQLite keeps the write-ahead log of that database.
std::filesystem::path log_of(const std::filesystem::path& database);

/// What those who write to a database do with each commit before it is in the log's index.
enum class EachCommit { synced, unsynced };

/// The first byte of the log from which on it cannot be read, though there was more of it. SQLite would take it for the
/// end of a log that a power cut left, and pass over what was acknowledged. These tell that there was more:
/// - the header is not sound, and something stands behind it: it is synced before anything is written there;
/// - a whole commit and the beginning of the next one stand behind the place: each is synced before the next is begun;
/// - the log's index, a file that a kill leaves as it was, says so. Of commits that are synced first it never says more
///   than there was on the disk, however old it is after a power cut. Where it cannot be read nothing more is known: a
///   log that ends where one commit was cut off is sound.
/// Beside an empty database, with which SQLite would take the log away, none of it can be read.
/// To be called before anybody opens the database, which makes the index anew, or while other processes write to it.
/// Who opens it takes for committed what a killed process wrote and never synced; so where commits are to be, the log
/// is made durable first. Throws std::system_error when it cannot be.
std::optional<std::int64_t> log_damaged_at(const std::filesystem::path& database,
                                           EachCommit commits = EachCommit::synced);

/// Whoever reads that file next reads it from the disk, if the system goes along: what it could not write there it
/// shows for as long as it runs, and has said so once.
void read_anew(const std::filesystem::path& log);

/// Keeps what the log's index says in a file of its own, where log_damaged_at() finds it: who opens the database first
/// empties the index before it reads the log, and may be killed then. As well as it can.
class KeptIndex {
 public:
  /// Before anybody opens the database.
  explicit KeptIndex(const std::filesystem::path& database);
  /// Once the database was read: the index is made.
  void let_go() const;

 private:
  std::filesystem::path file_;
};

/// Up to where a log was seen to be what was written.
struct SeenLog {
  std::uint64_t salts = 0;  // Of the log: another one has others.
  std::int64_t frames = 0;
  std::uint64_t sum = 0;  // SQLite's checksum so far.
};

/// Whether what is committed in the log of an open database, is not in the database yet and was not seen before, is
/// what was written there; brings `seen` after. SQLite looks only when it recovers. Throws SqliteError.
bool is_log_whole(Connection& connection, SeenLog& seen);

/// What to tell of it: a sentence without its end.
std::string told_of_log_damage(const std::filesystem::path& database, std::int64_t at);

}  // namespace cardfile::store::sqlite
