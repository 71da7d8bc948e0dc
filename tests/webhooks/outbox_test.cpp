#include "webhooks/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/vault.h"
#include "http/look_ups.h"
#include "prove/planted.h"
#include "store/hooked_vfs.h"
#include "store/world.h"
#include "support/temp_folder.h"
#include "webhooks/doorbell.h"
#include "webhooks/receiver.h"
#include "webhooks/sealed_text.h"
#include "webhooks/signature.h"

namespace cardfile::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using enum core::EventType;

/// Opens the database for nobody as long as it refuses.
class ShutVfs final : public HookedVfs {
 public:
  ShutVfs() : HookedVfs("shut") {}
  ~ShutVfs() override = default;

  std::atomic<bool> refuses = false;
  std::atomic<int> refused = 0;

 private:
  std::optional<int> before(const FileCall& call) override {
    if (call.asked != Asked::open || call.kind != FileKind::database || !refuses) return std::nullopt;
    ++refused;
    return SQLITE_CANTOPEN;
  }
};

/// A change log that nobody comes to the end of, while `grows` says so: there is always one more entry, of no interest.
class GrowingLog final : public prove::PassingStore {
 public:
  static constexpr int kEntriesMax = 3'000;

  GrowingLog(std::unique_ptr<store::Store> below, std::function<bool()> grows)
      : PassingStore(std::move(below)), grows_(std::move(grows)) {}

  std::vector<core::ChangeEntry> changes(core::TeamId team, std::int64_t after_seq, std::size_t limit,
                                         std::size_t bytes_max) const override {
    auto read = PassingStore::changes(team, after_seq, limit, bytes_max);
    if (!read.empty() || added_ == kEntriesMax || !grows_()) return read;
    ++added_;
    std::this_thread::sleep_for(1ms);  // Others of this machine have their turns in any case.
    read = PassingStore::changes(team, 0, 1, bytes_max);
    read.front().seq = after_seq + 1;
    return read;
  }

  int added() const { return added_; }

 private:
  const std::function<bool()> grows_;
  mutable std::atomic<int> added_ = 0;
};

/// A store, its outbox, and a receiver of events.
class TheOutbox : public testing::Test {
 protected:
  TheOutbox() : world(Engine::sqlite, {.vfs = vfs.name(), .on_commit = [this] { doorbell.ring(); }}) {}
  ~TheOutbox() override { outbox.reset(); }

  void runs() {
    outbox = std::make_unique<webhooks::Outbox>(
        webhooks::Parts{
            .store = world.store(), .doorbell = doorbell, .log = log, .vault = *vault, .clock = world.clock().source()},
        options);
  }

  core::WebhookId has_webhook(std::vector<core::EventType> events, const std::string& url,
                              const std::string& secret = {}) {
    using webhooks::Purpose;
    const auto sealed = [&](Purpose purpose, const std::string& text) {
      return text.empty() ? text : webhooks::seal(*vault, kTeam, url, purpose, text);
    };
    return made(core::CreateWebhook{.kind = core::WebhookKind::webhook,
                                    .url = url,
                                    .events = std::move(events),
                                    .sealed_token = sealed(Purpose::token, "whk-example"),
                                    .sealed_secret = sealed(Purpose::secret, secret)});
  }

  core::WebhookId has_trigger(core::EventType event, bool sends_sample = false) {
    return has_trigger_to(receiver.url(), event, sends_sample);
  }

  core::WebhookId has_trigger_to(const std::string& url, core::EventType event, bool sends_sample = false) {
    return made(core::CreateWebhook{
        .kind = core::WebhookKind::n8n_trigger, .url = url, .events = {event}, .sends_sample = sends_sample});
  }

  core::WebhookId made(core::CreateWebhook create) {
    return std::get<core::WebhookSaved>(world.commit(std::move(create))).webhook.id;
  }

  /// Of all that the log has.
  void wait_until_told(core::WebhookId id) {
    while (world.store().webhook_positions(kTeam).at(id) < world.log().back().seq) std::this_thread::yield();
  }

  /// Whether the receiver is told of something while another webhook's way along the log has no end.
  bool is_told_while_the_log_grows() {
    const GrowingLog* growing = nullptr;
    world.put_before([&](std::unique_ptr<store::Store> store) {
      auto made = std::make_unique<GrowingLog>(std::move(store), [this] { return receiver.received().empty(); });
      growing = made.get();
      return made;
    });
    runs();
    receiver.receives(1);
    return growing->added() < GrowingLog::kEntriesMax;
  }

