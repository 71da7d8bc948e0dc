#pragma once
// UuidGuesses: which contacts were found by their UUIDs lately.

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/ids.h"

namespace cardfile::store::sqlite {

/// Remembers which contact a UUID was found to be, so that it need not be looked up in the index of UUIDs again, a tree
/// with a page for every sixty of them. It is a guess: contacts come and go, and UUIDs take each other's place here.
/// The contact's row, which is read in any case, holds the UUID and tells whether the guess was right.
///
/// Safe to use from many threads. Takes 8 MiB, as far as UUIDs are looked up at all.
class UuidGuesses {
 public:
  /// Throws std::bad_alloc.
  UuidGuesses();
  UuidGuesses(const UuidGuesses&) = delete;
  UuidGuesses& operator=(const UuidGuesses&) = delete;
  ~UuidGuesses();

  /// None when nothing is remembered.
  std::optional<core::ContactId> find(const core::Uuid& uuid) const;
  void remember(const core::Uuid& uuid, core::ContactId id);

 private:
  static constexpr std::size_t kPlaces = std::size_t{1} << 20;

  std::uint64_t* const places_;  // 0: nothing. Read and written as one atomic integer each.
};

}  // namespace cardfile::store::sqlite
