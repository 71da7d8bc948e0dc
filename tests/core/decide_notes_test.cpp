// Notes pinned on a contact.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/fake_team.h"

namespace cardfile::core {
namespace {

using Changes = std::vector<FieldChange>;

TEST(Notes, ArePinnedBesideThoseThatAreThere) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .note = " Called back "});
  EXPECT_EQ(ada.notes, (std::vector<Note>{{1, team.now, "Called back"}}));
  const Contact again = team.does(UpdateContact{.key = ada.id, .patch = {.note = "Wants a quote"}});
  ASSERT_EQ(again.notes.size(), 2U);
  EXPECT_EQ(again.notes.back(), (Note{2, again.updated, "Wants a quote"}));
  EXPECT_EQ(team.last_entry().changes, (Changes{{"note.2", {}, "Wants a quote"}}));
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {.first = "Ada"}}).notes, again.notes);
}

TEST(Notes, AreNotPinnedTwiceInARowNorWhenTheyAreBlank) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .note = "Called back"});
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {.note = "Called back"}}).notes, ada.notes);
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {.note = "  "}}).notes, ada.notes);
  EXPECT_TRUE(team.last_entry().changes.empty());
}

TEST(Notes, MakeRoomOldestFirstAndTheLogKeepsThem) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .note = "1"});
  for (std::size_t i = 2; i <= kNotesMax; ++i) {
    team.does(UpdateContact{.key = ada.id, .patch = {.note = std::to_string(i)}});
  }
  EXPECT_EQ(team.stored(ada.id).notes.size(), kNotesMax);
  const Contact full = team.does(UpdateContact{.key = ada.id, .patch = {.note = "last"}});
  EXPECT_EQ(full.notes.size(), kNotesMax);
  EXPECT_EQ(full.notes.front().text, "2");
  EXPECT_EQ(full.notes.back().text, "last");
  EXPECT_EQ(team.last_entry().changes, (Changes{{"note.1", "1", {}}, {"note.51", {}, "last"}}));
}

TEST(Notes, AreAtMostAThousandCharactersOfPlainText) {
  const auto problems = [](const std::string& note) { return normalised(ContactPatch{.note = note}).problems; };
  EXPECT_TRUE(problems(std::string(1000, 'x') + " ").empty());
  EXPECT_TRUE(problems("two\nlines\tand a tab").empty());
  EXPECT_EQ(problems(std::string(1001, 'x')), (std::vector<FieldError>{{"note", "must be at most 1000 characters"}}));
  EXPECT_EQ(problems("bell\a"),
            (std::vector<FieldError>{{"note", "must not have control characters but tabs and line ends"}}));
}

TEST(Notes, GoWithTheirContactIntoTheLastEntryOfItsLog) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .note = "Called back"});
  team.does(DeleteContact{.key = ada.id});
  EXPECT_EQ(team.last_entry().changes.back(), (FieldChange{"note.1", "Called back", {}}));
}

}  // namespace
}  // namespace cardfile::core
