#include "core/patch.h"

#include <gtest/gtest.h>

#include <numeric>

#include "core/address.h"
#include "core/fake_team.h"

namespace cardfile::core {
namespace {

/// `count` characters of two bytes each.
std::string letters(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "é";
  return text;
}

using Problems = std::vector<FieldError>;

Problems problems_of(ContactPatch patch) { return problems_of(normalised(std::move(patch)), usual_directory()); }

TEST(ContactPatch, ThatNamesNothingStaysAsItIs) { EXPECT_EQ(normalised({}), ContactPatch{}); }

TEST(ContactPatch, LosesTheBlanksAroundItsLines) {
  const ContactPatch patch = normalised({.phone = " +1 (312) 555-0142 ",
                                         .first = " Ada ",
                                         .last = "\tKing-Noel\n",
                                         .display_name = "  ",
                                         .email = " Ada@Example.org ",
                                         .avatar = " https://example.org/ada.png "});
  EXPECT_EQ(patch, (ContactPatch{.phone = "13125550142",
                                 .first = "Ada",
                                 .last = "King-Noel",
                                 .display_name = "",
                                 .email = "Ada@Example.org",
                                 .avatar = "https://example.org/ada.png"}));
}

TEST(ContactPatch, KeepsEmptyStringsBecauseTheyClear) {
  const ContactPatch empty{.first = "", .last = "", .display_name = "", .email = "", .avatar = ""};
  EXPECT_EQ(normalised(empty), empty);
  EXPECT_EQ(normalised({.email = " \t"}).email, "");
}

TEST(ContactPatch, NeverClearsAPhone) {
  EXPECT_EQ(problems_of({.phone = ""}), (Problems{{"phone", std::string(kPhoneRule)}}));
  EXPECT_EQ(problems_of({.phone = " "}), (Problems{{"phone", std::string(kPhoneRule)}}));
}

TEST(ContactPatch, TakesLinesOf255CharactersHoweverManyBytes) {
  EXPECT_EQ(problems_of({.first = letters(255), .last = letters(255), .display_name = "  " + letters(255) + "  "}),
            Problems{});
  EXPECT_EQ(problems_of({.first = letters(256)}), (Problems{{"first", "must be at most 255 characters"}}));
  EXPECT_EQ(problems_of({.last = letters(256)}), (Problems{{"last", "must be at most 255 characters"}}));
  EXPECT_EQ(problems_of({.display_name = letters(512)}),
            (Problems{{"display_name", "must be at most 511 characters"}}));
}

TEST(ContactPatch, TakesAnAvatarOf2048Characters) {
  EXPECT_EQ(problems_of({.avatar = std::string(2048, 'a')}), Problems{});
  EXPECT_EQ(problems_of({.avatar = std::string(2049, 'a')}), (Problems{{"avatar", "must be at most 2048 characters"}}));
}

TEST(ContactPatch, TakesAnEmailOf255Characters) {
  const std::string longest = std::string(251, 'a') + "@b.c";
  EXPECT_EQ(problems_of({.email = longest}), Problems{});
  EXPECT_EQ(problems_of({.email = "a" + longest}), (Problems{{"email", "must be at most 255 characters"}}));
}

TEST(ContactPatch, CountsAnEmailWithoutTheBlanksAroundIt) {
  const std::string longest = std::string(251, 'a') + "@b.c";
  EXPECT_EQ(normalised({.email = "  " + longest + "  "}), ContactPatch{.email = longest});
}

TEST(ContactPatch, HasNoControlCharactersInALine) {
  const std::string message = "must not have control characters";
  EXPECT_EQ(problems_of({.first = "A\tda", .last = "Love\nlace", .display_name = "A\x7f", .avatar = "a\x01"}),
            (Problems{{"first", message}, {"last", message}, {"display_name", message}, {"avatar", message}}));
}

TEST(ContactPatch, NamesEveryFieldAtFault) {
  const Problems problems = problems_of({.phone = "oops",
                                         .first = letters(256),
                                         .email = "nobody",
                                         .custom = CustomPatch{{kPlan, "\x01"}},
                                         .tags = tags({1, 2, 3, 4, 5, 6}),
                                         .email_suppressions = {{0}},
                                         .channels = {{{"", "1"}}},
                                         .problems = {{"is_opted_out", "must be true or false"}}});
  std::vector<std::string> fields;
  for (const FieldError& problem : problems) fields.push_back(problem.field);
  EXPECT_EQ(fields, (std::vector<std::string>{"is_opted_out", "phone", "first", "email", "tags", "email_suppressions",
                                              "contact_channels[0].channel_type", "custom.701"}));
}

TEST(CustomPatch, TakesValuesOf4096CharactersInSeveralLines) {
  const CustomPatch most{{kPlan, letters(4096)}, {kCity, "12 Row\r\n\tLondon"}, {kBirthday, std::nullopt}};
  EXPECT_EQ(normalised({.custom = most}), ContactPatch{.custom = most});
}

TEST(CustomPatch, KeepsBlanksAroundAValue) {
  EXPECT_EQ(normalised({.custom = {{{kPlan, " pro "}}}}), (ContactPatch{.custom = {{{kPlan, " pro "}}}}));
}

TEST(CustomPatch, NamesTheValueThatIsTooLongOrNotPlain) {
  EXPECT_EQ(problems_of({.custom = {{{kPlan, letters(4097)}, {kCity, "a\x1b"}, {kBirthday, "fine"}}}}),
            (Problems{{"custom.701", "must be at most 4096 characters"},
                      {"custom.702", "must not have control characters but tabs and line ends"}}));
}

TEST(CustomPatch, MayHoldAnythingForAFieldThatTheTeamDoesNotHave) {
  EXPECT_EQ(problems_of({.custom = {{{kNoField, letters(4097)}, {kCity, "a\x1b"}}},
                         .custom_problems = {{kNoField, "must be a string, number or boolean"}}}),
            (Problems{{"custom.702", "must not have control characters but tabs and line ends"}}));
}

TEST(CustomPatch, IsNotExcusedByAHundredFieldsThatTheTeamDoesNotHave) {
  ContactPatch patch{.custom = {{{kPlan, "\x01"}}}};
  for (std::int64_t id = 1000; id < 1200; ++id) patch.custom_problems.push_back({FieldId(id), "is odd"});
  EXPECT_EQ(problems_of(patch).size(), 1U);
}

TEST(CustomPatch, StopsNamingProblemsAfterAHundred) {
  EXPECT_EQ(problems_of({.custom_problems = std::vector(200, CustomProblem{kPlan, "is odd"})}).size(), 100U);
}

TEST(TagsOfAPatch, CollapseWhenTheyAreNamedTwice) {
  EXPECT_EQ(normalised({.tags = tags({3, 1, 3, 1, 2})}), ContactPatch{.tags = tags({3, 1, 2})});
}

TEST(TagsOfAPatch, AreAtMostFiveDifferentOnes) {
  EXPECT_EQ(normalised({.tags = tags({1, 2, 3, 4, 5, 1, 2, 3, 4, 5})}), ContactPatch{.tags = tags({1, 2, 3, 4, 5})});
  EXPECT_EQ(problems_of({.tags = tags({1, 2, 3, 4, 5, 6})}), (Problems{{"tags", "must be at most 5 different tags"}}));
}

TEST(EmailSuppressions, AreASet) {
  EXPECT_EQ(normalised({.email_suppressions = {{30, 10, 30, 20}}}),
            (ContactPatch{.email_suppressions = {{10, 20, 30}}}));
  EXPECT_EQ(normalised({.email_suppressions = std::vector<std::int64_t>{}}).email_suppressions->size(), 0U);
}

TEST(EmailSuppressions, AreIds) {
  const Problems not_ids{{"email_suppressions", "must be ids: integers from 1 to 9007199254740991"}};
  EXPECT_EQ(problems_of({.email_suppressions = {{1, kIdMax}}}), Problems{});
  EXPECT_EQ(problems_of({.email_suppressions = {{1, 0}}}), not_ids);
  EXPECT_EQ(problems_of({.email_suppressions = {{-5, 1}}}), not_ids);
  EXPECT_EQ(problems_of({.email_suppressions = {{1, kIdMax + 1}}}), not_ids);
}

TEST(EmailSuppressions, AreAtMost1000DifferentOnes) {
  std::vector<std::int64_t> ids(1000);
  std::iota(ids.begin(), ids.end(), 1);
  ids.push_back(1);
  EXPECT_EQ(problems_of({.email_suppressions = ids}), Problems{});
  ids.push_back(1001);
  EXPECT_EQ(problems_of({.email_suppressions = ids}), (Problems{{"email_suppressions", "must be at most 1000 ids"}}));
}

TEST(ChannelDrafts, AreBroughtIntoTheirNormalForm) {
  const ContactPatch patch = normalised({.channels = {{{" Phone ", "+1 312 555 0142", " h ", " i "},
                                                       {"EMAIL", " Ada@Example.org "},
                                                       {"what_s-app2", " Ada 1 "}}}});
  EXPECT_EQ(
      patch,
      (ContactPatch{
          .channels = {{{"phone", "13125550142", "h", "i"}, {"email", "Ada@Example.org"}, {"what_s-app2", "Ada 1"}}}}));
}

TEST(ChannelDrafts, OfNoKnownFormAreNamedByTheirPlace) {
  const Problems problems = problems_of({.channels = {{{.type = "phone", .value = "oops", .item = 0},
                                                       {.type = "email", .value = "ada", .item = 1},
                                                       {.type = "email", .value = "", .item = 2},
                                                       {.type = "facebook", .value = "  ", .item = 3}}}});
  EXPECT_EQ(problems, (Problems{{"contact_channels[0].channel_id", std::string(kPhoneRule)},
                                {"contact_channels[1].channel_id", std::string(kEmailRule)},
                                {"contact_channels[2].channel_id", std::string(kEmailRule)},
                                {"contact_channels[3].channel_id", "must not be empty"}}));
}

TEST(ChannelDrafts, OfOneItemNameWhatTheyShareOnce) {
  const std::string handle = letters(256);
  const Problems problems =
      problems_of({.channels = {{{.type = "phone", .value = "13125550142", .handle = handle, .item = 4},
                                 {.type = "phone", .value = "oops", .handle = handle, .item = 4}}}});
  EXPECT_EQ(problems, (Problems{{"contact_channels[4].channel_handle", "must be at most 255 characters"},
                                {"contact_channels[4].channel_id", std::string(kPhoneRule)}}));
}

TEST(ChannelDrafts, NeedATypeThatCouldBeAWord) {
  for (const std::string type : {"", " ", "id", "ID", "face book", "fäcebook", "a.b", "a\tb"}) {
    EXPECT_EQ(problems_of({.channels = {{{type, "1"}}}}),
              (Problems{{"contact_channels[0].channel_type",
                         "must be phone, email or the word of an integration: at most 64 of a-z, 0-9, _ and -, and "
                         "not id"}}))
        << type;
  }
  EXPECT_EQ(problems_of({.channels = {{{std::string(64, 'a'), "1"}}}}), Problems{});
  EXPECT_EQ(problems_of({.channels = {{{std::string(65, 'a'), "1"}}}}).size(), 1U);
}

TEST(ChannelDrafts, OfNoTypeAreHeldToAllOtherRules) {
  const Problems problems = problems_of({.channels = {{{"?", "x", letters(256), "a\nb"}}}});
  ASSERT_EQ(problems.size(), 3U);
  EXPECT_EQ(problems[0].field, "contact_channels[0].channel_type");
  EXPECT_EQ(problems[1].field, "contact_channels[0].channel_handle");
  EXPECT_EQ(problems[2].field, "contact_channels[0].info_channel");
}

TEST(ChannelDrafts, HoldTheirTextsTo255Characters) {
  EXPECT_EQ(problems_of({.channels = {{{"facebook", letters(255), letters(255), letters(255)}}}}), Problems{});
  EXPECT_EQ(problems_of({.channels = {{{"facebook", letters(256), letters(256), letters(256)}}}}),
            (Problems{{"contact_channels[0].channel_id", "must be at most 255 characters"},
                      {"contact_channels[0].channel_handle", "must be at most 255 characters"},
                      {"contact_channels[0].info_channel", "must be at most 255 characters"}}));
  EXPECT_EQ(problems_of({.channels = {{{"facebook", "a\nb", "a\nb", "a\nb"}}}}).size(), 3U);
}

TEST(ChannelDrafts, AreAtMost100) {
  const std::vector<ChannelDraft> most(100, {"facebook", "ada"});
  EXPECT_EQ(problems_of({.channels = most}), Problems{});
  const std::vector<ChannelDraft> too_many(101, {"facebook", "ada"});
  EXPECT_EQ(problems_of({.channels = too_many}), (Problems{{"contact_channels", "must be at most 100 channels"}}));
}

}  // namespace
}  // namespace cardfile::core
