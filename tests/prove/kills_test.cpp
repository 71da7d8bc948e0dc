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
