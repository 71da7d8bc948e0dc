#include "api/credentials.h"

#include <string>
#include <string_view>

#include "api/sealed_secret.h"
#include "api/signed_token.h"
#include "base/crypto.h"
#include "core/text.h"

namespace cardfile::api {

namespace {

constexpr std::size_t kKeyMax = 512;
constexpr std::size_t kBasicMax = (kKeyMax + 1 + 2) / 3 * 4;  // The key and its colon in base64.

/// What follows the scheme, which is read in any case; empty when the header has another one.
std::string_view after_scheme(std::string_view authorization, std::string_view scheme) {
  if (authorization.size() <= scheme.size() || authorization[scheme.size()] != ' ') return {};
  if (core::lower_ascii(authorization.substr(0, scheme.size())) != scheme) return {};
  return core::trimmed(authorization.substr(scheme.size()));
}

/// The user of Basic credentials whose password is empty (RFC 7617); empty for all others.
std::string basic_key(std::string_view credentials) {
  if (credentials.size() > kBasicMax) return {};
  std::string key = base::from_base64(credentials).value_or(std::string());
  if (!key.ends_with(':') || key.find(':') != key.size() - 1) return {};
  key.pop_back();
  return key;
}

/// Of no team.
store::SealedSecret nobodys_secret(const base::Vault& vault) {
  const std::string key(43, 'x');  // As long as those that are given out.
  return {.team = {}, .sealed = seal_secret(vault, {}, {}, key)};
}

}  // namespace

Credentials::Credentials(const store::Store& store, const base::Vault& vault)
    : store_(store), vault_(vault), nobodys_(nobodys_secret(vault)) {}

std::optional<Identity> Credentials::identify(const http::Request& request, core::Timestamp now) const {
  // Who is meant by two, only the proxy knows that added one.
  if (request.has_header_twice("Authorization")) return std::nullopt;
  const std::string_view authorization = request.header("Authorization");
  const std::string_view bearer = after_scheme(authorization, "bearer");
  if (looks_like_signed_token(bearer)) return owner_of_token(bearer, now);
  if (!bearer.empty()) return owner_of_key(bearer, core::KeyKind::api);
  return owner_of_key(basic_key(after_scheme(authorization, "basic")), core::KeyKind::api);
}

std::optional<Identity> Credentials::identify_n8n(const http::Request& request) const {
  if (request.has_header_twice(kN8nKeyHeader)) return std::nullopt;
  return owner_of_key(request.header(kN8nKeyHeader), core::KeyKind::n8n);
}

std::optional<Identity> Credentials::owner_of_key(std::string_view key, core::KeyKind kind) const {
  if (key.empty() || key.size() > kKeyMax) return std::nullopt;
  const auto owner = store_.key_owner(base::sha256(key));
  if (!owner || owner->kind != kind) return std::nullopt;
  return Identity{.team = owner->team, .actor = {.key = owner->key}};
}

/// The secret is opened anew for each token: that costs a microsecond or two, and it lies nowhere in memory in between.
std::optional<Identity> Credentials::owner_of_token(std::string_view text, core::Timestamp now) const {
  const auto token = read_signed_token(text);
  if (!token || !is_current(*token, now)) return std::nullopt;
  const auto stored = store_.secret(token->issuer);
  const auto key = stored ? unseal_secret(vault_, *stored, token->issuer) : unseal_secret(vault_, nobodys_, {});
  const bool genuine = key && is_signed_with(*token, *key);
  if (!genuine || !stored) return std::nullopt;
  return Identity{.team = stored->team, .actor = {.secret = token->issuer}};
}

}  // namespace cardfile::api
