#pragma once
// Vault: the key file beside the database that API secrets are sealed with.

#include <filesystem>
#include <memory>

#include "base/vault.h"
#include "store/store.h"

namespace cardfile::cli {

/// The vault of the data folder `folder`, which `store` has open; null when no secret is sealed with it. Throws when
/// there are sealed secrets that it does not open: without its key file, or with another's.
std::unique_ptr<base::Vault> open_vault(const store::Store& store, const std::filesystem::path& folder);

/// The same, to seal a secret with: when there is neither a sealed secret nor a key file, the file is made.
std::unique_ptr<base::Vault> open_or_make_vault(const store::Store& store, const std::filesystem::path& folder);

}  // namespace cardfile::cli
