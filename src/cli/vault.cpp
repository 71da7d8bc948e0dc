#include "cli/vault.h"

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "api/sealed_secret.h"
#include "core/ids.h"
#include "webhooks/sealed_text.h"

namespace cardfile::cli {
namespace {

std::filesystem::path key_file_in(const std::filesystem::path& folder) { return folder / "secrets.key"; }

/// Something of a team's that is sealed, and how it is opened.
struct Sealed {
  std::string name;  // "API secret <uuid>"
  std::function<bool(const base::Vault& vault)> opens;
};

/// Of all teams, what is still of use.
std::vector<Sealed> all_sealed(const store::Store& store) {
  std::vector<Sealed> all;
  for (const core::TeamId team : store.teams()) {
    const auto directory = store.directory(team);
    for (const auto& [id, secret] : directory->secrets) {
      if (secret.revoked) continue;
      all.push_back({"API secret " + id.to_string(), [&store, id = id](const base::Vault& vault) {
                       const auto sealed = store.secret(id);
                       return sealed && api::unseal_secret(vault, *sealed, id);
                     }});
    }
    for (const auto& [id, webhook] : directory->webhooks) {
      if (webhook.sealed_token.empty()) continue;
      all.push_back({fmt::format("the token of webhook {} of team {}", id.value(), team.value()),
                     [team, webhook = webhook](const base::Vault& vault) {
                       return webhooks::unseal(vault, team, webhook.url, webhooks::Purpose::token, webhook.sealed_token)
                           .has_value();
                     }});
    }
  }
  return all;
}

bool is_there(const std::filesystem::path& file) {
  return std::filesystem::exists(std::filesystem::symlink_status(file));
}

/// For who has lost the key file of `folder`.
std::string way_out(const std::filesystem::path& folder) {
  return fmt::format(
      "revoke the secrets (cardfile secret list --team ID --data {0}) and delete the webhooks (cardfile webhook list "
      "--team ID --data {0}), and make new ones",
      folder.native());
}

[[noreturn]] void refuse_missing_file(const std::filesystem::path& file) {
  throw std::runtime_error(fmt::format(
      "{} is missing, and the folder's API secrets and the tokens of its webhooks are sealed with it. No backup has "
      "it: put the copy there that was kept elsewhere; if there is none, {}.",
      file.native(), way_out(file.parent_path())));
}

void refuse_another_file(const base::Vault& vault, const std::vector<Sealed>& all, const std::filesystem::path& file) {
  for (const Sealed& sealed : all) {
    if (sealed.opens(vault)) continue;
    throw std::runtime_error(
        fmt::format("{} does not open {}: it is not the file that it was sealed with. Put that one back, or {}.",
                    file.native(), sealed.name, way_out(file.parent_path())));
  }
}

}  // namespace

std::unique_ptr<base::Vault> open_vault(const store::Store& store, const std::filesystem::path& folder) {
  const auto sealed = all_sealed(store);
  const auto file = key_file_in(folder);
  if (!is_there(file)) {
    if (!sealed.empty()) refuse_missing_file(file);
    return base::Vault::with_new_key();
  }
  auto vault = base::Vault::open(file);
  refuse_another_file(*vault, sealed, file);
  return vault;
}

void keep_key_file(const base::Vault& vault, const std::filesystem::path& folder) {
  const auto file = key_file_in(folder);
  if (!is_there(file)) return vault.save(file);
  constexpr std::string_view kProbe = "probe";
  if (base::Vault::open(file)->unseal(vault.seal(kProbe, kProbe), kProbe)) return;
  throw base::VaultError(
      fmt::format("{} was replaced while the server runs, which has another key. Put the former file back if there was "
                  "one, or restart the server.",
                  file.native()));
}

}  // namespace cardfile::cli
