#pragma once
// Signature: how a receiver knows that an event is ours, as standardwebhooks.com has it, so that its libraries verify
// it.

#include <cstdint>
#include <string>
#include <string_view>

namespace cardfile::webhooks {

/// Before a secret, by which those libraries know one.
inline constexpr std::string_view kSecretPrefix = "whsec_";

/// 24 random bytes in Base64, behind the prefix.
std::string new_secret();

/// The header `webhook-signature`: "v1," and the HMAC-SHA256 of "<id>.<timestamp>.<body>" in Base64, under the bytes
/// that `secret` stands for. `id` and `timestamp`, in Unix seconds, are the headers `webhook-id` and
/// `webhook-timestamp`.
std::string signature_of(std::string_view secret, std::string_view id, std::int64_t timestamp, std::string_view body);

}  // namespace cardfile::webhooks
