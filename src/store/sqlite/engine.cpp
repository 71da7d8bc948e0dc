// The embedded engine: one writer, many readers, one folder.

#include <algorithm>
#include <cstddef>
#include <exception>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "store/directories.h"
#include "store/open.h"
#include "store/sqlite/check.h"
#include "store/sqlite/db.h"
#include "store/sqlite/flusher.h"
#include "store/sqlite/folder.h"
#include "store/sqlite/indexer.h"
#include "store/sqlite/joining_vfs.h"
#include "store/sqlite/log_damage.h"
#include "store/sqlite/memtable.h"
#include "store/sqlite/migrations.h"
#include "store/sqlite/private_index_vfs.h"
#include "store/sqlite/readers.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/search_file.h"
#include "store/sqlite/writer.h"

namespace cardfile::store {
namespace sqlite {
namespace {

constexpr std::int64_t kPageBytes = 2048;
// The writer maps nothing: what it reads is in its cache, and mapped pages count twice beside the readers' ones.
constexpr std::int64_t kWriterCacheBytes = 16 << 20;
constexpr std::int64_t kReaderCacheBytes = 1 << 20;
constexpr std::int64_t kReaderMmapBytes = 16 << 20;

bool keeps_log(Connection& connection) {
  Statement journal_mode(connection, "PRAGMA journal_mode");
  Execution mode(journal_mode);
  return mode.next() && mode.text() == "wal";
}

/// Write-ahead log, each commit synced, copied into the database by the checkpointer only.
void set_up_writing(Connection& connection) {
  connection.execute("PRAGMA page_size = " + std::to_string(kPageBytes));
  connection.reserve_checksums();
  connection.execute("PRAGMA journal_mode = WAL");
  // Where its index cannot be shared SQLite keeps to another mode, and what waits for commits would never hear of one.
  if (!keeps_log(connection)) throw OpenError("SQLite cannot keep a write-ahead log in this folder");
  connection.execute("PRAGMA synchronous = FULL");
  connection.execute("PRAGMA wal_autocheckpoint = 0");
}

/// A folder whose log SQLite reads to its end. To open another one would be to forget what stands behind the damage.
class WholeFolder final : public Folder {
 public:
  /// Throws OpenError, std::system_error.
  explicit WholeFolder(const std::filesystem::path& path) : Folder(path) {
    const auto damaged_at = log_damaged_at(database());
    if (damaged_at)
      throw OpenError("Cannot open the data folder " + path.string() + ": " +
                      told_of_log_damage(database(), *damaged_at) + ". Put a backup in the folder's place.");
    read_anew(log_of(database()));
    index_.emplace(database());
  }

  /// Once the log was read.
  void let_index_go() const { index_->let_go(); }

 private:
  std::optional<KeptIndex> index_;
};

/// Brings the database to the newest format; from then on its pages are compared.
void prepare(Connection& connection) {
  // Before anything is written: what is damaged is not to get a checksum.
  const bool are_compared = has_checksums(connection);
  if (are_compared) connection.compare_pages();
  set_up_writing(connection);
  migrate(connection);
  if (!are_compared) connection.compare_pages();
}

class SqliteStore final : public Store {
 public:
  SqliteStore(const SqliteOptions& options, core::Clock clock)
      : folder_(options.folder),
        reading_({.file = folder_.database(),
                  .vfs = options.vfs,
                  .read_only = true,
                  .mmap_bytes = kReaderMmapBytes,
                  .cache_bytes = kReaderCacheBytes}),
        indexing_(
            {.file = folder_.database(), .vfs = options.vfs, .read_only = true, .cache_bytes = kReaderCacheBytes}),
        memtable_({.contacts = options.rows_behind_max}),
        joining_(options.vfs),
        connection_({.file = folder_.database(),
                     .vfs = joining_.name(),
                     .cache_bytes = kWriterCacheBytes,
                     .comparing = Comparing::never}),
        search_file_(folder_.search_index(), options.indexing == Indexing::none),
        readers_(reading_, memtable_, search_file_) {
    // A folder that does not open stays as it is.
    connection_.leave_log_on_close();
    refuse_foreign_tables(connection_);
    folder_.let_index_go();
    prepare(connection_);
    recover(connection_, memtable_);
    auto clocks = load_teams();
    if (options.indexing == Indexing::in_background)
      indexer_ = std::make_unique<Indexer>(indexing_, memtable_, search_file_, options.on_indexing);
    writer_ = std::make_unique<Writer>(
        connection_, ConnectionOptions{.file = folder_.database(), .vfs = options.vfs}, readers_, memtable_,
        directories_, std::move(clocks), std::move(clock),
        WriterLimits{
            .queue_max = options.queue_max, .batch_max = options.batch_max, .flush_after = options.flush_after},
        WriterListeners{.on_failure = options.on_failure,
                        .on_commit =
                            [this, on_commit = options.on_commit](std::size_t commands) {
                              if (indexer_) indexer_->wake(commands);
                              if (on_commit) on_commit();
                            },
                        .on_long_log = options.on_long_log});
    connection_.copy_log_on_close();
  }

