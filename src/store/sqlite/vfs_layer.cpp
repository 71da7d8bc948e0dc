#include "store/sqlite/vfs_layer.h"

#include <atomic>
#include <stdexcept>

#include <sqlite3.h>

#include "store/sqlite/db.h"

namespace cardfile::store::sqlite {

struct VfsLayer::Registration {
  std::string name;
  Open open_file = nullptr;
  sqlite3_vfs* below = nullptr;
  sqlite3_vfs vfs{};

  static const Registration& of(sqlite3_vfs* vfs) { return *static_cast<Registration*>(vfs->pAppData); }

  static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
    return of(vfs).open_file(of(vfs).below, path, file, flags, out_flags);
  }

  /// The file system below may keep account of its files, and knows its own data only.
  static int remove(sqlite3_vfs* vfs, const char* path, int sync_folder) {
    sqlite3_vfs* below = of(vfs).below;
    return below->xDelete(below, path, sync_folder);
  }
};

VfsLayer::VfsLayer(std::string_view purpose, const std::string& below, std::size_t file_bytes, Open open)
    : registration_(std::make_unique<Registration>()) {
  static std::atomic<int> count = 0;
  Registration& ours = *registration_;
  configure_library();
  ours.open_file = open;
  ours.below = sqlite3_vfs_find(below.empty() ? nullptr : below.c_str());
  if (!ours.below) throw std::runtime_error("SQLite has no file system named \"" + below + "\".");
  ours.name = "cardfile-" + std::string(purpose) + "-" + std::to_string(++count);
  ours.vfs = *ours.below;
  ours.vfs.pNext = nullptr;
  ours.vfs.zName = ours.name.c_str();
  ours.vfs.szOsFile = static_cast<int>(file_bytes) + ours.below->szOsFile;
  ours.vfs.pAppData = &ours;
  ours.vfs.xOpen = Registration::open;
  ours.vfs.xDelete = Registration::remove;
  if (sqlite3_vfs_register(&ours.vfs, 0) != SQLITE_OK) {
    throw std::runtime_error("SQLite does not take another file system.");
  }
}

VfsLayer::~VfsLayer() { sqlite3_vfs_unregister(&registration_->vfs); }

const std::string& VfsLayer::name() const { return registration_->name; }

}  // namespace cardfile::store::sqlite
