#include "store/sqlite/private_index_vfs.h"

#include <cstddef>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include <sqlite3.h>

namespace cardfile::store::sqlite {
namespace {

/// The regions of an index, which stay where they are.
using Index = std::vector<std::unique_ptr<std::byte[]>>;

/// SQLite allocates one of these with room behind it for the file of the file system below.
struct DatabaseFile {
  sqlite3_file base;
  Index* index;  // Owned.

  static DatabaseFile& of(sqlite3_file* file) { return *reinterpret_cast<DatabaseFile*>(file); }
  static sqlite3_file* below(sqlite3_file* file) { return reinterpret_cast<sqlite3_file*>(&of(file) + 1); }
  static const sqlite3_io_methods& call(sqlite3_file* file) { return *below(file)->pMethods; }

  static int shm_map(sqlite3_file* f, int region, int size, int extend, void volatile** out) {
    Index& index = *of(f).index;
    const auto at = static_cast<std::size_t>(region);
    try {
      while (extend != 0 && index.size() <= at)
        index.push_back(std::make_unique<std::byte[]>(static_cast<std::size_t>(size)));
    } catch (const std::bad_alloc&) {
      return SQLITE_IOERR_NOMEM;
    }
    *out = at < index.size() ? index[at].get() : nullptr;
    return SQLITE_OK;
  }
  static int shm_lock(sqlite3_file*, int, int, int) { return SQLITE_OK; }
  static void shm_barrier(sqlite3_file*) {}
  static int shm_unmap(sqlite3_file* f, int) {
    of(f).index->clear();
    return SQLITE_OK;
  }
  static int close(sqlite3_file* f) {
    delete std::exchange(of(f).index, nullptr);
    return call(f).xClose(below(f));
  }

  static int read(sqlite3_file* f, void* to, int n, sqlite3_int64 at) { return call(f).xRead(below(f), to, n, at); }
  static int write(sqlite3_file* f, const void* from, int n, sqlite3_int64 at) {
    return call(f).xWrite(below(f), from, n, at);
  }
  static int truncate(sqlite3_file* f, sqlite3_int64 size) { return call(f).xTruncate(below(f), size); }
  static int sync(sqlite3_file* f, int flags) { return call(f).xSync(below(f), flags); }
  static int size(sqlite3_file* f, sqlite3_int64* size) { return call(f).xFileSize(below(f), size); }
  static int lock(sqlite3_file* f, int level) { return call(f).xLock(below(f), level); }
  static int unlock(sqlite3_file* f, int level) { return call(f).xUnlock(below(f), level); }
  static int reserved(sqlite3_file* f, int* out) { return call(f).xCheckReservedLock(below(f), out); }
  static int control(sqlite3_file* f, int op, void* arg) { return call(f).xFileControl(below(f), op, arg); }
  static int sector(sqlite3_file* f) { return call(f).xSectorSize(below(f)); }
  static int device(sqlite3_file* f) { return call(f).xDeviceCharacteristics(below(f)); }
  static int fetch(sqlite3_file* f, sqlite3_int64 at, int n, void** out) {
    return call(f).xFetch(below(f), at, n, out);
  }
  static int unfetch(sqlite3_file* f, sqlite3_int64 at, void* page) { return call(f).xUnfetch(below(f), at, page); }

  static constexpr sqlite3_io_methods kMethods{3,        close,       read,      write,   truncate, sync,   size,
                                               lock,     unlock,      reserved,  control, sector,   device, shm_map,
                                               shm_lock, shm_barrier, shm_unmap, fetch,   unfetch};
};

int open(sqlite3_vfs* below, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  if ((flags & SQLITE_OPEN_MAIN_DB) == 0) return below->xOpen(below, path, file, flags, out_flags);
  file->pMethods = nullptr;
  auto index = std::unique_ptr<Index>(new (std::nothrow) Index);
  if (!index) return SQLITE_NOMEM;
  const int code = below->xOpen(below, path, DatabaseFile::below(file), flags, out_flags);
  if (!DatabaseFile::below(file)->pMethods) return code;
  DatabaseFile::of(file).index = index.release();
  file->pMethods = &DatabaseFile::kMethods;
  return code;
}

}  // namespace

PrivateIndexVfs::PrivateIndexVfs(const std::string& below)
    : layer_("private index", below, sizeof(DatabaseFile), open) {}

}  // namespace cardfile::store::sqlite
