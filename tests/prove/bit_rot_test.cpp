#include "prove/bit_rot.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "prove/short_form.h"

namespace cardfile::prove {
namespace {

constexpr BitRotSize kShort{.steps = 40, .damages = 60};

void short_bit_rot(Campaign& campaign) { bit_rot(campaign, kShort, {}); }

TEST(BitRot, IsFoundOrMakesNoDifference) { expect_nothing_found("bit-rot", 4, short_bit_rot); }

class FindsNothing final : public PassingStore {
  using PassingStore::PassingStore;
  store::CheckReport check(const store::Progress&) const override { return {}; }
};

TEST(BitRot, IsSeenToBeMissedByACheckThatFindsNothing) {
  expect_found(
      "bit-rot", 4, [](Campaign& campaign) { bit_rot(campaign, kShort, {.store = planted<FindsNothing>()}); },
      "check does not see");
}

/// Its check sees what contradicts something else.
template <std::vector<std::string> store::CheckReport::*kFindings>
class ComparesNoChecksums : public PassingStore {
 public:
  using PassingStore::PassingStore;
  store::CheckReport check(const store::Progress& progress) const override {
    store::CheckReport report = PassingStore::check(progress);
    std::erase_if(report.*kFindings,
                  [](const std::string& finding) { return finding.find("not what was written") != std::string::npos; });
    return report;
  }
};

TEST(BitRot, IsSeenToBeMissedWithoutChecksumsInWhatNothingRepeats) {
  expect_found(
      "bit-rot", 40,
      [](Campaign& campaign) {
        bit_rot(campaign, kShort, {.store = planted<ComparesNoChecksums<&store::CheckReport::findings>>()});
      },
      "in cardfile.db: ");
}

/// Neither who checks nor who reads compares the checksums of the index, in which somebody is not found any more.
class TrustsTheIndex final : public ComparesNoChecksums<&store::CheckReport::index_findings> {
 public:
  using ComparesNoChecksums::ComparesNoChecksums;
  std::vector<core::Contact> contacts(core::TeamId team, const core::ContactQuery& query) const override {
    std::vector<core::Contact> found = PassingStore::contacts(team, query);
    if (query.filter && !found.empty()) found.pop_back();
    return found;
  }
};

TEST(BitRot, IsSeenToBeMissedInASearchIndexThatIsTrusted) {
  expect_found(
      "bit-rot", 40, [](Campaign& campaign) { bit_rot(campaign, kShort, {.store = planted<TrustsTheIndex>()}); },
      "in search.db: a search in team");
}

TEST(BitRot, IsSeenToBeMissedInALogThatEndsWhereItIsDamaged) {
  expect_found(
      "bit-rot", 4, [](Campaign& campaign) { bit_rot(campaign, kShort, {.forgets_what_is_behind_damage = true}); },
      "in cardfile.db-wal: ");
}

TEST(BitRot, IsSeenToBeMissedInTheLogOfASearchIndexThatIsCopiedUnseen) {
  expect_found(
      "bit-rot", 40, [](Campaign& campaign) { bit_rot(campaign, kShort, {.copies_the_index_unseen = true}); },
      "in search.db-wal: ");
}

}  // namespace
}  // namespace cardfile::prove
