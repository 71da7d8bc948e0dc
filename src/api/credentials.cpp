#include "api/credentials.h"

#include <string_view>

#include "base/crypto.h"
#include "core/text.h"

namespace cardfile::api {

namespace {

constexpr std::size_t kKeyMax = 512;

/// The token of "Bearer <token>", the scheme in any case; empty when the header is anything else.
std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() <= kScheme.size()) return {};
  if (core::lower_ascii(authorization.substr(0, kScheme.size())) != kScheme) return {};
  return core::trimmed(authorization.substr(kScheme.size()));
}

}  // namespace

std::optional<store::KeyOwner> authenticate(const http::Request& request, const store::Store& store) {
  const std::string_view token = bearer_token(request.header("Authorization"));
  if (token.empty() || token.size() > kKeyMax) return std::nullopt;
  return store.key_owner(base::sha256(token));
}

}  // namespace cardfile::api