  ~SqliteStore() override {
    // Nobody reads any more when the writer empties the log.
    if (indexer_) indexer_->stop();
    writer_->stop();
    // A backup that was killed may have left one.
    folder_.let_index_go();
  }

  void submit(Submission& submission) override { writer_->submit(submission); }

  std::vector<core::TeamId> teams() const override { return directories_.teams(); }

  Directories::Snapshot directory(core::TeamId team) const override { return directories_.find(team); }

  std::optional<core::Contact> contact(core::TeamId team, const core::ContactKey& key) const override {
    return readers_.take().queries().contact(team, key);
  }

  std::optional<core::Contact> contact_at(core::TeamId team, const core::Address& address) const override {
    return readers_.take().queries().contact_at(team, address);
  }

  std::vector<core::Contact> contacts(core::TeamId team, const core::ContactQuery& query) const override {
    return readers_.take().queries().contacts(team, query);
  }

  std::int64_t count(core::TeamId team, const core::ContactQuery& query) const override {
    return readers_.take().queries().count(team, query);
  }

  std::vector<core::Contact> contacts_at(core::TeamId team, std::span<const core::Address> addresses) const override {
    return readers_.take().queries().contacts_at(team, addresses);
  }

  std::vector<core::ListTarget> targets(core::TeamId team, core::ListId list) const override {
    return readers_.take().queries().targets(team, list);
  }

  std::optional<KeyOwner> key_owner(std::span<const std::uint8_t, 32> digest) const override {
    return directories_.key_owner(digest);
  }

  std::optional<SealedSecret> secret(const core::Uuid& id) const override { return directories_.secret(id); }

  std::map<core::WebhookId, std::int64_t> webhook_positions(core::TeamId team) const override {
    return readers_.take().rows().webhook_positions(team);
  }

  std::vector<core::ChangeEntry> changes(core::TeamId team, std::int64_t after_seq, std::size_t limit,
                                         std::size_t bytes_max) const override {
    return readers_.take().rows().changes(team, after_seq, limit, bytes_max);
  }

  std::string write_failure() const override { return writer_->failure(); }

  CheckReport check(const Progress& progress) const override {
    ConnectionOptions options = reading_;
    options.comparing = Comparing::never;
    Connection connection(options);
    return sqlite::check(connection, memtable_, search_file_, progress);
  }

 private:
  TeamClocks load_teams() {
    TeamClocks clocks;
    for (auto& rows : read_teams(connection_)) {
      clocks.emplace(rows.directory.team.id, rows.clock);
      directories_.publish(std::make_shared<const core::Directory>(std::move(rows.directory)));
    }
    return clocks;
  }

