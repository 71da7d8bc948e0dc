#pragma once
// Credentials: who asks (contract, 1.2).

#include <optional>
#include <string_view>

#include "base/vault.h"
#include "core/command.h"
#include "core/ids.h"
#include "core/time.h"
#include "http/message.h"
#include "store/store.h"

namespace cardfile::api {

/// Whose credentials came along, and what the change log calls them.
struct Identity {
  core::TeamId team;
  core::Actor actor;
};

/// Where the n8n node sends its key.
inline constexpr std::string_view kN8nKeyHeader = "X-Heymarket-API-Key";

/// Safe to use from many threads.
class Credentials {
 public:
  /// Both are lent.
  Credentials(const store::Store& store, const base::Vault& vault);

  /// Takes an API key as "Bearer <key>" or as the user of "Basic" with an empty password, and a signed token as
  /// "Bearer <token>". None when they are missing, unknown, revoked or, at `now`, not valid; a returned "none" rather
  /// than an Error, since floods of bad credentials must be cheap to refuse. A token of an unknown secret takes about
  /// as long as one with a wrong signature, so that nobody finds out which secrets there are.
  std::optional<Identity> identify(const http::Request& request, core::Timestamp now) const;

  /// Takes a key of the n8n node in its own header, and nothing else; identify() does not take such a key.
  std::optional<Identity> identify_n8n(const http::Request& request) const;

 private:
  std::optional<Identity> owner_of_key(std::string_view key, core::KeyKind kind) const;
  std::optional<Identity> owner_of_token(std::string_view text, core::Timestamp now) const;

  const store::Store& store_;
  const base::Vault& vault_;
  const store::SealedSecret nobodys_;  // Stands in for the secret that a token names and nobody has.
};

}  // namespace cardfile::api
