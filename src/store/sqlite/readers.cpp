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
  if (!place.reader) place.reader = std::make_unique<Reader>(options_, commits_, memtable_, search_file_, guesses_);
  return {*this, place, std::move(lock)};
}

void Readers::bar_snapshots() {
  commits_.bar_snapshots = true;
  for (Place& place : places_) end_snapshot(place);
}

/// Of a reader that is at work its lease does it.
void Readers::end_snapshot(Place& place) {
  const std::unique_lock lock(place.mutex, std::try_to_lock);
  if (!lock || !place.reader) return;
  try {
    place.reader->snapshot.end();
  } catch (const SqliteError&) {
    // The next reading meets it, and tells.
  }
}

// In this order: whoever bars snapshots meanwhile either finds the reader given back or is seen here.
Readers::Lease::~Lease() {
  lock_.unlock();
  if (readers_.commits_.bar_snapshots) end_snapshot(place_);
}

RowReader& Readers::Lease::rows() {
  place_.reader->snapshot.refresh();
  return place_.reader->rows;
}

}  // namespace cardfile::store::sqlite
