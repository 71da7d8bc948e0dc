#include "store/sqlite/joining_vfs.h"

#include <sqlite3.h>

#include "store/sqlite/layered_file.h"

namespace cardfile::store::sqlite {
namespace {

/// What is kept at most; SQLite's own file system writes no more than this with one call of the kernel.
constexpr std::size_t kPendingMax = 127 * 1024;

struct LogFile : LayeredFile<LogFile> {
  sqlite3_file base;
  std::string* pending;  // Owned.
  sqlite3_int64 at;      // Where `pending` belongs in the file.

  static int write_pending(sqlite3_file* f) {
    std::string& pending = *of(f).pending;
    if (pending.empty()) return SQLITE_OK;
    const int code = call(f).xWrite(below(f), pending.data(), static_cast<int>(pending.size()), of(f).at);
    // After an error too: whoever is told of it gives the commit up.
    pending.clear();
    return code;
  }

  static int write(sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
    LogFile& file = of(f);
    const auto end = file.at + static_cast<sqlite3_int64>(file.pending->size());
    if (at != end || file.pending->size() + static_cast<std::size_t>(size) > kPendingMax) {
      if (const int code = write_pending(f)) return code;
      file.at = at;
    }
    file.pending->append(static_cast<const char*>(from), static_cast<std::size_t>(size));
    return SQLITE_OK;
  }
  static int read(sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
    if (const int code = write_pending(f)) return code;
    return call(f).xRead(below(f), to, size, at);
  }
  static int sync(sqlite3_file* f, int flags) {
    if (const int code = write_pending(f)) return code;
    return call(f).xSync(below(f), flags);
  }
  static int truncate(sqlite3_file* f, sqlite3_int64 size) {
    if (const int code = write_pending(f)) return code;
    return call(f).xTruncate(below(f), size);
  }
  static int size(sqlite3_file* f, sqlite3_int64* size) {
    if (const int code = write_pending(f)) return code;
    return call(f).xFileSize(below(f), size);
  }
  static int close(sqlite3_file* f) {
    const int written = write_pending(f);
    const int closed = call(f).xClose(below(f));
    delete of(f).pending;
    return written != SQLITE_OK ? written : closed;
  }
};

int open(sqlite3_vfs* below, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  if ((flags & SQLITE_OPEN_WAL) == 0) return below->xOpen(below, path, file, flags, out_flags);
  const int code = below->xOpen(below, path, LogFile::below(file), flags, out_flags);
  file->pMethods = nullptr;
  if (!LogFile::below(file)->pMethods) return code;
  LogFile::of(file).pending = new std::string;
  LogFile::of(file).pending->reserve(kPendingMax);
  LogFile::of(file).at = 0;
  file->pMethods = &kMethodsOf<LogFile, 1>;
  return code;
}

}  // namespace

JoiningVfs::JoiningVfs(const std::string& below) : layer_("joining", below, sizeof(LogFile), open) {}

}  // namespace cardfile::store::sqlite
