#include <gtest/gtest.h>

#include "core/fake_team.h"

namespace cardfile::core {
namespace {

ContactPatch ada_with(CustomPatch values) { return {.phone = "13125550142", .custom = std::move(values)}; }

TEST(CustomFields, AreMergedAndThoseNotNamedStay) {
  FakeTeam team;
  const Contact ada = team.has_contact(ada_with({{kPlan, "free"}, {kCity, "London"}}));
  const Contact after = team.does(UpdateContact{.key = ada.id, .patch = {.custom = {{{kPlan, "pro"}}}}});
  EXPECT_EQ(after.custom, custom({{701, "pro"}, {702, "London"}}));
}

TEST(CustomFields, AreAddedByAMerge) {
  FakeTeam team;
  const Contact ada = team.has_contact(ada_with({{kPlan, "free"}}));
  const Contact after = team.does(UpdateContact{.key = ada.id, .patch = {.custom = {{{kCity, "London"}}}}});
  EXPECT_EQ(after.custom, custom({{701, "free"}, {702, "London"}}));
}

TEST(CustomFields, OfAnOverwriteAreTheOnlyOnesLeft) {
  FakeTeam team;
  const Contact ada = team.has_contact(ada_with({{kPlan, "free"}, {kCity, "London"}}));
  const Contact after = team.does(UpdateContact{
      .key = ada.id, .patch = {.custom = {{{kBirthday, "10 Dec"}}}}, .custom_mode = CustomMode::overwrite});
  EXPECT_EQ(after.custom, custom({{703, "10 Dec"}}));
}

TEST(CustomFields, StayWhenAnOverwriteDoesNotNameThem) {
  FakeTeam team;
  const Contact ada = team.has_contact(ada_with({{kPlan, "free"}, {kCity, "London"}}));
  const Contact after =
      team.does(UpdateContact{.key = ada.id, .patch = {.first = "Ada"}, .custom_mode = CustomMode::overwrite});
  EXPECT_EQ(after.first, "Ada");
  EXPECT_EQ(after.custom, custom({{701, "free"}, {702, "London"}}));
}

TEST(CustomFields, AllGoWithAnOverwriteByAnEmptyObject) {
  FakeTeam team;
  const Contact ada = team.has_contact(ada_with({{kPlan, "free"}, {kCity, "London"}}));
  const Contact after =
      team.does(UpdateContact{.key = ada.id, .patch = {.custom = CustomPatch{}}, .custom_mode = CustomMode::overwrite});
  EXPECT_EQ(after.custom, CustomValues{});
}

TEST(CustomFields, AllStayWithAMergeOfAnEmptyObject) {
  FakeTeam team;
  const Contact ada = team.has_contact(ada_with({{kPlan, "free"}}));
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {.custom = CustomPatch{}}}).custom,
            custom({{701, "free"}}));
}

TEST(CustomFields, LoseAValueByNull) {
  FakeTeam team;
  const Contact ada = team.has_contact(ada_with({{kPlan, "free"}, {kCity, "London"}}));
  const Contact after = team.does(UpdateContact{.key = ada.id, .patch = {.custom = {{{kPlan, {}}, {kBirthday, {}}}}}});
  EXPECT_EQ(after.custom, custom({{702, "London"}}));
}

TEST(CustomFields, ThatAnOverwriteNamesWithNullAreNotThere) {
  FakeTeam team;
  const Contact ada = team.has_contact(ada_with({{kPlan, "free"}, {kCity, "London"}}));
  const Contact after = team.does(UpdateContact{
      .key = ada.id, .patch = {.custom = {{{kPlan, {}}, {kCity, "Paris"}}}}, .custom_mode = CustomMode::overwrite});
  EXPECT_EQ(after.custom, custom({{702, "Paris"}}));
}

TEST(CustomFields, HoldAnEmptyValueApartFromNone) {
  FakeTeam team;
  const Contact ada = team.has_contact(ada_with({{kPlan, "free"}}));
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {.custom = {{{kPlan, ""}}}}}).custom, custom({{701, ""}}));
}

TEST(CustomFields, ThatTheTeamDoesNotHaveAreDropped) {
  FakeTeam team;
  const Contact ada = team.has_contact(ada_with({{kPlan, "free"}, {kNoField, "?"}, {FieldId(-1), "?"}}));
  EXPECT_EQ(ada.custom, custom({{701, "free"}}));
  const Contact after =
      team.does(UpdateContact{.key = ada.id, .patch = {.custom = {{{kNoField, "x"}, {kCity, "London"}}}}});
  EXPECT_EQ(after.custom, custom({{701, "free"}, {702, "London"}}));
}

TEST(CustomFields, ThatTheTeamDoesNotHaveAreDroppedWhateverTheyHold) {
  FakeTeam team;
  const Contact ada = team.has_contact(ada_with({{kPlan, "free"}}));
  const auto update = [&](FieldId field) {
    return UpdateContact{.key = ada.id,
                         .patch = {.custom = {{{kPlan, "pro"}}}, .custom_problems = {{field, "must be a string"}}}};
  };
  EXPECT_EQ(team.does(update(kNoField)).custom, custom({{701, "pro"}}));
  EXPECT_EQ(team.refuses(update(kCity)).errors(), (std::vector<FieldError>{{"custom.702", "must be a string"}}));
}

