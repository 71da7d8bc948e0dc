#pragma once
// VfsLayer: a file system of ours on top of another one of SQLite's.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3_file;
struct sqlite3_vfs;

namespace cardfile::store::sqlite {

/// Files are opened as its owner says; everything else is done by the file system below. Lives longer than the
/// connections that name it.
class VfsLayer {
 public:
  /// As xOpen of `below`, with which a layer opens what it leaves alone. `file` has room for `file_bytes` in front of
  /// what the file system below needs.
  using Open = int (*)(sqlite3_vfs* below, const char* path, sqlite3_file* file, int flags, int* out_flags);

  /// `below` is the name of a file system; empty: SQLite's default one. Throws std::runtime_error.
  VfsLayer(std::string_view purpose, const std::string& below, std::size_t file_bytes, Open open);
  VfsLayer(const VfsLayer&) = delete;
  VfsLayer& operator=(const VfsLayer&) = delete;
  ~VfsLayer();

  /// What a connection names it by.
  const std::string& name() const;

 private:
  struct Registration;
  const std::unique_ptr<Registration> registration_;
};

}  // namespace cardfile::store::sqlite
