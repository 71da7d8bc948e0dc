#include "prove/many_writers.h"

#include <gmock/gmock.h>

#include "prove/faulty_writes.h"
#include "prove/short_form.h"

namespace cardfile::prove {
namespace {

TEST(ManyWriters, UndoNothingOfOneAnother) { expect_nothing_found("many-writers", 1, many_writers); }

template <class Fault>
void many_writers_with(Campaign& campaign) {
  many_writers(campaign, planted<Fault>());
}

TEST(ManyWriters, AreSeenToBeFoundWhenMergesAreLost) {
  expect_found("many-writers", 3, many_writers_with<LostMerges>, "was merged to 5 and is");
}

TEST(ManyWriters, AreSeenToBeFoundWhenARevisionIsGivenTwice) {
  expect_found("many-writers", 3, many_writers_with<RevisionsGivenTwice>, "or have it twice");
}

TEST(ManyWriters, AreSeenToBeFoundWhenAnAnswerIsLost) {
  expect_found("many-writers", 3, many_writers_with<LostAnswers>, "merges the revision is");
}

TEST(ManyWriters, AreSeenToBeFoundWhenConditionsAreIgnored) {
  expect_found("many-writers", 3, many_writers_with<IgnoredConditions>, "times and is");
}

}  // namespace
}  // namespace cardfile::prove
