#include "store/hooked_vfs.h"

#include <utility>

namespace cardfile::test {
namespace {

FileKind kind_of(int flags) {
  if ((flags & SQLITE_OPEN_WAL) != 0) return FileKind::log;
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0) return FileKind::database;
  if ((flags & SQLITE_OPEN_MAIN_JOURNAL) != 0) return FileKind::journal;
  return FileKind::other;
}

FileKind kind_of(const std::string& path) {
  if (path.ends_with("-wal")) return FileKind::log;
  if (path.ends_with("-journal")) return FileKind::journal;
  return path.ends_with(".db") ? FileKind::database : FileKind::other;
}

/// Logs and journals are made durable with their names by the first sync, as SQLite's own file system does it.
bool is_made_with_its_name(int flags) {
  const auto kind = kind_of(flags);
  return (flags & SQLITE_OPEN_CREATE) != 0 && (kind == FileKind::log || kind == FileKind::journal);
}

}  // namespace

/// SQLite allocates one of these with room for the default file system's own behind it.
struct HookedVfs::File {
  sqlite3_file base;
  HookedVfs* vfs;
  const char* path;  // SQLite keeps it until the file is closed; null for a temporary file.
  FileKind kind;
  bool folder_is_to_be_synced;

  static File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
  static sqlite3_file* real(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<File*>(file) + 1);
  }
  static const sqlite3_io_methods& call(sqlite3_file* file) { return *real(file)->pMethods; }

  FileCall about(Asked asked) const { return {.asked = asked, .kind = kind, .path = path ? path : ""}; }

  static int close(sqlite3_file* f) { return call(f).xClose(real(f)); }
  static int read(sqlite3_file* f, void* to, int n, sqlite3_int64 at) { return call(f).xRead(real(f), to, n, at); }
  static int write(sqlite3_file* f, const void* from, int n, sqlite3_int64 at) {
    FileCall what = of(f).about(Asked::write);
    what.at = at;
    what.bytes = {static_cast<const std::byte*>(from), static_cast<std::size_t>(n)};
    const auto code = of(f).vfs->ask(what, [&] { return call(f).xWrite(real(f), from, n, at); });
    if (code != SQLITE_OK) {
      const auto written = of(f).vfs->written_before_failing(what);
      if (written > 0) call(f).xWrite(real(f), from, static_cast<int>(written), at);
    }
    return code;
  }
  static int truncate(sqlite3_file* f, sqlite3_int64 size) {
    FileCall what = of(f).about(Asked::truncate);
    what.at = size;
    return of(f).vfs->ask(what, [&] { return call(f).xTruncate(real(f), size); });
  }
  static int sync(sqlite3_file* f, int flags) {
    FileCall what = of(f).about(Asked::sync);
    what.syncs_folder = std::exchange(of(f).folder_is_to_be_synced, false);
    return of(f).vfs->ask(what, [&] { return call(f).xSync(real(f), flags); });
  }
  static int size(sqlite3_file* f, sqlite3_int64* size) { return call(f).xFileSize(real(f), size); }
  static int lock(sqlite3_file* f, int level) { return call(f).xLock(real(f), level); }
  static int unlock(sqlite3_file* f, int level) { return call(f).xUnlock(real(f), level); }
  static int reserved(sqlite3_file* f, int* out) { return call(f).xCheckReservedLock(real(f), out); }
  static int control(sqlite3_file* f, int op, void* arg) { return call(f).xFileControl(real(f), op, arg); }
  static int sector(sqlite3_file* f) { return call(f).xSectorSize(real(f)); }
  static int device(sqlite3_file* f) { return call(f).xDeviceCharacteristics(real(f)); }
  static int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
    const auto map = [&] { return call(f).xShmMap(real(f), page, size, extend, out); };
    if (extend == 0) return map();
    FileCall what = of(f).about(Asked::share);
    what.at = sqlite3_int64{page + 1} * size;
    return of(f).vfs->ask(what, map);
  }
  static int shm_lock(sqlite3_file* f, int at, int n, int flags) { return call(f).xShmLock(real(f), at, n, flags); }
  static void shm_barrier(sqlite3_file* f) { call(f).xShmBarrier(real(f)); }
  static int shm_unmap(sqlite3_file* f, int remove) { return call(f).xShmUnmap(real(f), remove); }
  static int fetch(sqlite3_file* f, sqlite3_int64 at, int n, void** out) { return call(f).xFetch(real(f), at, n, out); }
  static int unfetch(sqlite3_file* f, sqlite3_int64 at, void* page) { return call(f).xUnfetch(real(f), at, page); }
};

const sqlite3_io_methods HookedVfs::kMethods{3,
                                             File::close,
                                             File::read,
                                             File::write,
                                             File::truncate,
                                             File::sync,
                                             File::size,
                                             File::lock,
                                             File::unlock,
                                             File::reserved,
                                             File::control,
                                             File::sector,
                                             File::device,
                                             File::shm_map,
                                             File::shm_lock,
                                             File::shm_barrier,
                                             File::shm_unmap,
                                             File::fetch,
                                             File::unfetch};

HookedVfs::HookedVfs(std::string name) : name_(std::move(name)) {
  const sqlite3_vfs* real = sqlite3_vfs_find(nullptr);
  vfs_ = *real;
  vfs_.pNext = nullptr;
  vfs_.zName = name_.c_str();
  vfs_.szOsFile = static_cast<int>(sizeof(File)) + real->szOsFile;
  vfs_.pAppData = this;
  vfs_.xOpen = open;
  vfs_.xDelete = remove;
  sqlite3_vfs_register(&vfs_, 0);
}

HookedVfs::~HookedVfs() { sqlite3_vfs_unregister(&vfs_); }

template <class Real>
int HookedVfs::ask(const FileCall& call, Real real) {
  if (const auto answer = before(call)) return *answer;
  const int code = real();
  if (code == SQLITE_OK) done(call);
  return code;
}

int HookedVfs::open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  auto& ours = File::of(file);
  ours.base.pMethods = nullptr;
  ours.vfs = static_cast<HookedVfs*>(vfs->pAppData);
  ours.path = path;
  ours.kind = kind_of(flags);
  ours.folder_is_to_be_synced = is_made_with_its_name(flags);
  return ours.vfs->ask(ours.about(Asked::open), [&] {
    sqlite3_vfs* real = sqlite3_vfs_find(nullptr);
    const int code = real->xOpen(real, path, File::real(file), flags, out_flags);
    ours.base.pMethods = File::real(file)->pMethods ? &kMethods : nullptr;
    return code;
  });
}

int HookedVfs::remove(sqlite3_vfs* vfs, const char* path, int sync_folder) {
  const FileCall call{
      .asked = Asked::remove, .kind = kind_of(std::string(path)), .path = path, .syncs_folder = sync_folder != 0};
  return static_cast<HookedVfs*>(vfs->pAppData)->ask(call, [&] {
    sqlite3_vfs* real = sqlite3_vfs_find(nullptr);
    return real->xDelete(real, path, sync_folder);
  });
}

}  // namespace cardfile::test
