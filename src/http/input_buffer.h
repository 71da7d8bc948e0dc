#pragma once
// InputBuffer: received bytes that are not done with yet.

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace cardfile::http {

class InputBuffer {
 public:
  std::string_view bytes() const { return {storage_.get() + begin_, end_ - begin_}; }

  /// Room behind the bytes, at least one byte of it. Moves them when there is none; `expected` is how many bytes there
  /// will be in all, as far as that is known: room for them is made step by step as they arrive, not on trust.
  std::span<char> space(std::size_t expected);
  void added(std::size_t count) { end_ += count; }

  /// Drops bytes at the front. Nothing moves.
  void consume(std::size_t count);

  /// Drops `count` bytes from `offset` on; what follows moves up.
  void erase(std::size_t offset, std::size_t count);

  void clear();

  /// The memory that it has.
  std::size_t capacity() const { return capacity_; }

 private:
  std::unique_ptr<char[]> storage_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace cardfile::http
