#pragma once
// World: a store with one team, and the words that its tests speak in.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "core/command.h"
#include "core/contact.h"
#include "core/decide.h"
#include "core/error.h"
#include "store/open.h"
#include "store/store.h"
#include "support/temp_folder.h"

namespace cardfile::test {

inline constexpr core::TeamId kTeam(1);
inline constexpr core::TeamId kOtherTeam(2);

enum class Engine { memory, sqlite };
std::string name_of(Engine engine);
inline void PrintTo(Engine engine, std::ostream* out) { *out << name_of(engine); }

/// A clock that moves only when it is told. May be read from any thread.
class TestClock {
 public:
  core::Clock source();
  core::Timestamp now() const;
  void move(std::chrono::microseconds by);

 private:
  std::shared_ptr<std::atomic<std::int64_t>> microseconds_ =
      std::make_shared<std::atomic<std::int64_t>>(1'767'225'600'000'000);  // 2026-01-01
};

/// The n-th UUID.
core::Uuid uuid(std::uint64_t n);

core::Command command(core::Action action, core::TeamId team = kTeam);

/// A work that was done: the code of its refusal, or none.
std::optional<core::ErrorCode> refusal_of(const store::Work& work);
/// Its message; empty when it was not refused.
std::string words_of_refusal(const store::Work& work);

class World {
 public:
  explicit World(Engine engine, store::SqliteOptions options = {});

  store::Store& store() { return *store_; }
  TestClock& clock() { return clock_; }
  const store::SqliteOptions& options() const { return options_; }

  /// Closes the store and opens it again; nothing is left of one in memory.
  void reopen();
  void close() { store_.reset(); }
  /// Puts something before the store, until it is opened again.
  void put_before(const std::function<std::unique_ptr<store::Store>(std::unique_ptr<store::Store>)>& plant) {
    store_ = plant(std::move(store_));
  }

  core::Outcome commit(core::Action action, core::TeamId team = kTeam);
  /// Commits together.
  std::vector<store::Work> commit_all(std::vector<core::Command> commands);
  std::optional<core::ErrorCode> refusal(core::Action action, core::TeamId team = kTeam);

  void has_team(core::TeamId team);
  core::Contact has_contact(core::ContactPatch patch, core::TeamId team = kTeam);
  core::FieldId has_field(const std::string& title);
  core::Contact update(const core::ContactKey& key, core::ContactPatch patch);

  std::optional<core::Contact> contact(const core::ContactKey& key, core::TeamId team = kTeam);
  std::optional<core::Contact> contact_at_phone(const std::string& phone, core::TeamId team = kTeam);
  std::vector<core::ChangeEntry> log(core::TeamId team = kTeam);
  /// All that check() finds, the search index included.
  std::vector<std::string> findings();

  core::CreateContact creation(core::ContactPatch patch);

 private:
  Engine engine_;
  TempFolder folder_;
  TestClock clock_;
  store::SqliteOptions options_;
  std::unique_ptr<store::Store> store_;
  std::uint64_t uuids_ = 0;
};

/// A test that every engine has to pass. At its end the store must agree with itself.
class EveryEngine : public testing::TestWithParam<Engine> {
 protected:
  void TearDown() override { EXPECT_EQ(world.findings(), std::vector<std::string>{}); }

  World world{GetParam()};
};

#define FOR_EVERY_ENGINE(suite)                                                             \
  class suite : public EveryEngine {};                                                      \
  INSTANTIATE_TEST_SUITE_P(Engines, suite, testing::Values(Engine::memory, Engine::sqlite), \
                           [](const testing::TestParamInfo<Engine>& engine) { return name_of(engine.param); })

}  // namespace cardfile::test
