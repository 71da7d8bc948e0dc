#include "prove/kills.h"

#include <gmock/gmock.h>

#include "prove/short_form.h"

namespace cardfile::prove {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::int64_t kUnits = 6;
#else
constexpr std::int64_t kUnits = 30;
#endif
/// Of which one is enough, most times.
constexpr std::int64_t kUnitsWithAFault = 20;

TEST(Kills, LoseNothingThatWasAcknowledgedAndLeaveNothingHalfDone) { expect_nothing_found("kills", kUnits, kills); }

/// Other contacts besides, which bulk calls write to at the same time.
constexpr BulkSize kBulk{.contacts = 250, .contacts_per_call = 100, .calls_per_round = 2};

TEST(Kills, LoseNothingOfBulkCallsEither) {
  expect_nothing_found("kills", kUnits / 3, [](Campaign& campaign) {
    kills(campaign, {.bulk = kBulk, .units_per_bulk = 2, .changes_of_bulk = 3'000}, {});
  });
}

TEST(Kills, AreFoundWhenALargeBulkCallIsCommittedInParts) {
  expect_found(
      "kills", kUnitsWithAFault,
      [](Campaign& campaign) {
        kills(campaign,
              {.writers = 1, .changes_before_kill_max = 300, .bulk = kBulk, .units_per_bulk = 1, .changes_of_bulk = 1},
              {.writers = {.tears_bulk_calls = true}});
      },
      "are as the call that was cut off makes them");
}

TEST(Kills, AreFoundWhenTheyLeaveTooLittleToReadAgain) {
  expect_found(
      "kills", 2,
      [](Campaign& campaign) {
        kills(campaign, {.writers = 1, .bulk = kBulk, .changes_of_bulk = 1, .changes_to_read_again_min = 100'000}, {});
      },
      "no kill left 100000 changes to read again");
}

TEST(Kills, AreFoundWhenTheServerIsNotReadyInTime) {
  expect_found(
      "kills", kUnitsWithAFault,
      [](Campaign& campaign) {
        kills(campaign, {.writers = 1, .changes_before_kill_max = 1, .ready_max = std::chrono::milliseconds(0)}, {});
      },
      "until it answered again");
}

void expect_kills_found(const KillFaults& faults, const std::string& finding) {
  expect_found(
      "kills", kUnitsWithAFault, [&](Campaign& campaign) { kills(campaign, {.changes_before_kill_max = 300}, faults); },
      finding);
}

TEST(Kills, AreFoundWhenAnAnswerComesBeforeTheCommit) {
  expect_kills_found({.writers = {.takes_silence_for_yes = true}}, "is not what was acknowledged");
}

TEST(Kills, AreFoundWhenABulkCallIsCommittedInParts) {
  expect_kills_found({.writers = {.tears_bulk_calls = true}}, "are neither as acknowledged nor as the request");
}

TEST(Kills, AreFoundWhenMostWritersAreCutOffBefore) {
  expect_kills_found({.writers = {.loses_most_connections = true}}, "was cut off while the server was alive");
}

TEST(Kills, AreFoundWhenTheLogIsLost) { expect_kills_found({.loses_the_log = true}, "last acknowledged"); }

}  // namespace
}  // namespace cardfile::prove
