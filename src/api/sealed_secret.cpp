#include "api/sealed_secret.h"

namespace cardfile::api {

namespace {

std::string context_of(core::TeamId team, const core::Uuid& id) {
  return "api_secret:" + std::to_string(team.value()) + ":" + id.to_string();
}

}  // namespace

std::string seal_secret(const base::Vault& vault, core::TeamId team, const core::Uuid& id, std::string_view key) {
  return vault.seal(key, context_of(team, id));
}

std::optional<std::string> unseal_secret(const base::Vault& vault, const store::SealedSecret& sealed,
                                         const core::Uuid& id) {
  return vault.unseal(sealed.sealed, context_of(sealed.team, id));
}

}  // namespace cardfile::api
