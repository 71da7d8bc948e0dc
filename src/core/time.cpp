#include "core/time.h"

#include <cstddef>
#include <cstdint>

namespace cardfile::core {

namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using std::chrono::year_month_day;

/// Writes `value` in so many digits and a character behind them; gives the end.
template <int kWidth>
char* write_digits(char* out, std::uint64_t value, char behind) {
  for (int i = kWidth; i-- > 0; value /= 10) out[i] = static_cast<char>('0' + value % 10);
  out[kWidth] = behind;
  return out + kWidth + 1;
}

/// Reads a time from the left; every step says whether it could.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  bool next_is_digit() const { return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; }

  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool take_number(int width, int& value) {
    value = 0;
    for (int i = 0; i < width; ++i) {
      if (!next_is_digit()) return false;
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return true;
  }

  /// 1 to 9 digits after the dot.
  bool take_fraction(nanoseconds& fraction) {
    int digits = 0;
    std::int64_t value = 0;
    for (; next_is_digit() && digits < 9; ++digits) {
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    for (int i = digits; i < 9; ++i) value *= 10;
    fraction = nanoseconds(value);
    return digits >= 1;
  }

 private:
  std::string_view rest_;
};

bool take_offset(Reader& reader, minutes& offset) {
  if (reader.take('Z') || reader.take('z')) return true;
  const bool behind = reader.take('-');
  if (!behind && !reader.take('+')) return false;
  int hour = 0;
  int minute = 0;
  if (!reader.take_number(2, hour)) return false;
  if ((reader.take(':') || reader.next_is_digit()) && !reader.take_number(2, minute)) return false;
  if (hour > 23 || minute > 59) return false;
  offset = hours(hour) + minutes(minute);
  if (behind) offset = -offset;
  return true;
}

}  // namespace

std::string to_rfc3339(Timestamp time) {
  std::string text(kRfc3339Size, '\0');
  write_rfc3339(text.data(), time);
  return text;
}

char* write_rfc3339(char* out, Timestamp time) {
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const auto since_midnight = static_cast<std::uint64_t>((time - day).count());
  const std::uint64_t second = since_midnight / 1'000'000;
  out = write_digits<4>(out, static_cast<unsigned>(int{date.year()}), '-');
  out = write_digits<2>(out, unsigned{date.month()}, '-');
  out = write_digits<2>(out, unsigned{date.day()}, 'T');
  out = write_digits<2>(out, second / 3'600, ':');
  out = write_digits<2>(out, second / 60 % 60, ':');
  out = write_digits<2>(out, second % 60, '.');
  return write_digits<6>(out, since_midnight % 1'000'000, 'Z');
}

std::optional<Timestamp> parse_rfc3339(std::string_view text, Rounding rounding) {
  Reader reader(text);
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  nanoseconds fraction{0};
  if (!reader.take_number(4, year) || !reader.take('-') || !reader.take_number(2, month) || !reader.take('-') ||
      !reader.take_number(2, day)) {
    return std::nullopt;
  }
  // RFC 3339 allows a lower-case t, and a blank for people's sake (section 5.6).
  if (!reader.take('T') && !reader.take('t') && !reader.take(' ')) return std::nullopt;
  if (!reader.take_number(2, hour) || !reader.take(':') || !reader.take_number(2, minute) || !reader.take(':') ||
      !reader.take_number(2, second)) {
    return std::nullopt;
  }
  if (reader.take('.') && !reader.take_fraction(fraction)) return std::nullopt;
  minutes offset{0};
  if (!take_offset(reader, offset) || !reader.at_end()) return std::nullopt;

  const year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day)));
  // A leap second (60) is read as the first moment of the next minute.
  if (year < 1 || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const Timestamp time = std::chrono::sys_days(date) + hours(hour) + minutes(minute) + seconds(second) +
                         floor<microseconds>(fraction) - offset;
  const auto is_known = [](Timestamp when) {
    const year_month_day utc(floor<days>(when));
    return int{utc.year()} >= 1 && int{utc.year()} <= 9999;
  };
  if (!is_known(time)) return std::nullopt;
  const bool lies_between = fraction > floor<microseconds>(fraction);
  const Timestamp next = time + microseconds(1);
  return rounding == Rounding::up && lies_between && is_known(next) ? next : time;
}

}  // namespace cardfile::core
