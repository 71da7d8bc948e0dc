// Two ways in which clients keep a copy of all contacts, while others write.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "api/world.h"
#include "wire/json_in.h"

namespace cardfile::test {
namespace {

constexpr int kWriters = 8;
constexpr int kContactsPerWriter = 10;
constexpr int kWritesPerContact = 10;

/// What a client has copied: the newest revision of each contact by its id.
class Copy {
 public:
  explicit Copy(World& world) : world_(world) {}

  struct Page {
    std::string last;      // `updated` of the last item; empty when there was none.
    std::string greatest;  // The greatest of all items' `updated`, in the order of text.
  };
  Page read_page(const std::string& date) {
    const Reply reply = world_.post("/v1/contacts", date.empty() ? "[]" : R"({"date":")" + date + R"("})");
    wire::JsonDocument document;
    Page page;
    for (const wire::Json contact : document.parse(reply.body)) {
      page.last = contact.find("updated")->text();
      page.greatest = std::max(page.greatest, page.last);
      auto& rev = revs_[contact.find("id")->integer()];
      rev = std::max(rev, contact.find("rev")->integer());
    }
    return page;
  }

  const std::map<std::int64_t, std::int64_t>& revs() const { return revs_; }

 private:
  World& world_;
  std::map<std::int64_t, std::int64_t> revs_;
};

/// The documented loop: the last item's `updated` becomes the next `date` until a page is empty.
std::string follow_cursor(Copy& copy, std::string date) {
  for (;;) {
    const std::string last = copy.read_page(date).last;
    if (last.empty()) return date;
    date = last;
  }
}

void write_contacts(World& world, int writer) {
  const auto phone = [writer](int contact) { return std::to_string(13125550000 + writer * 100 + contact); };
  for (int write = 0; write < kWritesPerContact; ++write) {
    for (int contact = 0; contact < kContactsPerWriter; ++contact) {
      const std::string body = R"({"phone":")" + phone(contact) + R"(","first":")" + std::to_string(write) + R"("})";
      ASSERT_EQ(world.post("/v1/contact", body).status, 200);
    }
  }
}

class ACopyOfTheContacts : public testing::TestWithParam<Engine> {};

TEST_P(ACopyOfTheContacts, IsCompleteByCursorAndByPollingWhileEightOthersWrite) {
  World world({.engine = GetParam()});
  std::atomic<bool> writing = true;
  Copy by_cursor(world);
  Copy by_polling(world);
  std::jthread cursor([&] {
    std::string date;
    while (writing) date = follow_cursor(by_cursor, date);
    follow_cursor(by_cursor, date);
  });
  std::jthread poller([&] {
    std::string greatest;
    // One page a visit, never a second one; it visits on after the writers have ended.
    for (bool last_visits = false;;) {
      last_visits = !writing;
      const std::string seen = by_polling.read_page(greatest).greatest;
      if (seen.empty() && last_visits) return;
      greatest = std::max(greatest, seen);
    }
  });
  {
    std::vector<std::jthread> writers;
    for (int writer = 0; writer < kWriters; ++writer)
      writers.emplace_back([&, writer] { write_contacts(world, writer); });
  }
  writing = false;
  cursor.join();
  poller.join();

  std::map<std::int64_t, std::int64_t> last;
  for (std::int64_t id = 1; id <= kWriters * kContactsPerWriter; ++id) last[id] = kWritesPerContact;
  EXPECT_EQ(by_cursor.revs(), last);
  EXPECT_EQ(by_polling.revs(), last);
}

INSTANTIATE_TEST_SUITE_P(Engines, ACopyOfTheContacts, testing::Values(Engine::memory, Engine::sqlite),
                         [](const testing::TestParamInfo<Engine>& engine) {
                           return engine.param == Engine::memory ? "memory" : "sqlite";
                         });

}  // namespace
}  // namespace cardfile::test
