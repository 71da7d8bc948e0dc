#include <limits>

#include "store/world.h"

namespace cardfile::test {
namespace {

FOR_EVERY_ENGINE(ChangeLog);

TEST_P(ChangeLog, HasOneEntryForEachChangeWithWhatWasAndWhatBecame) {
  const auto ada = world.has_contact({.phone = "13125550142", .first = "Ada"});
  world.update(ada.id, {.first = "Augusta"});
  world.commit(core::DeleteContact{.key = ada.id});
  const auto log = world.log();
  ASSERT_EQ(log.size(), 4);
  EXPECT_EQ(log[0].subject, core::Subject::team);
  EXPECT_EQ(log[1].operation, core::Operation::create);
  EXPECT_EQ(log[2].operation, core::Operation::update);
  EXPECT_EQ(log[2].subject_id, ada.id.value());
  EXPECT_EQ(log[2].rev, 2);
  EXPECT_EQ(log[2].actor, "key:7");
  EXPECT_EQ(log[2].request_id, uuid(77));
  const std::vector<core::FieldChange> changes{{"first", std::string("Ada"), std::string("Augusta")},
                                               {"display_name", std::string("Ada"), std::string("Augusta")}};
  EXPECT_EQ(log[2].changes, changes);
  EXPECT_EQ(log[3].operation, core::Operation::remove);
  EXPECT_EQ(log[3].rev, 3);
}

TEST_P(ChangeLog, HasAnEntryWithoutChangesForAnUpdateThatChangedNothing) {
  const auto ada = world.has_contact({.phone = "13125550142", .first = "Ada"});
  world.update(ada.id, {.first = "Ada"});
  EXPECT_EQ(world.log().back().changes, std::vector<core::FieldChange>{});
  EXPECT_EQ(world.log().back().rev, 2);
}

TEST_P(ChangeLog, IsReadInPagesAfterASeq) {
  for (int i = 0; i < 9; ++i) world.has_contact({.phone = std::to_string(13125550100 + i)});
  const auto log = world.log();
  ASSERT_EQ(log.size(), 10);
  EXPECT_EQ(world.store().changes(kTeam, 0, 3, store::kNoLimit), std::vector(log.begin(), log.begin() + 3));
  EXPECT_EQ(world.store().changes(kTeam, 3, 4, store::kNoLimit), std::vector(log.begin() + 3, log.begin() + 7));
  EXPECT_EQ(world.store().changes(kTeam, 7, 100, store::kNoLimit), std::vector(log.begin() + 7, log.end()));
  EXPECT_EQ(world.store().changes(kTeam, 10, 100, store::kNoLimit), std::vector<core::ChangeEntry>{});
}

TEST_P(ChangeLog, IsReadInSmallerPagesWhereEntriesAreLarge) {
  const auto field = world.has_field("Story");
  const auto ada = world.has_contact({.phone = "13125550142"});
  for (const char letter : {'a', 'b', 'c', 'd'}) {
    world.update(ada.id, {.custom = core::CustomPatch{{field, std::string(4'000, letter)}}});
  }
  const auto log = world.log();
  const auto end = log.back().seq;
  const auto read = [this](std::int64_t after, std::size_t bytes) {
    return world.store().changes(kTeam, after, 100, bytes);
  };
  EXPECT_EQ(read(end - 4, 1).size(), 1U) << "one is always there";
  EXPECT_EQ(read(end - 3, 9'000).size(), 2U);
  EXPECT_EQ(read(end - 3, 9'000).front().seq, end - 2);
  EXPECT_EQ(read(0, 1'000'000), log);
  EXPECT_TRUE(read(end, 1).empty());
}

void expect_rising(const std::vector<core::ChangeEntry>& log) {
  for (std::size_t i = 1; i < log.size(); ++i) {
    EXPECT_EQ(log[i].seq, log[i - 1].seq + 1);
    EXPECT_GT(log[i].at, log[i - 1].at);
  }
}

// Numbers that would run into one another where a team's and its contact's are kept as one.
TEST_P(ChangeLog, AndContactsOfTeamsThatCannotBeAreNobodys) {
  constexpr core::TeamId kOther(2);
  world.commit(core::CreateTeam{.name = "Other"}, kOther);
  const auto ada = world.has_contact({.phone = "13125550142"});
  world.has_contact({.phone = "13125550142"}, kOther);
  for (const std::int64_t team : {kTeam.value() + 2 * (core::kTeamIdMax + 1), core::kTeamIdMax + 1, std::int64_t{-1},
                                  std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_FALSE(world.contact(ada.id, core::TeamId(team))) << team;
    EXPECT_TRUE(world.log(core::TeamId(team)).empty()) << team;
    EXPECT_TRUE(world.store().contacts(core::TeamId(team), {.order = core::ContactOrder::id, .limit = 10}).empty())
        << team;
    EXPECT_EQ(world.refusal(core::CreateTeam{.name = "None"}, core::TeamId(team)), core::ErrorCode::bad_data) << team;
  }
  for (const std::int64_t id : {ada.id.value() + core::kContactIdMax + 1, std::int64_t{-1}, core::kIdMax,
                                std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_FALSE(world.contact(core::ContactId(id))) << id;
  }
  EXPECT_TRUE(world.store().changes(kTeam, std::numeric_limits<std::int64_t>::max(), 10, store::kNoLimit).empty());
  EXPECT_EQ(world.store().changes(kTeam, -1, 10, store::kNoLimit), world.log());
}

TEST_P(ChangeLog, RisesWhileTheClockStandsStill) {
  const auto ada = world.has_contact({.phone = "13125550142"});
  for (int i = 0; i < 5; ++i) world.update(ada.id, {.first = std::to_string(i)});
  expect_rising(world.log());
  EXPECT_EQ(world.contact(ada.id)->updated, world.log().back().at);
}

TEST_P(ChangeLog, RisesWhenTheClockGoesBack) {
  const auto ada = world.has_contact({.phone = "13125550142"});
  world.clock().move(-std::chrono::hours(1));
  for (int i = 0; i < 5; ++i) world.update(ada.id, {.first = std::to_string(i)});
  expect_rising(world.log());
  EXPECT_EQ(world.contact(ada.id)->updated, world.log().back().at);
}

TEST_P(ChangeLog, IsEachTeamsOwn) {
  world.has_team(kOtherTeam);
  world.has_contact({.phone = "13125550142"}, kOtherTeam);
  EXPECT_EQ(world.log().size(), 1);
  EXPECT_EQ(world.log(kOtherTeam).size(), 2);
  EXPECT_EQ(world.log(kOtherTeam).front().seq, 1);
}

}  // namespace
}  // namespace cardfile::test
