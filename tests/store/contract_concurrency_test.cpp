#include <atomic>
#include <thread>

#include "store/world.h"

namespace cardfile::test {
namespace {

FOR_EVERY_ENGINE(ConcurrentWriters);

TEST_P(ConcurrentWriters, MergeDistinctCustomFieldsIntoOneContactAndNothingIsMissing) {
  constexpr int kThreads = 64;
  constexpr int kUpdatesEach = 10;
  std::vector<core::FieldId> fields;
  for (int i = 0; i < kThreads; ++i) fields.push_back(world.has_field("Field " + std::to_string(i)));
  const auto ada = world.has_contact({.phone = "13125550142"});

  std::vector<std::jthread> threads;
  for (const auto field : fields) {
    threads.emplace_back([this, field, id = ada.id] {
      for (int i = 1; i <= kUpdatesEach; ++i)
        world.update(id, {.custom = core::CustomPatch{{field, std::to_string(i)}}});
    });
  }
  threads.clear();

  const auto stored = world.contact(ada.id);
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->rev, 1 + kThreads * kUpdatesEach);
  for (const auto field : fields) EXPECT_EQ(stored->custom.at(field), std::to_string(kUpdatesEach));
  std::int64_t rev = 0;
  for (const auto& entry : world.log()) {
    if (entry.subject != core::Subject::contact) continue;
    EXPECT_EQ(entry.rev, ++rev);
  }
}

TEST_P(ConcurrentWriters, AreReadAsSoonAsTheyAreAnswered) {
  const auto ada = world.has_contact({.phone = "13125550142"});
  std::atomic<bool> stop = false;
  std::jthread other([&] {
    while (!stop) world.store().contact(kTeam, ada.id);
  });
  for (int i = 0; i < 200; ++i) {
    const auto updated = world.update(ada.id, {.first = std::to_string(i)});
    EXPECT_EQ(world.contact(ada.id), updated);
    EXPECT_EQ(world.contact_at_phone("13125550142"), updated);
  }
  stop = true;
}

}  // namespace
}  // namespace cardfile::test
