#pragma once
// Sealed secret: an API secret between what its team holds and what the store keeps.

#include <optional>
#include <string>
#include <string_view>

#include "base/vault.h"
#include "core/ids.h"
#include "store/store.h"

namespace cardfile::api {

/// For the store. Bound to the team and the id, so that a row that is put in another's place opens nothing.
std::string seal_secret(const base::Vault& vault, core::TeamId team, const core::Uuid& id, std::string_view key);

/// The secret's key; none when `sealed` is not what seal_secret() made with this vault for this team and id.
std::optional<std::string> unseal_secret(const base::Vault& vault, const store::SealedSecret& sealed,
                                         const core::Uuid& id);

}  // namespace cardfile::api
