#pragma once
// open(): the engine that a location names.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "core/time.h"
#include "store/store.h"

namespace cardfile::store {

/// The folder cannot be opened: in use, of a newer format, unreadable. What to do about it is in the sentence.
class OpenError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Another process holds the folder.
class FolderInUse : public OpenError {
  using OpenError::OpenError;
};

/// Whether the search index is brought after the contacts. It is used as far as it is, and answers are the same
/// without.
enum class Indexing { in_background, none };

/// What commands weigh is core::weight(): one each, but lists more.
struct SqliteOptions {
  std::filesystem::path folder;    // Made when it does not exist, with mode 0700.
  std::size_t queue_max = 10'000;  // Weight of the commands that may wait; the next is refused with unavailable.
  std::size_t batch_max = 512;     // The same in one transaction (one submission is never split).
  // For so long the rows of contacts that were only updated may be behind the change log, which has the update. What is
  // read from the store does not show it; sqlite3 on the files of a running server does. 0: never, at a price.
  std::chrono::milliseconds flush_after{5'000};
  std::size_t rows_behind_max = 12'288;  // The rows of further contacts are saved with their entries.
  std::string vfs = {};                  // SQLite's name of the file system to use; empty: the default one.

  /// Told, on a thread of the store's, why writes were refused: once when none are taken any more, and every ten
  /// seconds at most while batches fail for one reason that may pass. A sentence for the operator, without personal
  /// data.
  std::function<void(const std::string& why)> on_failure = {};

  /// Told, on a thread of the store's, that the write-ahead log has so many bytes, since somebody has been reading an
  /// old state for long: a backup, a check, another program. Again when it has doubled.
  std::function<void(std::int64_t bytes)> on_long_log = {};

  /// Told, on a thread of the store's, after each commit and before those who wait for it are resumed. Throws nothing
  /// and does not take long.
  std::function<void()> on_commit = {};

  Indexing indexing = Indexing::in_background;
  /// Told, on a thread of the store's, how the search index gets on when there is much to do, and why it is given up. A
  /// sentence for the operator.
  std::function<void(const std::string& what)> on_indexing = {};
};

/// The embedded engine: SQLite files in one folder, held by one process. Runs migrations. Throws OpenError.
std::unique_ptr<Store> open_sqlite(const SqliteOptions& options, core::Clock clock);

/// The format of the database in the folder, which is made when it does not exist; 0 while it has no tables. Throws
/// OpenError.
std::int64_t format_of(const std::filesystem::path& folder);

/// What Store::check() finds in such a folder. It need not be one that opens: what keeps it from that is a finding.
/// Brings no rows after. Throws OpenError when the folder is in use or of a newer format.
CheckReport check_sqlite(const SqliteOptions& options, const Progress& progress);

/// The reference engine: everything in memory, gone with the process.
std::unique_ptr<Store> open_memory(core::Clock clock);

}  // namespace cardfile::store
