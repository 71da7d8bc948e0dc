#include "prove/same_answers.h"

#include <gmock/gmock.h>

#include "prove/faulty_writes.h"
#include "prove/short_form.h"

namespace cardfile::prove {
namespace {

TEST(SameAnswers, ComeFromSqliteAndTheReferenceToTheSameRequests) {
  Campaign campaign(short_form("same-answers", 3));
  same_answers(campaign);
  EXPECT_THAT(campaign.findings(), testing::IsEmpty());
  EXPECT_GT(campaign.figure("done"), 1'000);
  EXPECT_GT(campaign.figure("refused"), 300);
}

template <class Fault>
void same_answers_with(Campaign& campaign) {
  same_answers(campaign, planted<Fault>());
}

TEST(SameAnswers, AreSeenToDifferWhenReadsAreStale) {
  expect_found("same-answers", 3, same_answers_with<StaleReads>, "by the reference");
}

TEST(SameAnswers, AreSeenToDifferWhenConditionsAreIgnored) {
  expect_found("same-answers", 3, same_answers_with<IgnoredConditions>, "by the reference");
}

TEST(SameAnswers, AreSeenToDifferWhenWritesAreDoneTwice) {
  expect_found("same-answers", 3, same_answers_with<WritesDoneTwice>, "by the reference");
}

/// A page of one contact less.
class ShortPages final : public PassingStore {
  using PassingStore::PassingStore;
  std::vector<core::Contact> contacts(core::TeamId team, const core::ContactQuery& query) const override {
    auto contacts = PassingStore::contacts(team, query);
    if (contacts.size() == 7) contacts.pop_back();
    return contacts;
  }
};

TEST(SameAnswers, AreSeenToDifferWhenPagesAreShort) {
  expect_found("same-answers", 3, same_answers_with<ShortPages>, "was answered 200");
}

/// Nothing that is answered shows it.
class AnotherActor final : public PassingStore {
  using PassingStore::PassingStore;
  std::vector<core::ChangeEntry> changes(core::TeamId team, std::int64_t after, std::size_t limit,
                                         std::size_t bytes_max) const override {
    auto entries = PassingStore::changes(team, after, limit, bytes_max);
    for (auto& entry : entries)
      if (entry.seq == 100) entry.actor = "nobody";
    return entries;
  }
};

TEST(SameAnswers, AreNotAllThatIsCompared) {
  expect_found("same-answers", 1, same_answers_with<AnotherActor>, "the change logs of team 1 are not the same");
}

}  // namespace
}  // namespace cardfile::prove
