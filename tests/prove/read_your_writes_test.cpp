#include "prove/read_your_writes.h"

#include <atomic>

#include <gmock/gmock.h>

#include "prove/faulty_writes.h"
#include "prove/short_form.h"

namespace cardfile::prove {
namespace {

TEST(ReadYourWrites, ShowsWhatWasAnsweredOnEveryWayAndConnection) {
  Campaign campaign(short_form("read-your-writes", 1));
  read_your_writes(campaign);
  EXPECT_THAT(campaign.findings(), testing::IsEmpty());
  EXPECT_GT(campaign.figure("pairs of a write and a read"), 1'000);
}

template <class Fault>
void read_your_writes_with(Campaign& campaign) {
  read_your_writes(campaign, planted<Fault>());
}

/// Every tenth answer is that of an index which is behind.
class Lagging : public PassingStore {
 public:
  using PassingStore::PassingStore;

 protected:
  bool is_behind() const { return ++asked_ % 10 == 0; }

 private:
  mutable std::atomic<std::int64_t> asked_ = 0;
};

class LaggingLists final : public Lagging {
  using Lagging::Lagging;
  std::vector<core::Contact> contacts(core::TeamId team, const core::ContactQuery& query) const override {
    auto contacts = Lagging::contacts(team, query);
    if (is_behind() && !contacts.empty()) contacts.erase(contacts.begin());
    return contacts;
  }
};

class LaggingCounts final : public Lagging {
  using Lagging::Lagging;
  std::int64_t count(core::TeamId team, const core::ContactQuery& query) const override {
    const auto count = Lagging::count(team, query);
    return is_behind() ? 1 - count : count;
  }
};

class LaggingSearches final : public Lagging {
  using Lagging::Lagging;
  std::vector<core::Contact> contacts_at(core::TeamId team, std::span<const core::Address> addresses) const override {
    if (is_behind()) return {};
    return Lagging::contacts_at(team, addresses);
  }
};

class LaggingPhones final : public Lagging {
  using Lagging::Lagging;
  std::optional<core::Contact> contact_at(core::TeamId team, const core::Address& address) const override {
    if (is_behind()) return std::nullopt;
    return Lagging::contact_at(team, address);
  }
};

TEST(ReadYourWrites, IsSeenToBeFoundWhenReadsAreStale) {
  expect_found("read-your-writes", 3, read_your_writes_with<StaleReads>, "GET /v");
}

TEST(ReadYourWrites, IsSeenToBeFoundWhenDeletedContactsAreRead) {
  expect_found("read-your-writes", 3, read_your_writes_with<DeletedContactsThatAreRead>, "deleted: GET /v");
}

TEST(ReadYourWrites, IsSeenToBeFoundWhenListsAreBehind) {
  expect_found("read-your-writes", 3, read_your_writes_with<LaggingLists>, "shows nothing");
}

TEST(ReadYourWrites, IsSeenToBeFoundWhenCountsAreBehind) {
  expect_found("read-your-writes", 3, read_your_writes_with<LaggingCounts>, "counts 0");
}

TEST(ReadYourWrites, IsSeenToBeFoundWhenSearchesAreBehind) {
  expect_found("read-your-writes", 3, read_your_writes_with<LaggingSearches>, "/v2/contacts/search");
}

TEST(ReadYourWrites, IsSeenToBeFoundWhenPhonesAreBehind) {
  expect_found("read-your-writes", 3, read_your_writes_with<LaggingPhones>, "/v1/contact/get");
}

}  // namespace
}  // namespace cardfile::prove
