#include "api/token_signer.h"

#include <chrono>

#include "base/crypto.h"

namespace cardfile::test {

std::string base64url(std::string_view text) {
  return base::to_base64url({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::string signed_parts(const std::string& parts, std::string_view signing_key) {
  return parts + "." + base::to_base64url(base::hmac_sha256(signing_key, parts));
}

std::string token_of(std::string_view header, std::string_view payload, std::string_view signing_key) {
  return signed_parts(base64url(header) + "." + base64url(payload), signing_key);
}

std::string claims_of(const TestSecret& secret, core::Timestamp issued_at) {
  return R"({"iss":")" + secret.id + R"(","iat":)" + std::to_string(unix_seconds(issued_at)) + "}";
}

std::string token_of(const TestSecret& secret, core::Timestamp issued_at) {
  return token_of(kTokenHeader, claims_of(secret, issued_at), secret.signing_key());
}

std::int64_t unix_seconds(core::Timestamp time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

}  // namespace cardfile::test
