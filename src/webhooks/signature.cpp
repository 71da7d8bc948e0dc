#include "webhooks/signature.h"

#include <array>
#include <stdexcept>

#include "base/crypto.h"

namespace cardfile::webhooks {

std::string new_secret() {
  std::array<std::uint8_t, 24> bytes;
  base::fill_random(bytes);
  return std::string(kSecretPrefix) + base::to_base64(bytes);
}

std::string signature_of(std::string_view secret, std::string_view id, std::int64_t timestamp, std::string_view body) {
  const auto key = base::from_base64(secret.substr(std::min(kSecretPrefix.size(), secret.size())));
  if (!secret.starts_with(kSecretPrefix) || !key) throw std::invalid_argument("no secret of a webhook");
  std::string text(id);
  text.append(".").append(std::to_string(timestamp)).append(".").append(body);
  return "v1," + base::to_base64(base::hmac_sha256(*key, text));
}

}  // namespace cardfile::webhooks
