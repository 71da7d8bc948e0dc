#include "prove/bit_rot.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "prove/short_form.h"

namespace cardfile::prove {
namespace {

constexpr BitRotSize kShort{.steps = 40, .damages = 60};

void short_bit_rot(Campaign& campaign) { bit_rot(campaign, kShort, nothing_planted); }

TEST(BitRot, IsFoundOrMakesNoDifference) { expect_nothing_found("bit-rot", 4, short_bit_rot); }

class FindsNothing final : public PassingStore {
  using PassingStore::PassingStore;
  store::CheckReport check(const store::Progress&) const override { return {}; }
};

TEST(BitRot, IsSeenToBeMissedByACheckThatFindsNothing) {
  expect_found(
      "bit-rot", 4, [](Campaign& campaign) { bit_rot(campaign, kShort, planted<FindsNothing>()); },
      "check does not see");
}

void forget_checksums(std::vector<std::string>& findings) {
  std::erase_if(findings,
                [](const std::string& finding) { return finding.find("not what was written") != std::string::npos; });
}

/// It sees what contradicts something else.
class ComparesNoChecksums final : public PassingStore {
  using PassingStore::PassingStore;
  store::CheckReport check(const store::Progress& progress) const override {
    store::CheckReport report = PassingStore::check(progress);
    forget_checksums(report.findings);
    return report;
  }
};

TEST(BitRot, IsSeenToBeMissedWithoutChecksumsInWhatNothingRepeats) {
  expect_found(
      "bit-rot", 40, [](Campaign& campaign) { bit_rot(campaign, kShort, planted<ComparesNoChecksums>()); },
      "in cardfile.db: ");
}

/// It compares the texts in the index with those of the contacts.
class ComparesNoChecksumsOfTheIndex final : public PassingStore {
  using PassingStore::PassingStore;
  store::CheckReport check(const store::Progress& progress) const override {
    store::CheckReport report = PassingStore::check(progress);
    forget_checksums(report.index_findings);
    return report;
  }
};

TEST(BitRot, IsSeenToBeMissedWithoutChecksumsInTheSearchIndex) {
  expect_found(
      "bit-rot", 40, [](Campaign& campaign) { bit_rot(campaign, kShort, planted<ComparesNoChecksumsOfTheIndex>()); },
      "in search.db: ");
}

}  // namespace
}  // namespace cardfile::prove
