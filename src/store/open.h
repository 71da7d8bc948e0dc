#pragma once
// open(): the engine that a location names.

#include <cstddef>
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

struct SqliteOptions {
  std::filesystem::path folder;    // Made when it does not exist, with mode 0700.
  std::size_t queue_max = 10'000;  // Commands that may wait; the next is refused with unavailable.
  std::size_t batch_max = 512;     // Commands in one transaction (one submission is never split).
  std::string vfs = {};            // SQLite's name of the file system to use; empty: the default one.

  /// Told, on a thread of the store's, why writes were refused: once when none are taken any more, and for each batch
  /// that failed for a reason that may pass. A sentence for the operator, without personal data.
  std::function<void(const std::string& why)> on_failure = {};
};

/// The embedded engine: SQLite files in one folder, held by one process. Runs migrations. Throws OpenError.
std::unique_ptr<Store> open_sqlite(const SqliteOptions& options, core::Clock clock);

/// The reference engine: everything in memory, gone with the process.
std::unique_ptr<Store> open_memory(core::Clock clock);

}  // namespace cardfile::store
