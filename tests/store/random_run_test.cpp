// The same random commands against both engines, which have to agree in everything.

#include <cstdlib>

#include "store/random_commands.h"
#include "store/world.h"

namespace cardfile::test {
namespace {

constexpr int kSubmissions = 700;

std::uint64_t chosen_seed() {
  const char* given = std::getenv("CARDFILE_TEST_SEED");
  return given ? std::strtoull(given, nullptr, 10) : 20'260'101;
}

struct SameOutcome {
  bool operator()(const core::ContactSaved& a, const core::ContactSaved& b) const { return a.contact == b.contact; }
  bool operator()(const core::ContactDeleted&, const core::ContactDeleted&) const { return true; }
  bool operator()(const core::TagSaved& a, const core::TagSaved& b) const { return a.tag == b.tag; }
  bool operator()(const core::FieldsSaved& a, const core::FieldsSaved& b) const {
    return std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(),
                      [](const auto& x, const auto& y) { return x.field == y.field && x.duplicate == y.duplicate; });
  }
  bool operator()(const core::TeamSaved& a, const core::TeamSaved& b) const { return a.team == b.team; }
  bool operator()(const core::UserSaved& a, const core::UserSaved& b) const { return a.user == b.user; }
  bool operator()(const core::UsersSaved& a, const core::UsersSaved& b) const { return a.users == b.users; }
  bool operator()(const core::InboxSaved& a, const core::InboxSaved& b) const { return a.inbox == b.inbox; }
  bool operator()(const core::TagDeleted&, const core::TagDeleted&) const { return true; }
  bool operator()(const core::ListSaved& a, const core::ListSaved& b) const { return a.list == b.list; }
  bool operator()(const core::ListDeleted&, const core::ListDeleted&) const { return true; }
  bool operator()(const core::KeySaved& a, const core::KeySaved& b) const { return a.key == b.key; }
  bool operator()(const core::SecretSaved& a, const core::SecretSaved& b) const { return a.secret == b.secret; }
  bool operator()(const core::WebhookSaved& a, const core::WebhookSaved& b) const { return a.webhook == b.webhook; }
  bool operator()(const core::WebhookDeleted&, const core::WebhookDeleted&) const { return true; }
  bool operator()(const core::WebhookAdvanced&, const core::WebhookAdvanced&) const { return true; }
  template <class Left, class Right>
  bool operator()(const Left&, const Right&) const {
    return false;
  }
};

/// A refusal's every detail.
std::string told(const std::exception_ptr& refusal) {
  try {
    std::rethrow_exception(refusal);
  } catch (const core::Error& error) {
    auto text = std::string(to_string(error.code())) + ": " + error.message();
    for (const auto& field : error.errors()) text += "; " + field.field + " " + field.message;
    return text + (error.stored_rev() ? " rev " + std::to_string(*error.stored_rev()) : "");
  }
}

void expect_same(const store::Work& left, const store::Work& right) {
  ASSERT_EQ(left.result.index(), right.result.index());
  if (const auto* refusal = std::get_if<std::exception_ptr>(&left.result)) {
    EXPECT_EQ(told(*refusal), told(std::get<std::exception_ptr>(right.result)));
  } else {
    EXPECT_TRUE(std::visit(SameOutcome{}, std::get<core::Outcome>(left.result), std::get<core::Outcome>(right.result)));
  }
}

void expect_same_state(World& left, World& right, core::TeamId team) {
  EXPECT_EQ(*left.store().directory(team), *right.store().directory(team));
  EXPECT_EQ(left.log(team), right.log(team));
  EXPECT_EQ(left.store().webhook_positions(team), right.store().webhook_positions(team));
  for (std::int64_t id = 0; id < 4'000; ++id)
    EXPECT_EQ(left.contact(core::ContactId(id), team), right.contact(core::ContactId(id), team));
  for (const auto& [id, list] : left.store().directory(team)->lists)
    EXPECT_EQ(left.store().targets(team, id), right.store().targets(team, id));
  for (int i = 0; i < RandomCommands::kPhones; ++i) {
    const auto phone = std::to_string(13'125'550'100 + i);
    EXPECT_EQ(left.contact_at_phone(phone, team), right.contact_at_phone(phone, team));
    const core::Address facebook{"facebook", phone};
    EXPECT_EQ(left.store().contact_at(team, facebook), right.store().contact_at(team, facebook));
  }
}

TEST(RandomRun, LeavesBothEnginesWithTheSameOutcomesAndTheSameState) {
  const auto seed = chosen_seed();
  SCOPED_TRACE("CARDFILE_TEST_SEED=" + std::to_string(seed));
  RandomCommands random(seed);
  World memory(Engine::memory);
  World sqlite(Engine::sqlite);
  memory.has_team(kOtherTeam);
  sqlite.has_team(kOtherTeam);
  int saved = 0;
  int refused = 0;

  for (int i = 0; i < kSubmissions; ++i) {
    const auto by = std::chrono::microseconds(random.below(30) - 10);
    memory.clock().move(by);
    sqlite.clock().move(by);
    const auto commands = random.submission();
    const auto left = memory.commit_all(commands);
    const auto right = sqlite.commit_all(commands);
    for (std::size_t k = 0; k < commands.size(); ++k) {
      expect_same(left[k], right[k]);
      ++(refusal_of(left[k]) ? refused : saved);
    }
    ASSERT_FALSE(HasFailure()) << "in submission " << i;
  }

  EXPECT_GT(saved, 1'000);
  EXPECT_GT(refused, 500);
  for (const auto team : {kTeam, kOtherTeam}) expect_same_state(memory, sqlite, team);
  sqlite.reopen();
  for (const auto team : {kTeam, kOtherTeam}) expect_same_state(memory, sqlite, team);
  EXPECT_EQ(memory.findings(), std::vector<std::string>{});
  EXPECT_EQ(sqlite.findings(), std::vector<std::string>{});
}

}  // namespace
}  // namespace cardfile::test
