#include "store/sqlite/checksum_vfs.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>

#include <sqlite3.h>

#include "store/sqlite/layered_file.h"

namespace cardfile::store::sqlite {
namespace {

// SQLite's file format, 1.3: the page size is at 16, two bytes, and the bytes that are left free in a page at 20.
constexpr std::size_t kPageSizeAt = 16;
constexpr std::size_t kReservedAt = 20;

constexpr std::size_t kPageBytesMax = 65'536;

constexpr std::uint64_t kPrime = 0x9e3779b97f4a7c15;

/// One to one in both arguments: no change of a single word goes unseen. The first shift brings high bits down before
/// the product would keep them where they are.
std::uint64_t mixed(std::uint64_t sum, std::uint64_t word) {
  sum ^= word;
  sum ^= sum >> 29;
  sum *= kPrime;
  return sum ^ (sum >> 32);
}

/// As it stands in files, whatever machine reads it.
std::uint64_t little_endian(std::uint64_t word) {
  return std::endian::native == std::endian::little ? word : __builtin_bswap64(word);
}

struct DatabaseFile : LayeredFile<DatabaseFile> {
  sqlite3_file base;
  std::byte* page;         // Owned; where a page is completed.
  std::size_t page_bytes;  // 0: pages have no room for checksums.
  bool compares;

  /// The number of the page that stands there, from 1; 0 when that is not all of one page.
  std::uint64_t page_at(sqlite3_int64 at, int size) const {
    const auto place = static_cast<std::uint64_t>(at);
    if (page_bytes == 0 || static_cast<std::size_t>(size) != page_bytes || place % page_bytes != 0) return 0;
    return place / page_bytes + 1;
  }

  /// A database that is written anew gets room for checksums, by another connection, too; that it has none any more is
  /// damage.
  static int read_header(sqlite3_file* f) {
    std::byte header[kHeaderBytes];
    const int code = call(f).xRead(below(f), header, sizeof(header), 0);
    if (code == SQLITE_IOERR_SHORT_READ) return SQLITE_OK;
    if (code != SQLITE_OK) return code;
    if (const std::size_t found = checked_page_bytes(header); found > 0) of(f).page_bytes = found;
    return SQLITE_OK;
  }

  /// Whether the file ends within the page, which SQLite would take for one that ends in zeros.
  static bool is_cut(sqlite3_file* f, sqlite3_int64 at) {
    sqlite3_int64 size = 0;
    return call(f).xFileSize(below(f), &size) == SQLITE_OK && size > at;
  }

  static int write(sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
    DatabaseFile& file = of(f);
    const std::span bytes(static_cast<const std::byte*>(from), static_cast<std::size_t>(size));
    if (at == 0 && bytes.size() >= kHeaderBytes) file.page_bytes = checked_page_bytes(bytes);
    const std::uint64_t number = file.page_at(at, size);
    if (number == 0) return call(f).xWrite(below(f), from, size, at);
    std::ranges::copy(bytes, file.page);
    const std::uint64_t checksum = little_endian(page_checksum(bytes, number));
    std::memcpy(file.page + bytes.size() - kChecksumBytes, &checksum, kChecksumBytes);
    return call(f).xWrite(below(f), file.page, size, at);
  }

  static int read(sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
    const int code = call(f).xRead(below(f), to, size, at);
    if (!of(f).compares) return code;
    const std::uint64_t number = of(f).page_at(at, size);
    if (code == SQLITE_IOERR_SHORT_READ && number > 0 && is_cut(f, at)) return SQLITE_IOERR_DATA;
    if (code != SQLITE_OK) return code;
    const std::span page(static_cast<const std::byte*>(to), static_cast<std::size_t>(size));
    return number == 0 || has_checksum(page, number) ? SQLITE_OK : SQLITE_IOERR_DATA;
  }

  static int control(sqlite3_file* f, int op, void* arg) {
    if (op == kCompareFromNowOn) {
      of(f).compares = true;
      return read_header(f);
    }
    // SQLite goes on whatever this says; what it then reads and writes meets the same disk.
    if (op == SQLITE_FCNTL_CKPT_START) static_cast<void>(read_header(f));
    return call(f).xFileControl(below(f), op, arg);
  }

  static int close(sqlite3_file* f) {
    delete[] of(f).page;
    return call(f).xClose(below(f));
  }
};

template <Comparing kComparing>
int open(sqlite3_vfs* below, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  if ((flags & SQLITE_OPEN_MAIN_DB) == 0) return below->xOpen(below, path, file, flags, out_flags);
  file->pMethods = nullptr;
  DatabaseFile& ours = DatabaseFile::of(file);
  ours.page = new (std::nothrow) std::byte[kPageBytesMax];
  if (!ours.page) return SQLITE_NOMEM;
  ours.page_bytes = 0;
  ours.compares = kComparing == Comparing::as_it_reads;
  const int code = below->xOpen(below, path, DatabaseFile::below(file), flags, out_flags);
  if (!DatabaseFile::below(file)->pMethods) {
    delete[] ours.page;
    return code;
  }
  file->pMethods = &kMethodsOf<DatabaseFile, 3>;
  return code == SQLITE_OK ? DatabaseFile::read_header(file) : code;
}

}  // namespace

std::size_t checked_page_bytes(std::span<const std::byte> header) {
  if (std::to_integer<std::size_t>(header[kReservedAt]) != kChecksumBytes) return 0;
  const auto high = std::to_integer<std::size_t>(header[kPageSizeAt]);
  const auto low = std::to_integer<std::size_t>(header[kPageSizeAt + 1]);
  return high == 0 && low == 1 ? 65'536 : high << 8 | low;
}

std::uint64_t page_checksum(std::span<const std::byte> page, std::uint64_t number) {
  std::uint64_t sum = mixed(kPrime, number);
  for (std::size_t at = 0; at + kChecksumBytes < page.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, &page[at], sizeof(word));
    sum = mixed(sum, little_endian(word));
  }
  return sum;
}

bool has_checksum(std::span<const std::byte> page, std::uint64_t number) {
  std::uint64_t stored = 0;
  std::memcpy(&stored, &page[page.size() - kChecksumBytes], kChecksumBytes);
  return little_endian(stored) == page_checksum(page, number);
}

ChecksumVfs::ChecksumVfs(const std::string& below, Comparing comparing)
    : layer_("checksum", below, sizeof(DatabaseFile),
             comparing == Comparing::never ? open<Comparing::never> : open<Comparing::as_it_reads>) {}

}  // namespace cardfile::store::sqlite
