#include <gtest/gtest.h>

#include "core/fake_team.h"

namespace cardfile::core {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;

TEST(TimeOfATeam, IsTheWallClocks) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  EXPECT_EQ(ada.updated, at("2026-03-02T09:15:00Z"));
  team.now = at("2026-03-02T10:00:00.123456Z");
  const Contact after = team.does(UpdateContact{.key = ada.id});
  EXPECT_EQ(after.updated, team.now);
  EXPECT_EQ(after.created, ada.created);
  EXPECT_EQ(team.clock().updated, team.now);
}

TEST(TimeOfATeam, RisesWhileTheWallClockStandsStill) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  for (int i = 1; i <= 3; ++i) {
    EXPECT_EQ(team.does(UpdateContact{.key = ada.id}).updated, team.now + microseconds(i));
  }
  EXPECT_EQ(team.has_contact({.phone = "13125550143"}).updated, team.now + microseconds(4));
}

TEST(TimeOfATeam, RisesWhileTheWallClockGoesBack) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  team.now -= hours(24);
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id}).updated, ada.updated + microseconds(1));
  team.does(DeleteContact{.key = ada.id});
  EXPECT_EQ(team.last_entry().at, ada.updated + microseconds(2));
  const Contact eve = team.has_contact({.phone = "13125550142"});
  EXPECT_EQ(eve.created, ada.updated + microseconds(3));
  EXPECT_EQ(eve.channels.front().created, eve.created);
}

TEST(TimeOfATeam, OfTheDirectoryIsTheSameAsOfContacts) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  EXPECT_EQ(team.does(CreateTag{.label = "VIP"}).created, ada.updated + microseconds(1));
  const FieldsSaved fields = team.does(CreateFields{.drafts = {{.title = "A"}, {.title = "B"}}});
  EXPECT_EQ(fields.items[0].field.created, ada.updated + microseconds(2));
  EXPECT_EQ(fields.items[1].field.created, ada.updated + microseconds(3));
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id}).updated, ada.updated + microseconds(4));
}

TEST(TimeOfATeam, IsNotMovedByARefusal) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142"});
  const TeamClock clock = team.clock();
  team.now += hours(1);
  team.refuses(UpdateContact{.key = ada.id, .patch = {.assignee = kStranger}});
  EXPECT_EQ(team.clock(), clock);
}

TEST(ChangeLog, HasOneEntryForEachWriteInCommitOrder) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .first = "Ada"});
  team.actor = Actor{};
  team.request_id = uuid(201);
  team.now += hours(1);
  team.does(UpdateContact{.key = ada.id, .patch = {.first = "Augusta"}});

  ASSERT_EQ(team.log().size(), 2U);
  EXPECT_EQ(team.log()[0], (ChangeEntry{.seq = 1,
                                        .subject = Subject::contact,
                                        .subject_id = 1,
                                        .rev = 1,
                                        .at = ada.updated,
                                        .operation = Operation::create,
                                        .actor = "key:7",
                                        .request_id = uuid(200),
                                        .changes = differences(std::nullopt, ada)}));
  EXPECT_EQ(team.log()[1], (ChangeEntry{.seq = 2,
                                        .subject = Subject::contact,
                                        .subject_id = 1,
                                        .rev = 2,
                                        .at = team.now,
                                        .operation = Operation::update,
                                        .actor = "operator",
                                        .request_id = uuid(201),
                                        .changes = {{"first", "Ada", "Augusta"}, {"display_name", "Ada", "Augusta"}}}));
}

}  // namespace
}  // namespace cardfile::core
