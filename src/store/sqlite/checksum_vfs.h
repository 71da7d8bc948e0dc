#pragma once
// ChecksumVfs: each page of a database file ends in a checksum of what was written there.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "store/sqlite/vfs_layer.h"

namespace cardfile::store::sqlite {

/// What a checksum takes of each page; SQLite leaves so much room when the database is made or written anew by VACUUM
/// (Connection::reserve_checksums).
inline constexpr std::size_t kChecksumBytes = 8;

/// Of a page's bytes but for the last kChecksumBytes, and of its number, so that a page in place of another is seen.
std::uint64_t page_checksum(std::span<const std::byte> page, std::uint64_t number);

/// Whether the page ends in its checksum.
bool has_checksum(std::span<const std::byte> page, std::uint64_t number);

/// Adds the checksums when pages are written to a database file that has room for them. Nobody compares them on the
/// way, as pages are read through memory mapping: check() does. What is in the write-ahead log has SQLite's own
/// checksums, and ours when it is copied into the database. Every Connection has one.
class ChecksumVfs {
 public:
  /// `below` is the name of the file system that does the work; empty: SQLite's default one.
  explicit ChecksumVfs(const std::string& below);

  const std::string& name() const { return layer_.name(); }

 private:
  const VfsLayer layer_;
};

}  // namespace cardfile::store::sqlite
