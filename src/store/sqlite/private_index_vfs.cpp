#include "store/sqlite/private_index_vfs.h"

#include <cstddef>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include <sqlite3.h>

#include "store/sqlite/layered_file.h"

namespace cardfile::store::sqlite {
namespace {

/// The regions of an index, which stay where they are.
using Index = std::vector<std::unique_ptr<std::byte[]>>;

struct DatabaseFile : LayeredFile<DatabaseFile> {
  sqlite3_file base;
  Index* index;  // Owned.

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
};

int open(sqlite3_vfs* below, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  if ((flags & SQLITE_OPEN_MAIN_DB) == 0) return below->xOpen(below, path, file, flags, out_flags);
  file->pMethods = nullptr;
  auto index = std::unique_ptr<Index>(new (std::nothrow) Index);
  if (!index) return SQLITE_NOMEM;
  const int code = below->xOpen(below, path, DatabaseFile::below(file), flags, out_flags);
  if (!DatabaseFile::below(file)->pMethods) return code;
  DatabaseFile::of(file).index = index.release();
  file->pMethods = &kMethodsOf<DatabaseFile, 3>;
  return code;
}

}  // namespace

PrivateIndexVfs::PrivateIndexVfs(const std::string& below)
    : layer_("private index", below, sizeof(DatabaseFile), open) {}

}  // namespace cardfile::store::sqlite
