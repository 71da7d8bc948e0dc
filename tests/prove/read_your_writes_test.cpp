#include "prove/read_your_writes.h"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>

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

/// What is shown is old, under the new revision and its time.
class StaleContents final : public FaultsWithAMemory {
  using FaultsWithAMemory::FaultsWithAMemory;
  std::optional<core::Contact> shown(std::optional<core::Contact> contact) const override {
    if (!contact || !one_in(10)) return contact;
    auto old = before(contact->id);
    if (!old) return contact;
    old->rev = contact->rev;
    old->updated = contact->updated;
    return old;
  }
};

/// Of a bulk call that updates contacts, the last one stays as it was for those who read.
class BulkWritesThatAreNotShown final : public FaultyWrites {
 public:
  using FaultyWrites::FaultyWrites;
  void submit(store::Submission& submission) override {
    const auto& last = submission.works.back().command;
    const auto* action = std::get_if<core::UpdateContact>(&last.action);
    const auto old = action && submission.works.size() > 1 ? below().contact(last.team, action->key) : std::nullopt;
    if (old) {
      const std::lock_guard lock(mutex_);
      old_.insert_or_assign(old->id, *old);
    }
    FaultyWrites::submit(submission);
  }

 private:
  std::optional<core::Contact> shown(std::optional<core::Contact> contact) const override {
    const std::lock_guard lock(mutex_);
    const auto found = contact ? old_.find(contact->id) : old_.end();
    return found == old_.end() ? contact : std::optional(found->second);
  }

  mutable std::mutex mutex_;
  std::map<core::ContactId, core::Contact> old_;
};

/// What is sent through the n8n node's surface is done without its note.
class NotesThatAreLost final : public FaultyWrites {
  using FaultyWrites::FaultyWrites;
  std::optional<core::Contact> shown(std::optional<core::Contact> contact) const override {
    if (contact && !contact->notes.empty()) contact->notes.pop_back();
    return contact;
  }
};

/// Every tenth answer has the tags as they were before the last change of the team's directory.
class LaggingTags final : public Lagging {
  using Lagging::Lagging;
  std::shared_ptr<const core::Directory> directory(core::TeamId team) const override {
    auto now = Lagging::directory(team);
    const std::lock_guard lock(mutex_);
    if (now != now_) before_ = std::exchange(now_, now);
    return is_behind() && before_ ? before_ : now;
  }

  mutable std::mutex mutex_;
  mutable std::shared_ptr<const core::Directory> now_;
  mutable std::shared_ptr<const core::Directory> before_;
};

TEST(ReadYourWrites, IsSeenToBeFoundWhenContentsAreStaleUnderANewRevision) {
  expect_found("read-your-writes", 3, read_your_writes_with<StaleContents>, " shows custom as ");
}

TEST(ReadYourWrites, IsSeenToBeFoundWhenABulkWriteIsNotShown) {
  expect_found("read-your-writes", 3, read_your_writes_with<BulkWritesThatAreNotShown>, " shows revision ");
}

TEST(ReadYourWrites, IsSeenToBeFoundWhenNotesAreLost) {
  expect_found("read-your-writes", 3, read_your_writes_with<NotesThatAreLost>, " shows other notes");
}

TEST(ReadYourWrites, IsSeenToBeFoundWhenTagsAreBehind) {
  expect_found("read-your-writes", 3, read_your_writes_with<LaggingTags>, " shows tags as ");
}

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
