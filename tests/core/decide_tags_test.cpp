// Tags that change and go.

#include <gtest/gtest.h>

#include <algorithm>

#include "core/fake_team.h"

namespace cardfile::core {
namespace {

using Problems = std::vector<FieldError>;
using Changes = std::vector<FieldChange>;

TEST(UpdateTag, ChangesWhatItNamesAndRaisesTheRevision) {
  FakeTeam team;
  const Tag tag = team.does(UpdateTag{.id = TagId(3), .label = " Renewal "});
  EXPECT_EQ(tag.label, "Renewal");
  EXPECT_EQ(tag.color, "#2E86DE");
  EXPECT_EQ(tag.rev, 2);
  EXPECT_EQ(tag.updated, team.now);
  EXPECT_EQ(team.directory()->tags.at(TagId(3)), tag);
  EXPECT_EQ(team.last_entry().subject, Subject::tag);
  EXPECT_EQ(team.last_entry().rev, 2);
  EXPECT_EQ(team.last_entry().changes, (Changes{{"tag", "Tag 3", "Renewal"}}));
  EXPECT_EQ(team.does(UpdateTag{.id = TagId(3), .color = "#000000"}).label, "Renewal");
  EXPECT_EQ(team.last_entry().changes, (Changes{{"color", "#2E86DE", "#000000"}}));
}

TEST(UpdateTag, MayChangeTheCaseOfItsOwnLabel) {
  FakeTeam team;
  EXPECT_EQ(team.does(UpdateTag{.id = TagId(3), .label = "TAG 3"}).label, "TAG 3");
}

TEST(UpdateTag, RefusesTheLabelOfAnotherInAnyCase) {
  FakeTeam team;
  const Error error = team.refuses(UpdateTag{.id = TagId(3), .label = "tAG 4"});
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(error.errors(), (Problems{{"tag", "belongs to tag 4 already"}}));
  EXPECT_EQ(*team.directory(), usual_directory());
}

TEST(UpdateTag, RefusesAnUnknownTagAndABadLabel) {
  FakeTeam team;
  EXPECT_EQ(team.refuses(UpdateTag{.id = kNoTag, .label = "x"}).code(), ErrorCode::not_found);
  EXPECT_EQ(team.refuses(UpdateTag{.id = TagId(3), .label = ""}).errors(),
            (Problems{{"tag", "must be 1 to 255 characters in one line"}}));
  EXPECT_EQ(team.refuses(UpdateTag{.id = TagId(3), .problems = {{"color", "is odd"}}}).errors(),
            (Problems{{"color", "is odd"}}));
  EXPECT_EQ(*team.directory(), usual_directory());
}

TEST(DeleteTag, TakesItOutOfTheDirectoryWithOneEntry) {
  FakeTeam team;
  team.does(DeleteTag{TagId(3)});
  EXPECT_FALSE(team.directory()->tags.contains(TagId(3)));
  EXPECT_EQ(team.directory()->tags.size(), 8U);
  ASSERT_EQ(team.log().size(), 1U);
  EXPECT_EQ(team.last_entry().subject, Subject::tag);
  EXPECT_EQ(team.last_entry().subject_id, 3);
  EXPECT_EQ(team.last_entry().rev, 2);
  EXPECT_EQ(team.last_entry().operation, Operation::remove);
  EXPECT_EQ(team.last_entry().changes,
            (Changes{{"uuid", uuid(0).to_string(), {}}, {"tag", "Tag 3", {}}, {"color", "#2E86DE", {}}}));
  EXPECT_EQ(team.refuses(DeleteTag{TagId(3)}).code(), ErrorCode::not_found);
}

TEST(DeleteTag, LeavesAContactsRowAtItsNextWriteWhateverThatIs) {
  for (const int write : {0, 1, 2, 3, 4}) {
    FakeTeam team;
    const Contact ada = team.has_contact({.phone = "13125550142", .tags = tags({2, 3, 4})});
    team.does(DeleteTag{TagId(3)});
    EXPECT_EQ(team.stored(ada.id), ada);
    switch (write) {
      case 0:
        team.does(UpdateContact{.key = ada.id, .patch = {.first = "Ada"}});
        break;
      case 1:
        team.does(CreateContact{.patch = {.phone = "13125550142"}});
        break;
      case 2:
        team.does(SetStatus{{.id = ada.id}, Status::blocked});
        break;
      case 3:
        team.does(AddChannel{.key = ada.id, .patch = {.type = "email", .value = "a@b.c"}});
        break;
      default:
        team.does(RemoveChannel{.key = ada.id, .name = "1"});
    }
    EXPECT_EQ(team.stored(ada.id).tags, tags({2, 4})) << write;
    const FieldChange dropped{"tags", std::vector<std::int64_t>{2, 3, 4}, std::vector<std::int64_t>{2, 4}};
    const Changes& changes = team.last_entry().changes;
    EXPECT_NE(std::find(changes.begin(), changes.end(), dropped), changes.end()) << write;
  }
}

TEST(DeleteTag, LetsNobodyUseItAnyMore) {
  FakeTeam team;
  team.does(DeleteTag{TagId(3)});
  EXPECT_EQ(team.refuses(CreateContact{.patch = {.phone = "13125550142", .tags = tags({3})}}).errors(),
            (Problems{{"tags", "must be tags of the team: 3 is not one"}}));
  EXPECT_EQ(team.refuses(UpdateTag{.id = TagId(3), .label = "x"}).code(), ErrorCode::not_found);
}

TEST(DeleteTag, FreesTheLabelButNeverTheId) {
  FakeTeam team;
  const Tag last = team.does(CreateTag{.label = "Renewal"});
  EXPECT_EQ(last.id, TagId(10));
  team.does(DeleteTag{last.id});
  EXPECT_EQ(team.does(CreateTag{.label = "renewal"}).id, TagId(11));
  const Error error = team.refuses(CreateTag{.id = TagId(10), .label = "Chosen"});
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(error.errors(), (Problems{{"id", "must be past the last one given, 11"}}));
}

}  // namespace
}  // namespace cardfile::core
