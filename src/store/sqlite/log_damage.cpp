#include "store/sqlite/log_damage.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <iterator>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "base/ownership.h"
#include "store/sqlite/log_format.h"
#include "store/sqlite/open_files.h"

namespace cardfile::store::sqlite {
namespace {

// Of the log's header: the last bit of the first word says in which order checksums take the bytes of words.
constexpr std::uint32_t kMagic = 0x377f0682;
constexpr std::size_t kFormatAt = 4;
constexpr std::size_t kLogPageSizeAt = 8;
constexpr std::size_t kLogSaltsAt = 16;
constexpr std::size_t kLogSumAt = 24;

// Of a frame's header: what the database has of pages after the commit that it ends, or 0.
constexpr std::size_t kCommitAt = 4;
constexpr std::size_t kSaltsAt = 8;
constexpr std::size_t kSumAt = 16;

using Bytes = std::span<const std::byte>;

std::uint32_t word(Bytes bytes, std::size_t at) { return big_endian(bytes.subspan(at).first<4>()); }

/// SQLite's checksum of a log up to some place, and its salts, which every frame of one log repeats.
struct Pair {
  std::uint32_t first = 0;
  std::uint32_t second = 0;

  static Pair of(std::uint64_t both) {
    return {.first = static_cast<std::uint32_t>(both >> 32), .second = static_cast<std::uint32_t>(both)};
  }
  std::uint64_t both() const { return std::uint64_t{first} << 32 | second; }
  static Pair in(Bytes bytes, std::size_t at) { return {.first = word(bytes, at), .second = word(bytes, at + 4)}; }
  friend bool operator==(const Pair&, const Pair&) = default;
};

/// All of a log goes through here, two words at a time.
Pair added(Pair sum, Bytes bytes, std::endian order) {
  const bool is_native = order == std::endian::native;
  const std::byte* const end = bytes.data() + bytes.size();
  for (const std::byte* at = bytes.data(); at < end; at += 8) {
    std::uint32_t words[2];
    std::memcpy(words, at, sizeof(words));
    sum.first += (is_native ? words[0] : __builtin_bswap32(words[0])) + sum.second;
    sum.second += (is_native ? words[1] : __builtin_bswap32(words[1])) + sum.first;
  }
  return sum;
}

/// False at the end of the file.
bool read(std::ifstream& in, std::span<std::byte> to) {
  return static_cast<bool>(in.read(reinterpret_cast<char*>(to.data()), static_cast<std::streamsize>(to.size())));
}

std::filesystem::path index_of(const std::filesystem::path& database) { return database.native() + "-shm"; }

std::filesystem::path kept_index_of(const std::filesystem::path& database) { return database.native() + "-shm-kept"; }

/// 0 also when there is none.
std::uintmax_t size_of(const std::filesystem::path& file) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  return error ? 0 : size;
}

/// What the index says of a log.
struct Indexed {
  Pair salts;
  std::int64_t committed = 0;
  std::int64_t copied = 0;
};

std::uint32_t native_word(Bytes bytes, std::size_t at) {
  std::uint32_t number = 0;
  std::memcpy(&number, &bytes[at], sizeof(number));
  return number;
}

using IndexBytes = std::array<std::byte, kIndexCopiedAt + 4>;

/// As much of it as tells how far the log goes; zeros where there is no such file.
IndexBytes read_index(const std::filesystem::path& index) {
  std::ifstream in(index, std::ios::binary);
  IndexBytes bytes{};
  return read(in, bytes) ? bytes : IndexBytes{};
}

/// What both copies of its header say: whoever is killed may have written one of them. None where they are not what was
/// written, as after a power cut, or while somebody writes.
std::vector<Indexed> indexed_in(const IndexBytes& bytes) {
  std::vector<Indexed> found;
  for (const std::size_t copy : {std::size_t{0}, kIndexHeaderBytes}) {
    const Bytes header = Bytes(bytes).subspan(copy, kIndexHeaderBytes);
    const Pair sum{.first = native_word(header, kIndexSumAt), .second = native_word(header, kIndexSumAt + 4)};
    if (native_word(header, 0) != kLogFormat || added({}, header.first(kIndexSumAt), std::endian::native) != sum)
      continue;
    found.push_back({.salts = Pair::in(header, kIndexSaltsAt),
                     .committed = native_word(header, kIndexCommittedAt),
                     .copied = native_word(bytes, kIndexCopiedAt)});
  }
  return found;
}

/// Whether there is a log that is not all in the database.
bool tells_of_more(const std::vector<Indexed>& indexed) {
  return std::ranges::any_of(indexed, [](const Indexed& log) { return log.copied < log.committed; });
}

struct Header {
  bool is_sound = false;
  std::endian order = std::endian::native;
  std::size_t page_bytes = 0;
  Pair salts;
  Pair sum;
};

Header read_header(Bytes bytes) {
  const std::uint32_t magic = word(bytes, 0);
  Header header{.order = (magic & 1) != 0 ? std::endian::big : std::endian::little,
                .page_bytes = word(bytes, kLogPageSizeAt),
                .salts = Pair::in(bytes, kLogSaltsAt),
                .sum = Pair::in(bytes, kLogSumAt)};
  header.is_sound = (magic & ~1U) == kMagic && word(bytes, kFormatAt) == kLogFormat &&
                    added({}, bytes.first(kLogSumAt), header.order) == header.sum;
  return header;
}

/// What SQLite has between two frames: the salts of the log, and its checksum so far.
struct Place {
  std::endian order = std::endian::native;
  Pair salts;
  Pair sum;

