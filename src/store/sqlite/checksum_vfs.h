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

inline constexpr std::size_t kHeaderBytes = 100;  // Of SQLite's file.
/// The size of the pages of a database whose pages have room for checksums, by its header; else 0.
std::size_t checked_page_bytes(std::span<const std::byte> header);

/// Of a page's bytes but for the last kChecksumBytes, and of its number, so that a page in place of another is seen.
std::uint64_t page_checksum(std::span<const std::byte> page, std::uint64_t number);

/// Whether the page ends in its checksum.
bool has_checksum(std::span<const std::byte> page, std::uint64_t number);

/// When pages are compared with their checksums.
enum class Comparing {
  as_it_reads,  // A page that is not what was written is SQLITE_IOERR_DATA: nobody sees it, or changes it and seals it.
  never         // For who has to read what is damaged, too; or until kCompareFromNowOn.
};

/// A file control of the database file.
inline constexpr int kCompareFromNowOn = 0x63617264;

/// Adds the checksums when pages are written to a database file that has room for them, and compares them when pages
/// are read, but for those that are mapped into memory. What is in the write-ahead log has SQLite's own checksums
/// (log_damage.h), and ours when it is copied into the database. Every Connection has one. The file system below is of
/// SQLite's third version, as its own one is.
class ChecksumVfs {
 public:
  /// `below` is the name of the file system that does the work; empty: SQLite's default one.
  ChecksumVfs(const std::string& below, Comparing comparing);

  const std::string& name() const { return layer_.name(); }

 private:
  const VfsLayer layer_;
};

}  // namespace cardfile::store::sqlite
