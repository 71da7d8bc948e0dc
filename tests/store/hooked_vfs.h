#pragma once
// HookedVfs: a file system for SQLite in which a test has a say.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include <sqlite3.h>

namespace cardfile::test {

/// Which of SQLite's files.
enum class FileKind { database, log, journal, other };

/// What SQLite asks of its file system. To share is to make more of a log's index, which is in shared memory.
enum class Asked { open, write, truncate, sync, remove, share };

struct FileCall {
  Asked asked = Asked::open;
  FileKind kind = FileKind::other;  // Of a removal: by its name.
  std::string path;                 // Empty: a temporary file.
  std::int64_t at = 0;              // Where a write begins; the size that a truncation leaves or sharing needs.
  std::span<const std::byte> bytes = {};
  bool syncs_folder = false;  // Of a sync or a removal: it makes the names in the folder durable, too.
};

/// Passes everything on to SQLite's default file system, after asking the class derived from it. Registered under its
/// name for as long as it lives; it outlives the stores that use it. Hooks are called from any thread, with no lock
/// held.
class HookedVfs {
 public:
  HookedVfs(const HookedVfs&) = delete;
  HookedVfs& operator=(const HookedVfs&) = delete;

  const std::string& name() const { return name_; }

 protected:
  explicit HookedVfs(std::string name);
  virtual ~HookedVfs();

  /// None lets the call go on; a code of SQLite's is its answer.
  virtual std::optional<int> before(const FileCall& call) = 0;
  /// How much of a write that is answered with a failure gets to the file all the same.
  virtual std::size_t written_before_failing(const FileCall&) { return 0; }
  /// The call went on and succeeded.
  virtual void done(const FileCall&) {}

 private:
  struct File;
  static const sqlite3_io_methods kMethods;
  static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags);
  static int remove(sqlite3_vfs* vfs, const char* path, int sync_folder);

  template <class Real>
  int ask(const FileCall& call, Real real);

  const std::string name_;
  sqlite3_vfs vfs_{};
};

}  // namespace cardfile::test
