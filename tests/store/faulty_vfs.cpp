#include "store/faulty_vfs.h"

#include <utility>

namespace cardfile::test {

/// SQLite allocates one of these with room for the default file system's own behind it.
struct FaultyVfs::File {
  sqlite3_file base;
  FaultyVfs* vfs;
  bool is_log;

  static File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
  static sqlite3_file* real(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<File*>(file) + 1);
  }
  static const sqlite3_io_methods& call(sqlite3_file* file) { return *real(file)->pMethods; }

  static int close(sqlite3_file* f) { return call(f).xClose(real(f)); }
  static int read(sqlite3_file* f, void* to, int n, sqlite3_int64 at) { return call(f).xRead(real(f), to, n, at); }
  static int write(sqlite3_file* f, const void* from, int n, sqlite3_int64 at) {
    if (const int code = of(f).vfs->on_write()) return code;
    return call(f).xWrite(real(f), from, n, at);
  }
  static int truncate(sqlite3_file* f, sqlite3_int64 size) { return call(f).xTruncate(real(f), size); }
  static int sync(sqlite3_file* f, int flags) {
    if (of(f).is_log)
      if (const int code = of(f).vfs->on_sync()) return code;
    return call(f).xSync(real(f), flags);
  }
  static int size(sqlite3_file* f, sqlite3_int64* size) { return call(f).xFileSize(real(f), size); }
  static int lock(sqlite3_file* f, int level) { return call(f).xLock(real(f), level); }
  static int unlock(sqlite3_file* f, int level) { return call(f).xUnlock(real(f), level); }
  static int reserved(sqlite3_file* f, int* out) { return call(f).xCheckReservedLock(real(f), out); }
  static int control(sqlite3_file* f, int op, void* arg) { return call(f).xFileControl(real(f), op, arg); }
  static int sector(sqlite3_file* f) { return call(f).xSectorSize(real(f)); }
  static int device(sqlite3_file* f) { return call(f).xDeviceCharacteristics(real(f)); }
  static int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
    return call(f).xShmMap(real(f), page, size, extend, out);
  }
  static int shm_lock(sqlite3_file* f, int at, int n, int flags) { return call(f).xShmLock(real(f), at, n, flags); }
  static void shm_barrier(sqlite3_file* f) { call(f).xShmBarrier(real(f)); }
  static int shm_unmap(sqlite3_file* f, int remove) { return call(f).xShmUnmap(real(f), remove); }
  static int fetch(sqlite3_file* f, sqlite3_int64 at, int n, void** out) { return call(f).xFetch(real(f), at, n, out); }
  static int unfetch(sqlite3_file* f, sqlite3_int64 at, void* page) { return call(f).xUnfetch(real(f), at, page); }
};

const sqlite3_io_methods FaultyVfs::kMethods{3,
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

FaultyVfs::FaultyVfs(std::string name) : name_(std::move(name)) {
  const sqlite3_vfs* real = sqlite3_vfs_find(nullptr);
  vfs_ = *real;
  vfs_.pNext = nullptr;
  vfs_.zName = name_.c_str();
  vfs_.szOsFile = static_cast<int>(sizeof(File)) + real->szOsFile;
  vfs_.pAppData = this;
  vfs_.xOpen = open;
  sqlite3_vfs_register(&vfs_, 0);
}

FaultyVfs::~FaultyVfs() { sqlite3_vfs_unregister(&vfs_); }

int FaultyVfs::open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto& ours = File::of(file);
  ours.vfs = static_cast<FaultyVfs*>(vfs->pAppData);
  ours.is_log = (flags & SQLITE_OPEN_WAL) != 0;
  sqlite3_vfs* real = sqlite3_vfs_find(nullptr);
  const int code = real->xOpen(real, name, File::real(file), flags, out_flags);
  ours.base.pMethods = File::real(file)->pMethods ? &kMethods : nullptr;
  return code;
}

void FaultyVfs::syncs_give(int code) {
  const std::lock_guard lock(mutex_);
  sync_code_ = code;
}

void FaultyVfs::writes_give(int code, int successes) {
  const std::lock_guard lock(mutex_);
  write_code_ = code;
  writes_left_ = successes;
}

void FaultyVfs::hold_syncs() {
  const std::lock_guard lock(mutex_);
  holding_ = true;
}

void FaultyVfs::wait_for_held_sync() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_ > 0; });
}

void FaultyVfs::release_syncs() {
  const std::lock_guard lock(mutex_);
  holding_ = false;
  changed_.notify_all();
}

int FaultyVfs::syncs() const {
  const std::lock_guard lock(mutex_);
  return syncs_;
}

int FaultyVfs::writes() const {
  const std::lock_guard lock(mutex_);
  return writes_;
}

int FaultyVfs::on_sync() {
  std::unique_lock lock(mutex_);
  ++syncs_;
  ++waiting_;
  if (holding_) changed_.notify_all();
  changed_.wait(lock, [this] { return !holding_; });
  --waiting_;
  return sync_code_;
}

int FaultyVfs::on_write() {
  const std::lock_guard lock(mutex_);
  ++writes_;
  if (write_code_ == SQLITE_OK || writes_left_-- > 0) return SQLITE_OK;
  return write_code_;
}

}  // namespace cardfile::test