  // In the order in which they depend on one another. The writer's connection is closed last: SQLite then takes the
  // log away.
  const WholeFolder folder_;
  const ConnectionOptions reading_;
  const ConnectionOptions indexing_;
  Memtable memtable_;
  Directories directories_;
  JoiningVfs joining_;
  Connection connection_;
  SearchFile search_file_;
  mutable Readers readers_;
  std::unique_ptr<Indexer> indexer_;  // Null when the index is not brought after the contacts.
  std::unique_ptr<Writer> writer_;
};

/// Throws OpenError when it cannot be said.
std::optional<std::int64_t> find_log_damage(const std::filesystem::path& database) {
  try {
    return log_damaged_at(database);
  } catch (const std::system_error& error) {
    throw OpenError("The check of " + database.parent_path().string() +
                    " could not be finished, which says nothing about it: " + error.what() +
                    ". See to the disk, or run this as the folder's owner.");
  }
}

/// As much of what keeps the folder from opening as can be passed over is. Nothing in it is changed.
CheckReport check_folder(const SqliteOptions& options, const Progress& progress) {
  const Folder folder(options.folder);
  CheckReport report;
  const auto log_damaged = find_log_damage(folder.database());
  if (log_damaged)
    report.findings.push_back("The folder cannot be opened: " + told_of_log_damage(folder.database(), *log_damaged) +
                              ".");
  // SQLite would take the log away.
  if (log_damaged && std::filesystem::file_size(folder.database()) == 0) return report;
  std::optional<KeptIndex> index;
  if (!log_damaged) index.emplace(folder.database());
  // Whoever comes next is to find the damage, too.
  const PrivateIndexVfs traceless(options.vfs);
  Connection connection({.file = folder.database(),
                         .vfs = log_damaged ? traceless.name() : options.vfs,
                         .cache_bytes = kReaderCacheBytes,
                         .comparing = Comparing::never});
  connection.leave_log_on_close();
  refuse_foreign_tables(connection);
  if (index) index->let_go();
  if (connection.integer("PRAGMA user_version") == 0) {
    if (!log_damaged)
      report.findings.emplace_back("cardfile.db is empty: it has none of the tables that even a new one has.");
    return report;
  }
  try {
    refuse_other_formats(connection, options.folder);
  } catch (const OpenError&) {
    // What the log would have made of it nobody knows.
    if (log_damaged) return report;
    throw;
  }
  // Whatever the log makes of it, no server opens it.
  try {
    static_cast<void>(has_checksums(connection));
  } catch (const OpenError& error) {
    report.findings.emplace_back(error.what());
  }
  Memtable memtable({.contacts = std::numeric_limits<std::size_t>::max()});
  if (!keeps_log(connection))
    report.findings.emplace_back("cardfile.db keeps no write-ahead log: its first page is not what was written there.");
  try {
    recover(connection, memtable, UnreadableEntries::passed_over);
  } catch (const std::exception& error) {
    if (keeps_from_checking(error)) throw;
    report.findings.push_back(std::string("The teams cannot be read: ") + error.what() + ".");
  }
  // SQLite would read the log of the index up to the damage.
  const bool is_index_read = !log_damaged_at(folder.search_index(), EachCommit::unsynced);
  CheckReport of_contents = check(connection, memtable, SearchFile(folder.search_index(), is_index_read), progress);
  if (!is_index_read)
    of_contents.index_findings.emplace_back("The search index's log search.db-wal is not what was written there.");
  std::ranges::move(of_contents.findings, std::back_inserter(report.findings));
  of_contents.findings = std::move(report.findings);
  return of_contents;
}

/// To be called in a catch block: throws what is under way as an OpenError.
[[noreturn]] void throw_as_open_error(const std::filesystem::path& folder) {
  const auto cannot_open = [&folder](const std::exception& error) {
    return "Cannot open the data folder " + folder.string() + ": " + error.what() + ".";
  };
  try {
    throw;
  } catch (const OpenError&) {
    throw;
  } catch (const SqliteError& error) {
    if (!means_damage(error)) throw OpenError(cannot_open(error));
    throw OpenError(cannot_open(error) +
                    " Its cardfile.db is damaged, or no database of cardfile's. See how far with: "
                    "cardfile check --data " +
                    folder.string() + "; then put a backup in the folder's place.");
  } catch (const std::exception& error) {
    throw OpenError(cannot_open(error));
  }
}

}  // namespace
}  // namespace sqlite

std::unique_ptr<Store> open_sqlite(const SqliteOptions& options, core::Clock clock) {
  try {
    return std::make_unique<sqlite::SqliteStore>(options, std::move(clock));
  } catch (...) {
    sqlite::throw_as_open_error(options.folder);
  }
}

std::int64_t format_of(const std::filesystem::path& path) {
  try {
    const sqlite::WholeFolder folder(path);
    // Whatever wrote it last, and without a change to it.
    sqlite::Connection connection({.file = folder.database(), .comparing = sqlite::Comparing::never});
    connection.leave_log_on_close();
    const std::int64_t format = connection.integer("PRAGMA user_version");
    folder.let_index_go();
    return format;
  } catch (...) {
    sqlite::throw_as_open_error(path);
  }
}

CheckReport check_sqlite(const SqliteOptions& options, const Progress& progress) {
  try {
    return sqlite::check_folder(options, progress);
  } catch (const OpenError&) {
    throw;
  } catch (const std::exception& error) {
    if (sqlite::keeps_from_checking(error))
      throw OpenError("The check of " + options.folder.string() +
                      " could not be finished, which says nothing about it: " + error.what() +
                      ". It sorts the change log in temporary files: make room for them, or name another folder in the "
                      "environment variable TMPDIR, and check again.");
    CheckReport report;
    report.findings.push_back(std::string("The database cannot be read: ") + error.what() + ".");
    return report;
  }
}

}  // namespace cardfile::store
