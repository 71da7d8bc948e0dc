#include "webhooks/signature.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "base/vault.h"
#include "webhooks/sealed_text.h"

namespace cardfile::webhooks {
namespace {

TEST(Signature, IsTheOneThatOtherProgramsMake) {
  // printf '%s' '1-31-7-target_opt_out.1772442900.{"type":"target_opt_out"}' |
  //   openssl dgst -sha256 -mac HMAC -macopt hexkey:000102030405060708090a0b0c0d0e0f1011121314151617 -binary | base64
  EXPECT_EQ(signature_of("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX", "1-31-7-target_opt_out", 1772442900,
                         R"({"type":"target_opt_out"})"),
            "v1,NmOz5KJhvEQ0EnCPO1RsL0yErVTT0ZI+dRUHMLsobX8=");
}

TEST(Signature, NeedsASecretOfThatForm) {
  EXPECT_THROW(signature_of("AAECAwQF", "id", 1, "{}"), std::invalid_argument);
  EXPECT_THROW(signature_of("whsec_!", "id", 1, "{}"), std::invalid_argument);
}

TEST(Secret, OfAWebhookIsNewEachTimeAndSigns) {
  const std::string secret = new_secret();
  EXPECT_EQ(secret.size(), kSecretPrefix.size() + 32);
  EXPECT_NE(secret, new_secret());
  EXPECT_TRUE(signature_of(secret, "id", 1, "{}").starts_with("v1,"));
}

TEST(SealedText, IsReadForTheSameTeamUrlAndPurposeOnly) {
  const auto vault = base::Vault::with_new_key();
  const core::TeamId team(1);
  const std::string sealed = seal(*vault, team, "https://example.org/", Purpose::token, "whk-example");
  EXPECT_EQ(unseal(*vault, team, "https://example.org/", Purpose::token, sealed), "whk-example");
  EXPECT_EQ(unseal(*vault, core::TeamId(2), "https://example.org/", Purpose::token, sealed), std::nullopt);
  EXPECT_EQ(unseal(*vault, team, "https://evil.example/", Purpose::token, sealed), std::nullopt);
  EXPECT_EQ(unseal(*vault, team, "https://example.org/", Purpose::secret, sealed), std::nullopt);
  EXPECT_EQ(unseal(*base::Vault::with_new_key(), team, "https://example.org/", Purpose::token, sealed), std::nullopt);
  EXPECT_EQ(unseal(*vault, team, "https://example.org/", Purpose::token, ""), "");
}

}  // namespace
}  // namespace cardfile::webhooks