  void sets_status(const core::Contact& contact, core::Status status) {
    world.commit(core::SetStatus{.names = {.id = contact.id}, .status = status});
  }

  Receiver receiver;
  ShutVfs vfs;
  webhooks::Doorbell doorbell;
  base::Log log{base::LogLevel::off};
  std::unique_ptr<base::Vault> vault = base::Vault::with_new_key();
  World world;
  webhooks::Options options{.pauses = {1ms, 1ms, 1ms, 1ms},
                            .gathering = 1ms,
                            .pause_after_failure = 1ms,
                            .triggers_reach = http::Reach::everywhere};
  std::unique_ptr<webhooks::Outbox> outbox;
};

TEST_F(TheOutbox, TellsAWebhookOfAnOptOutAndOfTheOptInThatFollows) {
  const auto id = has_webhook({target_opt_out, target_opt_in}, receiver.url());
  runs();
  const auto ada = world.has_contact({.phone = "13125550142"});
  sets_status(ada, core::Status::unsubscribed);
  sets_status(ada, core::Status::active);
  const auto events = receiver.receives(2);
  EXPECT_EQ(events[0].target, "/hook");
  EXPECT_EQ(events[0].headers.at("content-type"), "application/json");
  EXPECT_THAT(events[0].body, HasSubstr(R"({"type":"target_opt_out","id":)" + std::to_string(id.value()) +
                                        R"(,"token":"whk-example","event_data":{"id":1,)"));
  EXPECT_THAT(events[0].body, HasSubstr(R"("target":"13125550142")"));
  EXPECT_THAT(events[0].body, HasSubstr(R"("unsubscribed":true,"unsubscribed_admin":true)"));
  EXPECT_THAT(events[1].body, HasSubstr(R"("type":"target_opt_in")"));
  EXPECT_THAT(events[1].body, HasSubstr(R"("unsubscribed":false,"unsubscribed_admin":false)"));
}

TEST_F(TheOutbox, TellsNothingThatHappenedBeforeTheWebhookWasMade) {
  runs();
  const auto ada = world.has_contact({.phone = "13125550142", .opted_out = true});
  has_webhook({target_opt_out, target_opt_in}, receiver.url());
  sets_status(ada, core::Status::active);
  EXPECT_THAT(receiver.receives(1).front().body, HasSubstr("target_opt_in"));
}

TEST_F(TheOutbox, TellsOfContactsAsTheyAreAndOfDeletedOnesAsTheyWere) {
  has_webhook({contact_created, contact_updated, contact_deleted}, receiver.url());
  const auto ada = world.has_contact({.phone = "13125550142", .first = "Ada"});
  world.update(ada.id, {.first = "Augusta"});
  world.commit(core::DeleteContact{.key = ada.id});
  runs();
  const auto events = receiver.receives(3);
  EXPECT_THAT(events[0].body, HasSubstr(R"("type":"contact_created")"));
  EXPECT_THAT(events[2].body, HasSubstr(R"("type":"contact_deleted")"));
  for (const auto& event : events) {
    EXPECT_THAT(event.body, HasSubstr(R"("first":"Augusta")")) << "the outbox came later";
    EXPECT_THAT(event.body, HasSubstr(R"("phone":"13125550142")"));
  }
}

TEST_F(TheOutbox, TellsOfManyContactsThatAreGoneEachAsItWas) {
  options.deletions_max = 1;
  has_webhook({contact_created, contact_deleted}, receiver.url());
  std::vector<core::Contact> contacts;
  for (const char* first : {"Ada", "Grace", "Edith"}) {
    contacts.push_back(world.has_contact({.phone = "1312555014" + std::to_string(contacts.size()), .first = first}));
  }
  for (const auto& contact : contacts) world.commit(core::DeleteContact{.key = contact.id});
  runs();
  const auto events = receiver.receives(6);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_THAT(events[i].body, HasSubstr(i < 3 ? "contact_created" : "contact_deleted"));
    EXPECT_THAT(events[i].body, HasSubstr("\"first\":\"" + contacts[i % 3].first + "\""));
  }
}

