#include "store/sqlite/readers.h"

#include <atomic>

namespace cardfile::store::sqlite {
namespace {

/// A number for each thread, in the order in which they first ask.
std::size_t number_of_thread() {
  static std::atomic<std::size_t> threads = 0;
  thread_local const std::size_t number = threads++;
  return number;
}

}  // namespace

Readers::Lease Readers::take() {
  const auto own = number_of_thread();
  for (std::size_t i = 0; i < kReadersMax; ++i) {
    Place& place = places_[(own + i) % kReadersMax];
    if (std::unique_lock lock(place.mutex, std::try_to_lock); lock) return taken(place, std::move(lock));
  }
  Place& place = places_[own % kReadersMax];
  return taken(place, std::unique_lock(place.mutex));
}

Readers::Lease Readers::taken(Place& place, std::unique_lock<std::mutex> lock) {
  if (!place.reader) place.reader = std::make_unique<Reader>(options_, memtable_, search_file_);
  return {std::move(lock), *place.reader};
}

}  // namespace cardfile::store::sqlite
