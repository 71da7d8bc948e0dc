// Signed tokens: the only texts that are read are those that could have been written, each in one way.

#include <string>

#include "api/signed_token.h"
#include "base/crypto.h"
#include "fuzz/target.h"

namespace cardfile::fuzz {

void target(std::string_view bytes) {
  const auto token = api::read_signed_token(bytes);
  if (!token) return;
  promise(api::looks_like_signed_token(bytes), "what is read as a token looks like one");
  const std::string end = "." + base::to_base64url(token->signature);
  promise(token->signed_part.data() == bytes.data() && bytes == std::string(token->signed_part) + end,
          "a token is its signed part and the one spelling of its signature");
  promise(!api::is_signed_with(*token, "a key that nobody has"), "nobody guesses a signature");
  api::is_current(*token, core::Timestamp(std::chrono::microseconds(1'767'225'600'000'000)));

  api::SignedToken forged = *token;
  forged.signature = base::hmac_sha256(token->issuer.to_string() + "||key", token->signed_part);
  promise(api::is_signed_with(forged, "key"), "whoever has the key can sign");
}

}  // namespace cardfile::fuzz