TEST_F(TheOutbox, ShowsAnUpdatedContactAsItStandsWhateverItConsentedToOnTheWay) {
  has_webhook({target_opt_out, contact_updated}, receiver.url());
  const auto ada = world.has_contact({.phone = "13125550142"});
  sets_status(ada, core::Status::unsubscribed);
  sets_status(ada, core::Status::active);
  runs();
  const auto events = receiver.receives(3);
  EXPECT_THAT(events[0].body, HasSubstr(R"("type":"target_opt_out")"));
  EXPECT_THAT(events[0].body, HasSubstr(R"("unsubscribed":true)"));
  for (std::size_t i = 1; i < 3; ++i) {
    EXPECT_THAT(events[i].body, HasSubstr(R"("type":"contact_updated")"));
    EXPECT_THAT(events[i].body, HasSubstr(R"("rev":3,)"));
    EXPECT_THAT(events[i].body, HasSubstr(R"("is_opted_out":false)"));
  }
}

TEST_F(TheOutbox, DoesNotTakeAContactForAnotherThatHadItsIdBefore) {
  has_webhook({contact_updated}, receiver.url());
  const auto comes = [this](const std::string& first) {
    auto creation = world.creation({.phone = "13125550142", .first = first});
    creation.id = core::ContactId(500);
    world.commit(std::move(creation));
  };
  const auto is_renamed = [this](const std::string& first) { world.update(core::ContactId(500), {.first = first}); };
  const auto goes = [this] { world.commit(core::DeleteContact{.key = core::ContactId(500)}); };
  comes("Ada");
  is_renamed("Augusta");
  goes();
  comes("Grace");
  is_renamed("Edith");
  goes();
  comes("Mary");
  runs();
  const auto events = receiver.receives(2);
  EXPECT_THAT(events[0].body, HasSubstr(R"("first":"Augusta")"));
  EXPECT_THAT(events[1].body, HasSubstr(R"("first":"Edith")"));
}

TEST_F(TheOutbox, TriesFiveTimesWithTheSameIdAndGoesOnWithTheNextEvent) {
  receiver.answers({500, 404, 301, 503, 400});
  has_webhook({contact_created}, receiver.url());
  runs();
  world.has_contact({.phone = "13125550142", .first = "Ada"});
  world.has_contact({.phone = "13125550143", .first = "Grace"});
  const auto events = receiver.receives(6);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(events[i].body, events[0].body);
    EXPECT_EQ(events[i].headers.at("webhook-id"), events[0].headers.at("webhook-id"));
  }
  EXPECT_THAT(events[5].body, HasSubstr("Grace"));
  EXPECT_NE(events[5].headers.at("webhook-id"), events[0].headers.at("webhook-id"));
}

TEST_F(TheOutbox, GivesNoEventTheIdOfOneThatARestoredBackupDoesNotKnow) {
  has_webhook({contact_created}, receiver.url());
  const TempFolder place;
  const std::filesystem::path backup = place.path() / "backup";
  world.close();
  std::filesystem::copy(world.options().folder, backup);
  world.reopen();
  runs();
  world.has_contact({.phone = "13125550142", .first = "Ada"});
  receiver.receives(1);
  outbox.reset();
  world.close();
  std::filesystem::remove_all(world.options().folder);
  std::filesystem::copy(backup, world.options().folder);
  world.clock().move(1h);
  world.reopen();
  runs();
  world.has_contact({.phone = "13125550143", .first = "Grace"});
  const auto events = receiver.receives(2);
  EXPECT_NE(events[1].headers.at("webhook-id"), events[0].headers.at("webhook-id"));
}

TEST_F(TheOutbox, StopsTryingOnceTheReceiverHasTakenTheEvent) {
  receiver.answers({500, 204});
  has_webhook({contact_created}, receiver.url());
  runs();
  world.has_contact({.phone = "13125550142", .first = "Ada"});
  receiver.receives(2);
  world.has_contact({.phone = "13125550143", .first = "Grace"});
  EXPECT_THAT(receiver.receives(3)[2].body, HasSubstr("Grace"));
}

TEST_F(TheOutbox, GoesOnAfterARestartWhereItWas) {
  const auto id = has_webhook({contact_created}, receiver.url());
  runs();
  world.has_contact({.phone = "13125550142", .first = "Ada"});
  wait_until_told(id);
  outbox.reset();
  world.has_contact({.phone = "13125550143", .first = "Grace"});
  EXPECT_EQ(receiver.received().size(), 1);
  world.reopen();
  runs();
  EXPECT_THAT(receiver.receives(2)[1].body, HasSubstr("Grace"));
}

