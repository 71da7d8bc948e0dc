#pragma once
// Sealed text: a webhook's token and secret between what is sent and what the store keeps.

#include <optional>
#include <string>
#include <string_view>

#include "base/vault.h"
#include "core/ids.h"

namespace cardfile::webhooks {

enum class Purpose { token, secret };

/// For the store. Bound to the team and the URL, so that a row with another URL does not send it there.
std::string seal(const base::Vault& vault, core::TeamId team, std::string_view url, Purpose purpose,
                 std::string_view text);

/// "" for "", which stands for none. No value when `sealed` is not what seal() made with this vault for the same.
std::optional<std::string> unseal(const base::Vault& vault, core::TeamId team, std::string_view url, Purpose purpose,
                                  std::string_view sealed);

}  // namespace cardfile::webhooks
