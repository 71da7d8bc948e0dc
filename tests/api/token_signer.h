#pragma once
// Token signer: signed tokens as a client would make them, the impossible ones too.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/time.h"

namespace cardfile::test {

/// An API secret as its team holds it.
struct TestSecret {
  std::string id;
  std::string key;

  /// What tokens are signed with: "<id>||<key>".
  std::string signing_key() const { return id + "||" + key; }
};

inline constexpr std::string_view kTokenHeader = R"({"alg":"HS256","typ":"JWT"})";

std::string base64url(std::string_view text);

/// `header` and `payload` as they are, signed with `signing_key`.
std::string token_of(std::string_view header, std::string_view payload, std::string_view signing_key);

/// The same for parts that are encoded already: "<header>.<payload>" → the whole token.
std::string signed_parts(const std::string& parts, std::string_view signing_key);

/// {"iss":…,"iat":…}
std::string claims_of(const TestSecret& secret, core::Timestamp issued_at);

/// What a client sends.
std::string token_of(const TestSecret& secret, core::Timestamp issued_at);

std::int64_t unix_seconds(core::Timestamp time);

}  // namespace cardfile::test
