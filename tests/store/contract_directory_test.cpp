#include "base/crypto.h"
#include "store/world.h"

namespace cardfile::test {
namespace {

FOR_EVERY_ENGINE(StoredDirectory);

std::string digest_of(std::string_view key) { return base::to_hex(base::sha256(key)); }

TEST_P(StoredDirectory, HasWhatCommandsMade) {
  world.commit(core::CreateUser{.name = "Grace", .email = "grace@example.com", .role = core::Role::admin});
  world.commit(core::CreateFields{.drafts = {{.title = "Plan"}, {.title = "City"}, {.title = "plan"}}});
  world.commit(core::CreateTag{.uuid = uuid(500), .label = "VIP", .color = "#112233"});
  world.commit(core::CreateKey{.name = "CI", .digest = digest_of("secret")});
  const auto directory = world.store().directory(kTeam);
  ASSERT_TRUE(directory);
  EXPECT_EQ(directory->team.name, "Team");
  EXPECT_EQ(directory->users.at(core::UserId(1)).email, "grace@example.com");
  EXPECT_EQ(directory->users.at(core::UserId(1)).role, core::Role::admin);
  EXPECT_EQ(directory->fields.size(), 2);
  EXPECT_EQ(directory->fields.at(core::FieldId(2)).title, "City");
  EXPECT_EQ(directory->tags.at(core::TagId(1)).uuid, uuid(500));
  EXPECT_EQ(directory->keys.at(core::KeyId(1)).digest, digest_of("secret"));
}

TEST_P(StoredDirectory, IsNullForAnUnknownTeam) { EXPECT_EQ(world.store().directory(core::TeamId(404)), nullptr); }

TEST_P(StoredDirectory, IsASnapshotThatLaterChangesLeaveAlone) {
  const auto before = world.store().directory(kTeam);
  world.has_field("Plan");
  EXPECT_TRUE(before->fields.empty());
  EXPECT_EQ(world.store().directory(kTeam)->fields.size(), 1);
}

TEST_P(StoredDirectory, StaysTheSameObjectWhileOnlyContactsChange) {
  const auto before = world.store().directory(kTeam);
  world.has_contact({.phone = "13125550142"});
  EXPECT_EQ(world.store().directory(kTeam), before);
}

TEST_P(StoredDirectory, IsSeenByLaterCommandsOfTheSameSubmission) {
  const auto works = world.commit_all(
      {command(core::CreateFields{.drafts = {{.title = "Plan"}}}),
       command(world.creation({.phone = "13125550142", .custom = core::CustomPatch{{core::FieldId(1), "free"}}})),
       command(core::CreateTeam{.name = "Other"}, kOtherTeam),
       command(world.creation({.phone = "13125550142"}), kOtherTeam)});
  for (const auto& work : works) EXPECT_EQ(refusal_of(work), std::nullopt);
  EXPECT_EQ(world.contact(core::ContactId(1))->custom.at(core::FieldId(1)), "free");
  EXPECT_TRUE(world.contact(core::ContactId(1), kOtherTeam));
  EXPECT_EQ(world.store().teams(), (std::vector{kTeam, kOtherTeam}));
}

TEST_P(StoredDirectory, NamesTheOwnerOfAKeyUntilItIsRevoked) {
  world.has_team(kOtherTeam);
  world.commit(core::CreateKey{.name = "CI", .digest = digest_of("ours")});
  world.commit(core::CreateKey{.name = "CI", .digest = digest_of("theirs"), .kind = core::KeyKind::n8n}, kOtherTeam);
  const auto owner = world.store().key_owner(base::sha256("theirs"));
  ASSERT_TRUE(owner);
  EXPECT_EQ(owner->team, kOtherTeam);
  EXPECT_EQ(owner->key, core::KeyId(1));
  EXPECT_EQ(owner->kind, core::KeyKind::n8n);
  EXPECT_EQ(world.store().key_owner(base::sha256("ours"))->kind, core::KeyKind::api);
  EXPECT_FALSE(world.store().key_owner(base::sha256("nobody's")));

  world.commit(core::RevokeKey{.id = core::KeyId(1)}, kOtherTeam);
  EXPECT_FALSE(world.store().key_owner(base::sha256("theirs")));
  EXPECT_TRUE(world.store().key_owner(base::sha256("ours")));
}

TEST_P(StoredDirectory, TellsKeysApartThatDifferInTheLastByteOnly) {
  auto digest = base::sha256("ours");
  world.commit(core::CreateKey{.name = "CI", .digest = base::to_hex(digest)});
  digest.back() ^= 1;
  EXPECT_FALSE(world.store().key_owner(digest));
}

TEST_P(StoredDirectory, FindsASecretByItsIdUntilItIsRevoked) {
  world.has_team(kOtherTeam);
  world.commit(core::CreateSecret{.id = uuid(1), .name = "CI", .sealed = "ours"});
  world.commit(core::CreateSecret{.id = uuid(2), .name = "CI", .sealed = "theirs"}, kOtherTeam);
  const auto theirs = world.store().secret(uuid(2));
  ASSERT_TRUE(theirs);
  EXPECT_EQ(theirs->team, kOtherTeam);
  EXPECT_EQ(theirs->sealed, "theirs");
  EXPECT_FALSE(world.store().secret(uuid(3)));

  world.commit(core::RevokeSecret{.id = uuid(2)}, kOtherTeam);
  EXPECT_FALSE(world.store().secret(uuid(2)));
  EXPECT_EQ(world.store().secret(uuid(1))->sealed, "ours");
  EXPECT_TRUE(world.store().directory(kOtherTeam)->secrets.at(uuid(2)).revoked);
}

TEST_P(StoredDirectory, LeavesASecretWithTheTeamThatHadItsIdFirst) {
  world.has_team(kOtherTeam);
  world.commit(core::CreateSecret{.id = uuid(1), .name = "CI", .sealed = "ours"});
  world.commit(core::CreateSecret{.id = uuid(1), .name = "CI", .sealed = "theirs"}, kOtherTeam);
  EXPECT_EQ(world.store().secret(uuid(1))->team, kTeam);
  world.commit(core::RevokeSecret{.id = uuid(1)}, kOtherTeam);
  EXPECT_EQ(world.store().secret(uuid(1))->team, kTeam);
}

core::CreateWebhook webhook(const std::string& url) {
  return {.kind = core::WebhookKind::webhook,
          .url = url,
          .events = {core::EventType::target_opt_out, core::EventType::contact_created},
          .sealed_token = "token",
          .sealed_secret = "secret"};
}

using Positions = std::map<core::WebhookId, std::int64_t>;

TEST_P(StoredDirectory, HasWebhooksUntilTheyAreDeleted) {
  world.has_team(kOtherTeam);
  world.commit(webhook("https://example.org/ours"));
  world.commit(webhook("https://example.org/theirs"), kOtherTeam);
  const auto& ours = world.store().directory(kTeam)->webhooks;
  ASSERT_EQ(ours.size(), 1);
  EXPECT_EQ(ours.at(core::WebhookId(1)).url, "https://example.org/ours");
  EXPECT_EQ(ours.at(core::WebhookId(1)).sealed_secret, "secret");

  world.commit(core::DeleteWebhook{.id = core::WebhookId(1)});
  EXPECT_TRUE(world.store().directory(kTeam)->webhooks.empty());
  EXPECT_EQ(world.store().directory(kOtherTeam)->webhooks.size(), 1);
  EXPECT_EQ(world.refusal(core::DeleteWebhook{.id = core::WebhookId(1)}), core::ErrorCode::not_found);
}

TEST_P(StoredDirectory, KnowsHowFarEachWebhookHasBeenTold) {
  world.has_team(kOtherTeam);
  world.has_contact({.phone = "13125550142"});
  world.commit(webhook("https://example.org/"));
  world.commit(webhook("https://example.org/"));
  EXPECT_EQ(world.store().webhook_positions(kTeam), (Positions{{core::WebhookId(1), 2}, {core::WebhookId(2), 3}}));
  const auto entries = world.log().size();

  world.commit(core::AdvanceWebhook{.id = core::WebhookId(1), .seq = 4});
  EXPECT_EQ(world.store().webhook_positions(kTeam), (Positions{{core::WebhookId(1), 4}, {core::WebhookId(2), 3}}));
  EXPECT_EQ(world.log().size(), entries) << "that is no change of anything";
  world.commit(core::DeleteWebhook{.id = core::WebhookId(1)});
  EXPECT_EQ(world.store().webhook_positions(kTeam), (Positions{{core::WebhookId(2), 3}}));
  EXPECT_EQ(world.store().webhook_positions(kOtherTeam), Positions{});
  EXPECT_EQ(world.store().webhook_positions(core::TeamId(404)), Positions{});
}

}  // namespace
}  // namespace cardfile::test
