#pragma once
// Histogram: how many answers took how long, to within one percent.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace cardfile::bench {

/// Counts whole numbers (nanoseconds, here). 128 classes for each doubling: a class is less than 0.8 % wide, and
/// counting costs an addition.
class Histogram {
 public:
  void add(std::uint64_t value, std::uint64_t times = 1) {
    counts_[class_of(value)] += times;
    total_ += times;
    max_ = std::max(max_, value);
  }

  std::uint64_t total() const { return total_; }
  std::uint64_t max() const { return max_; }

  /// The value that `share` (0 to 1) of all values do not pass; 0 when there are none.
  std::uint64_t quantile(double share) const {
    const auto rank = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(total_)));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen >= rank && seen > 0) return std::min(upper_end(i), max_);
    }
    return max_;
  }

 private:
  static constexpr unsigned kBits = 7;
  static constexpr std::size_t kClasses = std::size_t{1} << kBits;
  static constexpr std::size_t kDoublings = 64 - kBits;

  static std::size_t class_of(std::uint64_t value) {
    if (value < kClasses) return value;
    const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - kBits - 1;
    return (std::size_t{shift} + 1) * kClasses + ((value >> shift) - kClasses);
  }

  static std::uint64_t upper_end(std::size_t index) {
    if (index < kClasses) return index;
    const std::size_t shift = index / kClasses - 1;
    return ((kClasses + index % kClasses + 1) << shift) - 1;
  }

  std::array<std::uint64_t, (kDoublings + 1) * kClasses> counts_{};
  std::uint64_t total_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace cardfile::bench