TEST_F(TheOutbox, TellsAWebhookAgainWhatItWasNotSeenToTake) {
  options.pauses = {1h};
  receiver.answers({500});
  has_webhook({contact_created}, receiver.url());
  runs();
  world.has_contact({.phone = "13125550142", .first = "Ada"});
  receiver.receives(1);
  outbox.reset();
  runs();
  const auto events = receiver.receives(2);
  EXPECT_EQ(events[1].body, events[0].body);
  EXPECT_EQ(events[1].headers.at("webhook-id"), events[0].headers.at("webhook-id"));
}

TEST_F(TheOutbox, TellsATriggerAtMostOnce) {
  options.pauses = {1h};
  receiver.answers({500});
  has_trigger(contact_updated);
  runs();
  world.has_contact({.phone = "13125550142", .first = "Ada"});
  receiver.receives(1);
  outbox.reset();
  runs();
  world.has_contact({.phone = "13125550143", .first = "Grace"});
  const auto events = receiver.receives(2);
  EXPECT_THAT(events[0].body, HasSubstr("Ada"));
  EXPECT_THAT(events[1].body, HasSubstr("Grace"));
}

TEST_F(TheOutbox, SendsATriggerASampleOfTheNewestContact) {
  world.has_contact({.phone = "13125550142", .first = "Ada"});
  world.has_contact({.phone = "13125550143", .first = "Grace"});
  runs();
  const auto id = has_trigger(contact_updated, true);
  const auto events = receiver.receives(1);
  EXPECT_THAT(events[0].body, HasSubstr(R"({"type":"contact_updated","id":")" + std::to_string(id.value()) + "\""));
  EXPECT_THAT(events[0].body, HasSubstr(R"("first":"Grace")"));
}

TEST_F(TheOutbox, MakesASampleUpForATeamWithoutContacts) {
  runs();
  has_trigger(incoming_message_unsubscribe, true);
  EXPECT_THAT(receiver.receives(1)[0].body, HasSubstr(R"("phone":"15555550100")"));
}

TEST_F(TheOutbox, SendsTriggersNothingToAddressesThatAreNotPublic) {
  options.triggers_reach = http::Reach::public_only;
  has_trigger(contact_updated);
  has_webhook({contact_created}, receiver.url());
  runs();
  world.has_contact({.phone = "13125550142"});
  world.has_contact({.phone = "13125550143"});
  for (const auto& event : receiver.receives(2)) EXPECT_THAT(event.body, HasSubstr("contact_created"));
}

TEST_F(TheOutbox, SignsWithTheSecretOfTheWebhook) {
  const std::string secret = webhooks::new_secret();
  has_webhook({contact_created}, receiver.url(), secret);
  runs();
  world.has_contact({.phone = "13125550142"});
  const auto event = receiver.receives(1).front();
  const auto timestamp = std::chrono::floor<std::chrono::seconds>(world.clock().now()).time_since_epoch().count();
  EXPECT_EQ(event.headers.at("webhook-timestamp"), std::to_string(timestamp));
  EXPECT_EQ(event.headers.at("webhook-signature"),
            webhooks::signature_of(secret, event.headers.at("webhook-id"), timestamp, event.body));
}

TEST_F(TheOutbox, DoesNotSignUnlessItIsAskedTo) {
  has_webhook({contact_created}, receiver.url());
  runs();
  world.has_contact({.phone = "13125550142"});
  EXPECT_FALSE(receiver.receives(1).front().headers.contains("webhook-signature"));
}

TEST_F(TheOutbox, TellsADeletedWebhookNothingMore) {
  const auto gone = has_webhook({contact_created}, receiver.url());
  Receiver other;
  const auto kept = has_webhook({contact_created}, other.url());
  runs();
  world.has_contact({.phone = "13125550142"});
  wait_until_told(gone);
  world.commit(core::DeleteWebhook{.id = gone});
  world.has_contact({.phone = "13125550143"});
  world.has_contact({.phone = "13125550144"});
  other.receives(3);
  wait_until_told(kept);
  EXPECT_EQ(receiver.received().size(), 1);
}

