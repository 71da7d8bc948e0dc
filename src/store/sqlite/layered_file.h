#pragma once
// LayeredFile: an open file of a file system of ours, on top of one of another.

#include <sqlite3.h>

namespace cardfile::store::sqlite {

/// Does everything as the file below does it. A `File` derives from it, begins with a sqlite3_file and hides what it
/// does in another way; SQLite allocates it with room behind it for the file of the file system below.
template <class File>
struct LayeredFile {
  static File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
  static sqlite3_file* below(sqlite3_file* file) { return reinterpret_cast<sqlite3_file*>(&of(file) + 1); }
  static const sqlite3_io_methods& call(sqlite3_file* file) { return *below(file)->pMethods; }

  static int close(sqlite3_file* f) { return call(f).xClose(below(f)); }
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

  // Of a database file only.
  static int shm_map(sqlite3_file* f, int region, int size, int extend, void volatile** out) {
    return call(f).xShmMap(below(f), region, size, extend, out);
  }
  static int shm_lock(sqlite3_file* f, int at, int n, int flags) { return call(f).xShmLock(below(f), at, n, flags); }
  static void shm_barrier(sqlite3_file* f) { call(f).xShmBarrier(below(f)); }
  static int shm_unmap(sqlite3_file* f, int remove) { return call(f).xShmUnmap(below(f), remove); }
  static int fetch(sqlite3_file* f, sqlite3_int64 at, int n, void** out) {
    return call(f).xFetch(below(f), at, n, out);
  }
  static int unfetch(sqlite3_file* f, sqlite3_int64 at, void* page) { return call(f).xUnfetch(below(f), at, page); }
};

/// What SQLite calls. Version 1 has no shared memory and no memory mapping, which belong to database files; 3 has all.
template <class File, int kVersion>
inline constexpr sqlite3_io_methods kMethodsOf{
    kVersion,       File::close,       File::read,      File::write,   File::truncate, File::sync,   File::size,
    File::lock,     File::unlock,      File::reserved,  File::control, File::sector,   File::device, File::shm_map,
    File::shm_lock, File::shm_barrier, File::shm_unmap, File::fetch,   File::unfetch};

}  // namespace cardfile::store::sqlite