  /// Whether this frame was written there. What stands behind the end of a log that was begun anew has other salts.
  bool is_followed_by(Bytes frame) const {
    return Pair::in(frame, kSaltsAt) == salts && word(frame, 0) != 0 &&
           added(added(sum, frame.first(kSaltsAt), order), frame.subspan(kFrameHeaderBytes), order) ==
               Pair::in(frame, kSumAt);
  }
};

/// One look at the log, which others may write to.
std::optional<std::int64_t> seen_damaged_at(const std::filesystem::path& database, EachCommit commits) {
  // Before the log: what an index says was synced when it was written. One that was kept is asked about a log that is
  // there only: another program may have copied that log and taken it away since.
  std::vector<Indexed> indexed;
  if (commits == EachCommit::synced) indexed = indexed_in(read_index(index_of(database)));
  const bool is_missed = tells_of_more(indexed);
  if (commits == EachCommit::synced)
    std::ranges::copy(indexed_in(read_index(kept_index_of(database))), std::back_inserter(indexed));

  std::ifstream in(log_of(database), std::ios::binary);
  std::array<std::byte, kLogHeaderBytes> header_bytes{};
  const bool has_header = read(in, header_bytes);
  const Header header = read_header(header_bytes);
  // The header is synced before the first frame is written, and a log begun anew or taken away once it was copied.
  const bool has_more = has_header && in.peek() != std::ifstream::traits_type::eof();
  if (!header.is_sound) return is_missed || has_more ? std::optional(std::int64_t{0}) : std::nullopt;
  // SQLite takes a log beside an empty database away; and the first page is synced before there is a log.
  if (has_more && size_of(database) == 0) return 0;

  std::vector<std::byte> frame(static_cast<std::size_t>(kFrameHeaderBytes) + header.page_bytes);
  const auto frame_bytes = static_cast<std::int64_t>(frame.size());
  std::int64_t synced_to = kLogHeaderBytes;
  for (const Indexed& log : indexed)
    if (log.salts == header.salts) synced_to = std::max(synced_to, kLogHeaderBytes + log.committed * frame_bytes);
  std::optional<std::int64_t> damaged_at;
  Place place{.order = header.order, .salts = header.salts, .sum = header.sum};
  bool follows_commit = false;
  std::int64_t at = kLogHeaderBytes;
  for (; read(in, frame); at += frame_bytes) {
    const bool goes_on = place.is_followed_by(frame);
    if (goes_on && follows_commit && damaged_at) return damaged_at;
    if (!goes_on && !damaged_at) damaged_at = at;
    if (damaged_at && *damaged_at < synced_to) return damaged_at;
    place.sum = Pair::in(frame, kSumAt);
    follows_commit = word(frame, kCommitAt) != 0;
  }
  return at < synced_to ? std::optional(at) : std::nullopt;
}

[[noreturn]] void throw_errno(const std::string& doing, const std::filesystem::path& file) {
  throw std::system_error(errno, std::generic_category(), "cannot " + doing + " " + file.filename().string());
}

void make_durable(const std::filesystem::path& log) {
  const int descriptor = ::open(log.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0 && errno == ENOENT) return;
  if (descriptor < 0) throw_errno("open", log);
  const bool is_durable = ::fsync(descriptor) == 0;
  const int error = errno;
  ::close(descriptor);
  errno = error;
  if (!is_durable) throw_errno("sync", log);
}

/// One look at what `extent` says is to be copied.
bool is_seen_whole(const OpenFiles& files, const LogExtent& extent, SeenLog& seen) {
  if (extent.copied >= extent.committed) return true;
  std::array<std::byte, kLogHeaderBytes> header_bytes{};
  if (!files.read_log(header_bytes, 0)) return false;
  const Header header = read_header(header_bytes);
  if (!header.is_sound) return false;
  const std::int64_t frame_bytes = kFrameHeaderBytes + static_cast<std::int64_t>(header.page_bytes);
  const auto place_of = [&](std::int64_t frame) { return kLogHeaderBytes + frame * frame_bytes; };
  Place place{.order = header.order, .salts = header.salts, .sum = header.sum};
  std::vector<std::byte> frame(static_cast<std::size_t>(frame_bytes));
  if (seen.salts != header.salts.both()) seen = {.salts = header.salts.both(), .frames = 0, .sum = header.sum.both()};
  if (seen.frames < extent.copied) {
    if (!files.read_log(frame, place_of(extent.copied - 1))) return false;
    seen.frames = extent.copied;
    seen.sum = Pair::in(frame, kSumAt).both();
  }
  place.sum = Pair::of(seen.sum);
  for (; seen.frames < extent.committed; ++seen.frames) {
    if (!files.read_log(frame, place_of(seen.frames)) || !place.is_followed_by(frame)) return false;
    place.sum = Pair::in(frame, kSumAt);
    seen.sum = place.sum.both();
  }
  return true;
}

}  // namespace

