// The same random commands against both engines, which have to agree in everything.

#include <cstdlib>
#include <random>

#include "store/world.h"

namespace cardfile::test {
namespace {

constexpr int kSubmissions = 700;
constexpr int kCommandsMax = 12;
constexpr int kPhones = 40;  // Few, so that they collide.

std::uint64_t chosen_seed() {
  const char* given = std::getenv("CARDFILE_TEST_SEED");
  return given ? std::strtoull(given, nullptr, 10) : 20'260'101;
}

class RandomCommands {
 public:
  explicit RandomCommands(std::uint64_t seed) : random_(seed) {}

  std::vector<core::Command> submission() {
    std::vector<core::Command> commands;
    for (auto count = below(kCommandsMax) + 1; count > 0; --count)
      commands.push_back(command(action(), below(3) == 0 ? kOtherTeam : kTeam));
    return commands;
  }

  std::int64_t below(std::int64_t limit) { return std::uniform_int_distribution<std::int64_t>(0, limit - 1)(random_); }

 private:
  core::Action action() {
    const auto die = below(100);
    if (die < 18) return creation();
    if (die < 24) return list_action();
    if (die < 60)
      return core::UpdateContact{.key = key(), .patch = patch(), .custom_mode = mode(), .if_match = if_match()};
    if (die < 65) return core::SetStatus{.names = names(), .status = status()};
    if (die < 70) return core::AddChannel{.key = key(), .patch = channel(), .if_match = if_match()};
    if (die < 74)
      return core::UpdateChannel{.key = key(), .id = channel_id(), .patch = channel(), .if_match = if_match()};
    if (die < 77) return core::RemoveChannel{.key = key(), .name = channel_name(), .if_match = if_match()};
    if (die < 84) return core::DeleteContact{.key = key(), .if_match = if_match()};
    if (die < 85) return core::UpdateTag{.id = tag(), .label = text(), .color = "#445566"};
    if (die < 86) return core::DeleteTag{.id = tag()};
    if (die < 87) return core::UpdateUsers{.patches = {{.id = core::UserId(below(4) + 1), .name = text()}}};
    if (die < 88)
      return core::CreateInbox{.name = text(), .phones = {phone()}, .members = {core::UserId(below(3) + 1)}};
    if (die < 90) return core::CreateTag{.uuid = uuid(10'000 + ++uuids_), .label = text(), .color = "#112233"};
    if (die < 93) return core::CreateFields{.drafts = {{.title = text()}, {.title = text()}}};
    if (die < 95) return core::CreateUser{.name = text(), .email = maybe() ? "not an address" : "a@example.com"};
    if (die < 96) return core::CreateSecret{.id = uuid(20'000 + ++secrets_), .name = text(), .sealed = text()};
    if (die < 97) return core::CreateKey{.name = text(), .digest = std::string(64, 'a')};
    if (die < 98)
      return core::RevokeSecret{
          .id = uuid(20'000 + static_cast<std::uint64_t>(below(static_cast<std::int64_t>(secrets_) + 2)))};
    if (die < 99) return core::RevokeKey{.id = core::KeyId(below(4))};
    return core::CreateTeam{.name = text()};
  }

  core::Action list_action() {
    const core::ListId id(below(6) + 1);
    const auto die = below(10);
    if (die < 3)
      return core::CreateList{.uuid = uuid(30'000 + static_cast<std::uint64_t>(below(1'000'000))),
                              .title = text(),
                              .local_id = maybe() ? std::optional(text()) : std::nullopt,
                              .contacts = list_contacts()};
    if (die < 4) return core::DeleteList{id};
    core::UpdateList update{.id = id, .add = list_contacts(), .remove = contact_ids()};
    if (below(4) == 0) update.title = text();
    if (below(4) == 0) update.contacts = list_contacts();
    if (maybe()) update.remove_addresses.push_back({"phone", phone()});
    return update;
  }

  core::ListContacts list_contacts() {
    core::ListContacts contacts{.ids = contact_ids(), .addresses = {}};
    for (auto count = below(3); count > 0; --count)
      contacts.addresses.push_back({.uuid = uuid(++uuids_), .patch = {.phone = phone()}});
    return contacts;
  }

  std::vector<core::ContactId> contact_ids() {
    std::vector<core::ContactId> ids;
    if (below(3) == 0) ids.emplace_back(below(60));
    return ids;
  }

  core::CreateContact creation() {
    core::CreateContact create{.uuid = uuid(++uuids_), .patch = patch(), .custom_mode = mode()};
    if (below(10) == 0) create.id = core::ContactId(below(200) + 1);
    if (maybe()) create.on_duplicate = core::OnDuplicate::reject;
    return create;
  }

  core::ContactKey key() {
    if (maybe()) return core::ContactId(below(60));
    return uuid(static_cast<std::uint64_t>(below(static_cast<std::int64_t>(uuids_) + 2)));
  }

  core::ContactNames names() {
    core::ContactNames names;
    if (maybe()) names.id = core::ContactId(below(60));
    if (!names.id || below(4) == 0) names.phone = phone();
    return names;
  }

  core::Status status() { return static_cast<core::Status>(below(5)); }

  core::ChannelPatch channel() {
    core::ChannelPatch patch{.type = below(3) == 0 ? "facebook" : "phone", .value = phone()};
    if (below(3) == 0) patch.handle = text();
    return core::normalised_channel(std::move(patch));
  }

  std::optional<core::ChannelId> channel_id() {
    return maybe() ? std::optional(core::ChannelId(below(200))) : std::nullopt;
  }

  core::ChannelName channel_name() {
    if (maybe()) return std::to_string(below(200));
    return core::address_of(core::kPhone, phone());
  }

  core::TagId tag() { return core::TagId(below(4) + 1); }

  core::ContactPatch patch() {
    core::ContactPatch patch;
    if (maybe()) patch.phone = phone();
    if (maybe()) patch.first = text();
    if (maybe()) patch.last = text();
    if (below(4) == 0) patch.display_name = text();
    if (below(3) == 0) patch.email = below(4) == 0 ? "" : "P" + std::to_string(below(kPhones)) + "@example.com";
    if (maybe()) patch.custom = custom();
    if (below(4) == 0) patch.assignee = core::UserId(below(4));
    if (below(4) == 0) patch.tags = std::vector{tag()};
    if (below(4) == 0) patch.opted_out = maybe();
    if (below(6) == 0) patch.email_suppressions = std::vector<std::int64_t>{below(9), below(9) + 9};
    if (below(6) == 0)
      patch.channels = std::vector<core::ChannelDraft>{{.type = "facebook", .value = phone(), .info = text()}};
    if (below(6) == 0) patch.note = text();
    if (below(20) == 0) patch.problems.push_back({"first", "is broken"});
    return core::normalised(std::move(patch));
  }

  core::CustomPatch custom() {
    core::CustomPatch values;
    for (auto count = below(3); count > 0; --count) {
      auto& value = values[core::FieldId(below(8))];
      if (below(4) != 0) value = text();
    }
    return values;
  }

  std::optional<core::IfMatch> if_match() {
    if (below(5) != 0) return std::nullopt;
    return core::IfMatch{.any = below(4) == 0, .revs = {below(4) + 1}};
  }

  std::string text() {
    static const std::vector<std::string> kTexts{"",     "Ada",  "Grace \"Amazing\"", "Zoë", "a\\b",
                                                 "Plan", "City", "👩‍🚀",       "x y"};
    return kTexts[static_cast<std::size_t>(below(static_cast<std::int64_t>(kTexts.size())))];
  }

  std::string phone() { return std::to_string(13'125'550'100 + below(kPhones)); }
  core::CustomMode mode() { return below(3) == 0 ? core::CustomMode::overwrite : core::CustomMode::merge; }
  bool maybe() { return below(2) == 0; }

  std::mt19937_64 random_;
  std::uint64_t uuids_ = 0;
  std::uint64_t secrets_ = 0;
};

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
  for (std::int64_t id = 0; id < 4'000; ++id)
    EXPECT_EQ(left.contact(core::ContactId(id), team), right.contact(core::ContactId(id), team));
  for (const auto& [id, list] : left.store().directory(team)->lists)
    EXPECT_EQ(left.store().targets(team, id), right.store().targets(team, id));
  for (int i = 0; i < kPhones; ++i) {
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
