#include "cli/vault.h"

#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "api/sealed_secret.h"
#include "core/ids.h"

namespace cardfile::cli {
namespace {

std::filesystem::path key_file_in(const std::filesystem::path& folder) { return folder / "secrets.key"; }

/// The API secrets of all teams that are not revoked.
std::vector<core::Uuid> valid_secrets(const store::Store& store) {
  std::vector<core::Uuid> ids;
  for (const core::TeamId team : store.teams()) {
    for (const auto& [id, secret] : store.directory(team)->secrets) {
      if (!secret.revoked) ids.push_back(id);
    }
  }
  return ids;
}

bool is_there(const std::filesystem::path& file) {
  return std::filesystem::exists(std::filesystem::symlink_status(file));
}

[[noreturn]] void refuse_missing_file(const std::filesystem::path& file) {
  throw std::runtime_error(
      fmt::format("{} is missing, and the folder's API secrets are sealed with it. Put it back from a backup; if it is "
                  "lost, revoke the secrets (cardfile secret list) and make new ones.",
                  file.native()));
}

void refuse_another_file(const base::Vault& vault, const store::Store& store, const std::vector<core::Uuid>& secrets,
                         const std::filesystem::path& file) {
  for (const core::Uuid& id : secrets) {
    const auto sealed = store.secret(id);
    if (sealed && api::unseal_secret(vault, *sealed, id)) continue;
    throw std::runtime_error(
        fmt::format("{} does not open API secret {}: it is not the file that the secret was sealed with. Put that one "
                    "back, or revoke the secret and make a new one.",
                    file.native(), id.to_string()));
  }
}

}  // namespace

std::unique_ptr<base::Vault> open_vault(const store::Store& store, const std::filesystem::path& folder) {
  const auto secrets = valid_secrets(store);
  const auto file = key_file_in(folder);
  if (!is_there(file)) {
    if (!secrets.empty()) refuse_missing_file(file);
    return base::Vault::with_new_key();
  }
  auto vault = base::Vault::open(file);
  refuse_another_file(*vault, store, secrets, file);
  return vault;
}

void keep_key_file(const base::Vault& vault, const std::filesystem::path& folder) {
  const auto file = key_file_in(folder);
  if (!is_there(file)) vault.save(file);
}

}  // namespace cardfile::cli
