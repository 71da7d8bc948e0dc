#include "api/signed_token.h"

#include <algorithm>

#include "core/error.h"
#include "wire/json_in.h"

namespace cardfile::api {

namespace {

using wire::Json;
using wire::JsonKind;

constexpr std::size_t kTokenBytesMax = 4096;
constexpr std::int64_t kTimeMax = 253402300799;  // The last second of the year 9999.

/// One part's JSON object, or none. A claim that is given twice is refused with the rest of what is no strict JSON.
/// Memory for parsing is kept a thread: nothing that `read` gives back points into it.
template <class Read>
auto read_part(std::string_view part, Read read) -> decltype(read(std::declval<Json>())) {
  const auto text = base::from_base64url(part);
  if (!text) return {};
  try {
    static thread_local wire::JsonDocument document;
    return read(document.parse(*text));
  } catch (const core::Error&) {
    return {};
  }
}

bool is_text(const Json& value, std::string_view wanted) {
  return value.is(JsonKind::string) && value.text() == wanted;
}

/// Parameters that would change how a token is checked (kid, jku, x5u, crit, zip, …) are not understood, so a header
/// that has one is refused (RFC 7515, 4.1.11).
bool is_our_header(const Json& header) {
  const auto algorithm = header.find("alg");
  if (!algorithm || !is_text(*algorithm, "HS256")) return false;
  return std::all_of(header.begin(), header.end(), [](const Json& member) {
    return member.name() == "alg" || (member.name() == "typ" && (is_text(member, "JWT") || is_text(member, "jwt")));
  });
}

/// Seconds since 1970 as an integer; none for anything else.
std::optional<core::Timestamp> time_of(const Json& claim) {
  if (!claim.is(JsonKind::integer) || claim.integer() < 1 || claim.integer() > kTimeMax) return std::nullopt;
  return core::Timestamp(std::chrono::seconds(claim.integer()));
}

/// False when the claim is there and no time.
bool read_time(const Json& payload, std::string_view name, std::optional<core::Timestamp>& time) {
  const auto claim = payload.find(name);
  if (!claim) return true;
  time = time_of(*claim);
  return time.has_value();
}

std::optional<SignedToken> read_claims(const Json& payload) {
  SignedToken token;
  const auto issuer = payload.find("iss");
  const auto uuid = issuer && issuer->is(JsonKind::string) ? core::Uuid::parse(issuer->text()) : std::nullopt;
  std::optional<core::Timestamp> issued_at;
  if (!uuid || !read_time(payload, "iat", issued_at) || !issued_at) return std::nullopt;
  if (!read_time(payload, "exp", token.expires_at) || !read_time(payload, "nbf", token.not_before)) return std::nullopt;
  token.issuer = *uuid;
  token.issued_at = *issued_at;
  return token;
}

}  // namespace

bool looks_like_signed_token(std::string_view credentials) {
  return std::count(credentials.begin(), credentials.end(), '.') == 2;
}

std::optional<SignedToken> read_signed_token(std::string_view token) {
  if (token.size() > kTokenBytesMax || !looks_like_signed_token(token)) return std::nullopt;
  const std::size_t header_end = token.find('.');
  const std::size_t payload_end = token.find('.', header_end + 1);
  if (!read_part(token.substr(0, header_end), is_our_header)) return std::nullopt;
  auto claims = read_part(token.substr(header_end + 1, payload_end - header_end - 1), read_claims);
  const auto signature = base::from_base64url(token.substr(payload_end + 1));
  if (!claims || !signature || signature->size() != claims->signature.size()) return std::nullopt;
  std::copy(signature->begin(), signature->end(), claims->signature.begin());
  claims->signed_part = token.substr(0, payload_end);
  return claims;
}

bool is_current(const SignedToken& token, core::Timestamp now) {
  if (token.issued_at > now + kClockLead || now - token.issued_at > kTokenLifetime) return false;
  if (token.expires_at && *token.expires_at <= now) return false;
  return !token.not_before || *token.not_before <= now + kClockLead;
}

bool is_signed_with(const SignedToken& token, std::string_view secret_key) {
  const std::string key = token.issuer.to_string() + "||" + std::string(secret_key);
  return base::equal_in_constant_time(token.signature, base::hmac_sha256(key, token.signed_part));
}

}  // namespace cardfile::api
