#pragma once
// Time: UTC, to the microsecond.

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace cardfile::core {

using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// Tells the time. A parameter wherever time is needed, so that a test can hold it still.
using Clock = std::function<Timestamp()>;

/// "2026-03-02T09:15:00.000001Z": always six digits, so that text order is time order (contract, 1.7).
std::string to_rfc3339(Timestamp time);
/// Writes the same over kRfc3339Size bytes at `out`; gives their end.
char* write_rfc3339(char* out, Timestamp time);
inline constexpr std::size_t kRfc3339Size = 27;

/// What becomes of a time between two microseconds. A bound that times must come before has to be rounded up.
enum class Rounding { down, up };

/// Reads RFC 3339 with 0 to 9 fraction digits and any offset, which may do without its colon and its minutes. None when
/// `text` is no such time, or lies outside the years 1 to 9999.
std::optional<Timestamp> parse_rfc3339(std::string_view text, Rounding rounding = Rounding::down);

}  // namespace cardfile::core