std::filesystem::path log_of(const std::filesystem::path& database) { return database.native() + "-wal"; }

std::optional<std::int64_t> log_damaged_at(const std::filesystem::path& database, EachCommit commits) {
  if (commits == EachCommit::synced) make_durable(log_of(database));
  std::optional<std::int64_t> seen = seen_damaged_at(database, commits);
  // Who writes to it may have written what was read behind it, and the rest before; a second look sees all of that.
  while (seen) {
    const auto before = seen;
    seen = seen_damaged_at(database, commits);
    if (seen == before) break;
  }
  return seen;
}

bool is_log_whole(Connection& connection, SeenLog& seen) {
  const OpenFiles files(connection);
  for (LogExtent extent = files.log_extent();;) {
    if (is_seen_whole(files, extent, seen)) return true;
    // Another program may have begun the log anew meanwhile.
    const LogExtent now = files.log_extent();
    if (now == extent) return false;
    extent = now;
  }
}

void read_anew(const std::filesystem::path& log) {
  const int descriptor = ::open(log.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
  ::close(descriptor);
}

KeptIndex::KeptIndex(const std::filesystem::path& database) : file_(kept_index_of(database)) {
  const IndexBytes bytes = read_index(index_of(database));
  if (std::ranges::none_of(indexed_in(bytes), [](const Indexed& log) { return log.committed > 0; })) return;
  // The folder may be of somebody whom this process's user has no reason to trust: nothing that is there is written to.
  let_go();
  const int descriptor = base::open_or_make(file_, O_EXCL | O_NOFOLLOW);
  if (descriptor < 0) return;
  const bool is_kept = ::write(descriptor, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  ::close(descriptor);
  if (!is_kept) let_go();
}

void KeptIndex::let_go() const {
  std::error_code ignored;
  std::filesystem::remove(file_, ignored);
}

std::string told_of_log_damage(const std::filesystem::path& database, std::int64_t at) {
  const std::string log = log_of(database).filename().string();
  if (size_of(log_of(database)) == 0)
    return "its write-ahead log " + log + " is gone, and with it changes that were acknowledged; but if " +
           database.filename().string() + " was put there from a backup, take " +
           index_of(database).filename().string() + " away, too";
  if (size_of(database) == 0)
    return "its database " + database.filename().string() + " is gone, and its write-ahead log " + log +
           ", in which there are changes that were acknowledged, cannot be read without it";
  return "its write-ahead log " + log + " is not what was written from byte " + std::to_string(at) +
         " on, where changes stood that were acknowledged";
}

}  // namespace cardfile::store::sqlite
