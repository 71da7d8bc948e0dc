#include "http/input_buffer.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace cardfile::http {

namespace {

constexpr std::size_t kInitialBytes = 8 * 1024;
// Less room than this is not worth a system call; the bytes move to get more.
constexpr std::size_t kRoomMin = 512;
// A buffer that one large request has blown up is not kept for the small ones after it.
constexpr std::size_t kKeptBytesMax = 16 * 1024;

}  // namespace

std::span<char> InputBuffer::space(std::size_t expected) {
  const std::size_t size = end_ - begin_;
  // A body of known length wants no byte behind its end, so the end of it may leave less room than usual.
  const std::size_t wanted = expected > size ? std::min(kRoomMin, expected - size) : kRoomMin;
  if (capacity_ - end_ < wanted) {
    if (capacity_ - size >= wanted && size <= capacity_ / 2) {
      std::memmove(storage_.get(), storage_.get() + begin_, size);
    } else {
      const std::size_t doubled = std::max(kInitialBytes, 2 * capacity_);
      const std::size_t capacity = expected > size + kRoomMin && expected < doubled ? expected : doubled;
      auto storage = std::make_unique_for_overwrite<char[]>(std::max(capacity, size + wanted));
      if (size > 0) std::memcpy(storage.get(), storage_.get() + begin_, size);
      storage_ = std::move(storage);
      capacity_ = std::max(capacity, size + wanted);
    }
    begin_ = 0;
    end_ = size;
  }
  return {storage_.get() + end_, capacity_ - end_};
}

void InputBuffer::consume(std::size_t count) {
  assert(count <= end_ - begin_);
  begin_ += count;
  if (begin_ == end_) clear();
}

void InputBuffer::erase(std::size_t offset, std::size_t count) {
  char* hole = storage_.get() + begin_ + offset;
  std::memmove(hole, hole + count, end_ - begin_ - offset - count);
  end_ -= count;
}

void InputBuffer::clear() {
  begin_ = end_ = 0;
  if (capacity_ > kKeptBytesMax) {
    storage_.reset();
    capacity_ = 0;
  }
}

}  // namespace cardfile::http