TEST_F(TheOutbox, LooksAgainWhenTheStoreCouldNotBeRead) {
  has_webhook({contact_created}, receiver.url());
  world.has_contact({.phone = "13125550142"});
  vfs.refuses = true;
  runs();
  while (vfs.refused < 2) std::this_thread::yield();
  vfs.refuses = false;
  receiver.receives(1);
}

TEST_F(TheOutbox, LetsNoWebhookWaitForAnother) {
  options.pauses = {1h};
  Receiver broken;
  broken.answers({500});
  has_webhook({contact_created}, broken.url());
  has_webhook({contact_created}, receiver.url());
  runs();
  world.has_contact({.phone = "13125550142"});
  broken.receives(1);
  world.has_contact({.phone = "13125550143"});
  EXPECT_EQ(receiver.receives(2).size(), 2);
  EXPECT_EQ(broken.received().size(), 1);
}

TEST_F(TheOutbox, LetsNoWebhookWaitForOneThatLooksForTheDeletionOfAContact) {
  Receiver behind;
  has_webhook({contact_created}, behind.url());
  const auto ada = world.has_contact({.phone = "13125550142"});
  world.commit(core::DeleteContact{.key = ada.id});
  has_webhook({contact_created}, receiver.url());
  world.has_contact({.phone = "13125550143"});
  EXPECT_TRUE(is_told_while_the_log_grows());
}

TEST_F(TheOutbox, LetsNoWebhookWaitForOneThatPassesOverWhatItDoesNotWant) {
  has_webhook({target_opt_out}, receiver.url());
  has_webhook({contact_created}, receiver.url());
  world.has_contact({.phone = "13125550142"});
  EXPECT_TRUE(is_told_while_the_log_grows());
}

TEST_F(TheOutbox, LetsNoWebhookWaitForTheNamesOfTriggers) {
  const std::string port = receiver.url().substr(std::string("http://127.0.0.1").size());
  for (int i = 0; i < 10; ++i) has_trigger_to("http://slow.test/", contact_updated, true);
  const HeldLookUps held;
  const auto before = world.store().webhook_positions(kTeam);
  const auto has_begun = [&](const auto& place) { return place.second > before.at(place.first); };
  runs();
  while (!std::ranges::all_of(world.store().webhook_positions(kTeam), has_begun)) std::this_thread::yield();
  has_webhook({contact_created}, "http://localhost" + port);
  world.has_contact({.phone = "13125550142"});
  receiver.receives(1);
}

TEST_F(TheOutbox, EndsWithoutWaitingForTheNameOfAReceiver) {
  const int before = look_ups_of_slow_name();
  const HeldLookUps held;
  has_webhook({contact_created}, "http://slow.test/");
  runs();
  world.has_contact({.phone = "13125550142"});
  while (look_ups_of_slow_name() == before) std::this_thread::yield();
  outbox.reset();
}

TEST_F(TheOutbox, HoldsEventsBackWhoseTokenItCannotRead) {
  has_webhook({contact_created}, receiver.url());
  auto right_vault = std::exchange(vault, base::Vault::with_new_key());
  Receiver other;
  const auto readable = has_webhook({contact_created}, other.url());
  runs();
  world.has_contact({.phone = "13125550142"});
  world.has_contact({.phone = "13125550143"});
  other.receives(2);
  wait_until_told(readable);
  EXPECT_TRUE(receiver.received().empty());
  outbox.reset();
  vault = std::move(right_vault);
  runs();
  receiver.receives(2);
}

TEST_F(TheOutbox, TellsEveryChangeOfManyWritersOnceAndInOrder) {
  has_webhook({contact_created}, receiver.url());
  runs();
  constexpr std::size_t kContacts = 200;
  std::vector<core::Command> commands;
  for (std::size_t i = 0; i < kContacts; ++i) {
    commands.push_back(command(world.creation({.phone = std::to_string(13'125'550'000 + i)})));
  }
  world.commit_all(std::move(commands));
  const auto events = receiver.receives(kContacts);
  ASSERT_EQ(events.size(), kContacts);
  for (std::size_t i = 0; i < kContacts; ++i) {
    EXPECT_THAT(events[i].body, HasSubstr("\"event_data\":{\"id\":" + std::to_string(i + 1) + ","));
  }
}

}  // namespace
}  // namespace cardfile::test
