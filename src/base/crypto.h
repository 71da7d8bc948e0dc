#pragma once
// Digests, random bytes and comparisons that take the same time whatever they compare.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cardfile::base {

using Digest = std::array<std::uint8_t, 32>;

/// SHA-256 of `bytes`. Throws std::runtime_error when the library fails.
Digest sha256(std::string_view bytes);

/// HMAC-SHA256 of `bytes` (RFC 2104). Throws std::runtime_error when the library fails.
Digest hmac_sha256(std::string_view key, std::string_view bytes);

/// Fills `bytes` from the system's random source; pooled a thread, so that 16 bytes do not cost a system call. Never
/// gives the same bytes twice, not in a forked child either. Throws std::system_error when the source fails.
void fill_random(std::span<std::uint8_t> bytes);

/// Time depends on the lengths only.
bool equal_in_constant_time(std::span<const std::uint8_t> left, std::span<const std::uint8_t> right);

/// Lower case, two digits a byte.
std::string to_hex(std::span<const std::uint8_t> bytes);

/// RFC 4648, section 5, without padding.
std::string to_base64url(std::span<const std::uint8_t> bytes);

/// RFC 4648, section 4, with its padding.
std::string to_base64(std::span<const std::uint8_t> bytes);

/// The bytes that to_base64url() makes `text` of; none for every other text: padding, blanks, other letters, bits at
/// the end that stand for nothing. So no two texts give the same bytes.
std::optional<std::string> from_base64url(std::string_view text);

/// The same for RFC 4648, section 4: the other alphabet, and the padding has to be there.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace cardfile::base
