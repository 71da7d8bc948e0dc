#include "store/sqlite/readers.h"

#include <utility>

namespace cardfile::store::sqlite {
namespace {

constexpr std::size_t kReadersMax = 8;

}  // namespace

Readers::Lease Readers::take() {
  auto reader = take_idle();
  if (!reader) {
    try {
      reader = std::make_unique<Reader>(options_, memtable_, search_file_);
    } catch (...) {
      give_back(nullptr);
      throw;
    }
  }
  return {*this, std::move(reader)};
}

/// Null when the caller may open one more.
std::unique_ptr<Reader> Readers::take_idle() {
  std::unique_lock lock(mutex_);
  given_back_.wait(lock, [this] { return out_ < kReadersMax; });
  ++out_;
  if (idle_.empty()) return nullptr;
  auto reader = std::move(idle_.back());
  idle_.pop_back();
  return reader;
}

void Readers::give_back(std::unique_ptr<Reader> reader) {
  {
    const std::lock_guard lock(mutex_);
    --out_;
    if (reader) idle_.push_back(std::move(reader));
  }
  given_back_.notify_one();
}

}  // namespace cardfile::store::sqlite
