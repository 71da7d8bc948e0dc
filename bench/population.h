#pragma once
// Population: the contacts of a bench's data folder. The program that fills a folder and the one that loads the server
// know contact i by the same formulas, so that nothing has to be handed from one to the other.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cardfile::bench {

/// The API key of a filled folder's team.
inline constexpr std::string_view kKey = "cardfile-bench-key";

/// Contacts have the ids 1 to N, with N no larger than this: there are no more phones.
inline constexpr std::uint64_t kContactsMax = 10'000'000;

/// The team's custom fields have the ids 101 to 112; each contact has a value in the first three.
inline constexpr std::int64_t kFirstField = 101;
inline constexpr std::int64_t kFields = 12;

/// A custom value has at most so many characters.
inline constexpr std::size_t kCustomValueMax = 4096;

/// A well-mixed function of 64 bits (Steele, Lea, Flood: SplitMix64); no two values give the same one.
constexpr std::uint64_t mixed(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111eb;
  return value ^ (value >> 31U);
}

/// The random numbers of a seed.
class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) : state_(mixed(seed)) {}
  constexpr std::uint64_t next() { return mixed(state_++); }
  /// From 0 to `bound` - 1; the bias is below 2^-32 for bounds below 2^32.
  constexpr std::uint64_t below(std::uint64_t bound) { return ((next() >> 32U) * bound) >> 32U; }

 private:
  std::uint64_t state_;
};

/// Writes `value` in decimal digits, with leading zeros, so that the last digit stands before `end`.
constexpr void put_digits(char* end, std::uint64_t value, int width) {
  for (int i = 0; i < width; ++i, value /= 10) *--end = static_cast<char>('0' + value % 10);
}

inline constexpr int kLineDigits = 7;

/// The seven digits in which the phone of contact `id` differs from the others' (1555 goes before them). The factor
/// has no divisor in common with 10^7, so every id has its own; neighbours lie far apart, as real ones do, so that an
/// index of phones is not filled in order.
constexpr std::uint64_t line_number(std::uint64_t id) { return id * 7'368'787 % 10'000'000; }

constexpr std::array<std::uint8_t, 16> uuid_bytes(std::uint64_t id) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(mixed(2 * id + i / 8) >> (8 * (i % 8)));
  }
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0fU) | 0x40U);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3fU) | 0x80U);
  return bytes;
}

inline constexpr std::size_t kUuidSize = 36;

/// Writes the 36 characters of the UUID of contact `id`.
constexpr void put_uuid(char* out, std::uint64_t id) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto bytes = uuid_bytes(id);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *out++ = '-';
    *out++ = kDigits[bytes[i] >> 4U];
    *out++ = kDigits[bytes[i] & 0x0fU];
  }
}

/// The body of an update, and what a filled contact holds: 300 bytes in which everything has its fixed place, so that a
/// program can make a new one by writing over an old one. It is what a nightly sync sends: all that it knows, whatever
/// has changed. From one update of a contact to the next the first name, with it the derived display name, and two
/// custom values differ; phone and e-mail address belong to the contact and stay.
class UpdateBody {
 public:
  static constexpr std::string_view kTemplate =
      R"({"phone":"15550000000","first":"----","last":"Okonkwo-Harrington","email":"okonkwo.5550000000@mail.example.com",)"
      R"("custom":{"101":"2026-09-30","102":"plan ----, renews every year on the day above, agreed with the )"
      R"(customer by text message on the phone and again in June","103":"write 0000000000000000"}})";
  static_assert(kTemplate.size() == 300);

  static constexpr int kWriteDigits = 16;
  static constexpr std::string_view kFirstNames = "MinaOmarLenaIvanNoraHugoInesJuan";
  static constexpr std::string_view kPlans = "freebluegoldteamplusjadeonyxruby";

  /// Writes over the places of the body at `body` what belongs to contact `id` and the write of that number.
  static constexpr void patch(char* body, std::uint64_t id, std::uint64_t write) {
    put_digits(body + kPhoneEnd, line_number(id), kLineDigits);
    put_digits(body + kEmailEnd, line_number(id), kLineDigits);
    put_digits(body + kWriteEnd, write, kWriteDigits);
    put_word(body + kFirstAt, kFirstNames, write);
    put_word(body + kPlanAt, kPlans, write / kWords);
  }

  /// What its custom values have in characters all together, and what they may have in a longer body.
  static constexpr std::size_t kCustomSize = 150;
  static constexpr std::size_t kCustomSizeMax = kCustomSize + (kFields - 3) * kCustomValueMax;

  /// The template with as many more custom values, behind the others, as make `custom_size` characters of them; no
  /// update changes those. patch() knows it too.
  static std::string of_size(std::size_t custom_size) {
    constexpr std::string_view kEnd = "}}";
    std::string body(kTemplate.substr(0, kTemplate.size() - kEnd.size()));
    std::int64_t field = kFirstField + 3;
    for (std::size_t left = custom_size - std::min(custom_size, kCustomSize); left > 0;) {
      const std::size_t size = std::min(left, kCustomValueMax);
      body.append(R"(,")").append(std::to_string(field++)).append(R"(":")").append(size, 'x').append(R"(")");
      left -= size;
    }
    return body.append(kEnd);
  }

  static std::string text(std::uint64_t id, std::uint64_t write, std::size_t custom_size = kCustomSize) {
    std::string body = of_size(custom_size);
    patch(body.data(), id, write);
    return body;
  }

  /// The custom value that tells one write from all others.
  static std::string_view mark(std::string_view body) { return body.substr(kMarkAt, kMark.size()); }

 private:
  static constexpr std::size_t kWordSize = 4;
  static constexpr std::size_t kWords = 8;
  static_assert(kFirstNames.size() == kWords * kWordSize && kPlans.size() == kWords * kWordSize);

  static constexpr std::string_view kMark = "write 0000000000000000";
  static constexpr std::size_t kPhoneEnd = kTemplate.find(R"(","first)");
  static constexpr std::size_t kFirstAt = kTemplate.find("----");
  static constexpr std::size_t kEmailEnd = kTemplate.find("@mail");
  static constexpr std::size_t kPlanAt = kTemplate.rfind("----");
  static constexpr std::size_t kMarkAt = kTemplate.find(kMark);
  static constexpr std::size_t kWriteEnd = kMarkAt + kMark.size();

  static constexpr void put_word(char* out, std::string_view words, std::uint64_t number) {
    const std::size_t from = number % kWords * kWordSize;
    for (std::size_t i = 0; i < kWordSize; ++i) out[i] = words[from + i];
  }
};

}  // namespace cardfile::bench
