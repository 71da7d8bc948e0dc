#include "webhooks/sealed_text.h"

namespace cardfile::webhooks {

namespace {

std::string context_of(core::TeamId team, std::string_view url, Purpose purpose) {
  const std::string_view what = purpose == Purpose::token ? "webhook_token:" : "webhook_secret:";
  return std::string(what) + std::to_string(team.value()) + ":" + std::string(url);
}

}  // namespace

std::string seal(const base::Vault& vault, core::TeamId team, std::string_view url, Purpose purpose,
                 std::string_view text) {
  return vault.seal(text, context_of(team, url, purpose));
}

std::optional<std::string> unseal(const base::Vault& vault, core::TeamId team, std::string_view url, Purpose purpose,
                                  std::string_view sealed) {
  if (sealed.empty()) return std::string();
  return vault.unseal(sealed, context_of(team, url, purpose));
}

}  // namespace cardfile::webhooks