TEST(CustomFields, AllGoWithAnOverwriteThatNamesOnlyUnknownOnes) {
  FakeTeam team;
  const Contact ada = team.has_contact(ada_with({{kPlan, "free"}}));
  const Contact after = team.does(
      UpdateContact{.key = ada.id, .patch = {.custom = {{{kNoField, "x"}}}}, .custom_mode = CustomMode::overwrite});
  EXPECT_EQ(after.custom, CustomValues{});
}

/// The team's fields, and 64 more with the longest values: as much as a contact may have.
class CustomFieldsAtTheLimit : public testing::Test {
 protected:
  CustomFieldsAtTheLimit() : team(directory_with_fields()) {
    for (std::int64_t id = 1; id <= kFields; ++id) most[FieldId(id)] = std::string(kCustomValueMax, 'x');
  }

  static Directory directory_with_fields() {
    Directory directory = usual_directory();
    for (std::int64_t id = 1; id <= kFields; ++id) {
      directory.fields[FieldId(id)] = {.id = FieldId(id), .title = "Field " + std::to_string(id), .created = {}};
    }
    return directory;
  }

  static constexpr std::int64_t kFields = 64;
  FakeTeam team;
  CustomPatch most;
};

TEST_F(CustomFieldsAtTheLimit, TakeNotAByteMore) {
  const Contact ada = team.has_contact(ada_with(most));
  EXPECT_EQ(team.refuses(UpdateContact{.key = ada.id, .patch = {.custom = {{{kPlan, "x"}}}}}).errors(),
            (std::vector<FieldError>{
                {"custom", "the values of a contact hold at most 262144 bytes together: these would hold 262145"}}));
  team.does(UpdateContact{.key = ada.id, .patch = {.first = "Ada"}});
  team.does(UpdateContact{.key = ada.id, .patch = {.custom = {{{FieldId(1), std::nullopt}, {kPlan, "x"}}}}});
}

TEST_F(CustomFieldsAtTheLimit, AreRefusedTogetherWithChannelsThatAreTooMany) {
  const Contact ada = team.has_contact(ada_with(most));
  std::vector<ChannelDraft> drafts;
  for (int i = 0; i < 100; ++i) drafts.push_back({"facebook", "ada." + std::to_string(i)});
  const ContactPatch patch{.custom = {{{kPlan, "x"}}}, .channels = drafts};
  EXPECT_EQ(team.refuses(UpdateContact{.key = ada.id, .patch = patch}).errors(),
            (std::vector<FieldError>{
                {"custom", "the values of a contact hold at most 262144 bytes together: these would hold 262145"},
                {"contact_channels", "a contact has at most 100 channels"}}));
  EXPECT_EQ(team.stored(ada.id), ada);
}

TEST_F(CustomFieldsAtTheLimit, MayBecomeSmallerWhereTheyHaveMoreOfOld) {
  const Contact ada = team.has_contact(ada_with(most));
  CustomValues more = ada.custom;
  more[kPlan] = "plan";
  more[kCity] = "London";
  team.has_of_old(ada.id, more);
  EXPECT_EQ(team.refuses(UpdateContact{.key = ada.id, .patch = {.custom = {{{kBirthday, "x"}}}}}).code(),
            ErrorCode::bad_data);
  team.does(UpdateContact{.key = ada.id, .patch = {.custom = {{{kCity, "Rome"}}}}});
}

TEST(CustomFields, MayBeUsedFromTheMomentTheTeamHasThem) {
  FakeTeam team;
  const Contact ada = team.has_contact(ada_with({}));
  const FieldId shoe_size = team.does(CreateFields{.drafts = {{.title = "Shoe size"}}}).items.at(0).field.id;
  EXPECT_EQ(team.does(UpdateContact{.key = ada.id, .patch = {.custom = {{{shoe_size, "38"}}}}}).custom,
            (CustomValues{{shoe_size, "38"}}));
}

TEST(CustomFields, OfANewContactAreWhatTheCreateNames) {
  FakeTeam team;
  EXPECT_EQ(team.has_contact(ada_with({{kPlan, "free"}, {kCity, {}}})).custom, custom({{701, "free"}}));
}

TEST(CustomFields, AreTheOnlyThingThatAnOverwriteReplaces) {
  FakeTeam team;
  const Contact ada = team.has_contact({.phone = "13125550142", .first = "Ada", .last = "Lovelace"});
  const Contact after = team.does(UpdateContact{
      .key = ada.id, .patch = {.first = "Augusta", .custom = CustomPatch{}}, .custom_mode = CustomMode::overwrite});
  EXPECT_EQ(after.first, "Augusta");
  EXPECT_EQ(after.last, "Lovelace");
}

}  // namespace
}  // namespace cardfile::core
