#pragma once
// Vault: the key file beside the database that API secrets and the tokens of webhooks are sealed with.

#include <filesystem>
#include <memory>

#include "base/vault.h"
#include "store/store.h"

namespace cardfile::cli {

/// The vault of the data folder `folder`, which `store` has open; one with a new key when there is neither
/// anything sealed nor a key file. Throws when there is something that it does not open: without its key file, or with
/// another's.
std::unique_ptr<base::Vault> open_vault(const store::Store& store, const std::filesystem::path& folder);

/// Sees to it that the folder has the key file. To be called before a secret is sealed with `vault`. Throws when it has
/// one with another key, that somebody put there since: what is sealed now could not be opened after a restart.
void keep_key_file(const base::Vault& vault, const std::filesystem::path& folder);

}  // namespace cardfile::cli
