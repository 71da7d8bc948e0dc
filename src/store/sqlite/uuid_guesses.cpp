#include "store/sqlite/uuid_guesses.h"

#include <sys/mman.h>

#include <atomic>
#include <cstring>
#include <new>

#include "store/sqlite/place.h"

namespace cardfile::store::sqlite {
namespace {

using Place = std::atomic_ref<std::uint64_t>;

/// All bits depend on all of the UUID's, some of which tell the time or a version.
std::uint64_t mixed(const core::Uuid& uuid) {
  std::uint64_t halves[2];
  static_assert(sizeof halves == sizeof uuid.bytes());
  std::memcpy(halves, uuid.bytes().data(), sizeof halves);
  std::uint64_t mixed = 0;
  for (const std::uint64_t half : halves) {
    mixed = (mixed ^ half) * 0x9e3779b97f4a7c15;
    mixed ^= mixed >> 32;
  }
  return mixed;
}

/// A place holds a contact's id and, in the bits that ids leave, some of these, which tell most other UUIDs from this
/// one.
std::uint64_t mark_of(std::uint64_t mixed) { return mixed >> kNumberBits << kNumberBits; }

/// Zeros, from the system itself: pages of it that nobody touches take no memory.
std::uint64_t* map_zeros(std::size_t count) {
  void* const memory =
      ::mmap(nullptr, count * sizeof(std::uint64_t), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return static_cast<std::uint64_t*>(memory);
}

}  // namespace

UuidGuesses::UuidGuesses() : places_(map_zeros(kPlaces)) {}

UuidGuesses::~UuidGuesses() { ::munmap(places_, kPlaces * sizeof(std::uint64_t)); }

std::optional<core::ContactId> UuidGuesses::find(const core::Uuid& uuid) const {
  const std::uint64_t key = mixed(uuid);
  const std::uint64_t found = Place(places_[key % kPlaces]).load(std::memory_order_relaxed);
  if (found == 0 || mark_of(found) != mark_of(key)) return std::nullopt;
  return core::ContactId(static_cast<std::int64_t>(found ^ mark_of(found)));
}

void UuidGuesses::remember(const core::Uuid& uuid, core::ContactId id) {
  const std::uint64_t key = mixed(uuid);
  const auto number = static_cast<std::uint64_t>(id.value());
  Place(places_[key % kPlaces]).store(mark_of(key) | number, std::memory_order_relaxed);
}

}  // namespace cardfile::store::sqlite
