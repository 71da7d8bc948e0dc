#pragma once
// Signed token: a short-lived JWT that proves an API secret without sending it (contract, 1.2; RFC 7519).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/crypto.h"
#include "core/ids.h"
#include "core/time.h"

namespace cardfile::api {

/// How long a token is good for after `iat`, whatever its `exp` says, and how far a client's clock may be ahead.
inline constexpr std::chrono::seconds kTokenLifetime{300};
inline constexpr std::chrono::seconds kClockLead{60};

/// What a token claims. Nothing of it is proven before is_signed_with().
struct SignedToken {
  core::Uuid issuer;  // The secret's id.
  core::Timestamp issued_at;
  std::optional<core::Timestamp> expires_at;
  std::optional<core::Timestamp> not_before;
  std::string_view signed_part;  // Header and payload as sent; a view into the token.
  base::Digest signature{};
};

/// Whether credentials of that form are a token rather than an API key: they have two dots (contract, 1.2).
bool looks_like_signed_token(std::string_view credentials);

/// Reads a token. None for everything but the one form that is asked for: three parts of canonical base64url, a header
/// with `alg` HS256 and at most `typ` beside it, a payload with a UUID for `iss`, an integer for `iat`, integers for
/// `exp` and `nbf` if they are there, and any other claims. `token` is kept alive by the caller.
std::optional<SignedToken> read_signed_token(std::string_view token);

/// Whether its times allow it now.
bool is_current(const SignedToken& token, core::Timestamp now);

/// Whether the signature is the HMAC-SHA256 of the signed part with "<secret id>||<secret key>". Takes the same time
/// wherever the two differ.
bool is_signed_with(const SignedToken& token, std::string_view secret_key);

}  // namespace cardfile::api
