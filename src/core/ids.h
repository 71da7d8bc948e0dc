#pragma once
// Ids: a contact id is not a tag id, and neither is a number.

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace cardfile::core {

/// The largest integer that every JSON client can hold exactly (2^53 - 1); ids never pass it.
inline constexpr std::int64_t kIdMax = (std::int64_t{1} << 53) - 1;

/// A team and a contact of it together are one integer wherever one is needed: 20 bits for teams, 43 for contacts.
inline constexpr std::int64_t kTeamIdMax = (std::int64_t{1} << 20) - 1;
inline constexpr std::int64_t kContactIdMax = (std::int64_t{1} << 43) - 1;

/// An integer id of one kind of thing, unique within a team. 0 stands for "none".
template <class Tag>
class Id {
 public:
  constexpr Id() = default;
  constexpr explicit Id(std::int64_t value) : value_(value) {}
  constexpr std::int64_t value() const { return value_; }
  constexpr explicit operator bool() const { return value_ != 0; }
  friend constexpr auto operator<=>(const Id&, const Id&) = default;

 private:
  std::int64_t value_ = 0;
};

using TeamId = Id<struct TeamTag>;
using ContactId = Id<struct ContactTag>;
using ChannelId = Id<struct ChannelTag>;
using UserId = Id<struct UserTag>;
using TagId = Id<struct TagTag>;
using FieldId = Id<struct FieldTag>;
using InboxId = Id<struct InboxTag>;
using ListId = Id<struct ListTag>;
using KeyId = Id<struct KeyTag>;
using WebhookId = Id<struct WebhookTag>;

/// Reads an id as clients write it: 1 to kIdMax in decimal digits, without sign, blanks or leading zeros.
std::optional<std::int64_t> parse_id(std::string_view text);

/// A UUID (RFC 9562).
class Uuid {
 public:
  using Bytes = std::array<std::uint8_t, 16>;

  constexpr Uuid() = default;
  constexpr explicit Uuid(const Bytes& bytes) : bytes_(bytes) {}

  /// A version 4 UUID out of 16 random bytes.
  static Uuid from_random(Bytes bytes);
  /// Reads the 36-character form, in either case; none when `text` is anything else.
  static std::optional<Uuid> parse(std::string_view text);

  /// The 36-character form in lower case.
  std::string to_string() const;
  /// Writes the same over kTextSize bytes at `out`; gives their end.
  char* write(char* out) const;
  static constexpr std::size_t kTextSize = 36;
  const Bytes& bytes() const { return bytes_; }

  friend constexpr auto operator<=>(const Uuid&, const Uuid&) = default;

 private:
  Bytes bytes_{};
};

/// Gives a UUID that was never given before. A parameter wherever one is needed, so that a test can foresee them.
using UuidSource = std::function<Uuid()>;

}  // namespace cardfile::core

template <class Tag>
struct std::hash<cardfile::core::Id<Tag>> {
  std::size_t operator()(const cardfile::core::Id<Tag>& id) const noexcept {
    return std::hash<std::int64_t>{}(id.value());
  }
};
