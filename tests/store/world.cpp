#include "store/world.h"

#include <utility>

namespace cardfile::test {

std::string name_of(Engine engine) { return engine == Engine::memory ? "Memory" : "Sqlite"; }

core::Clock TestClock::source() {
  return [microseconds = microseconds_] { return core::Timestamp(std::chrono::microseconds(microseconds->load())); };
}

core::Timestamp TestClock::now() const { return core::Timestamp(std::chrono::microseconds(microseconds_->load())); }

void TestClock::move(std::chrono::microseconds by) { *microseconds_ += by.count(); }

core::Uuid uuid(std::uint64_t n) {
  core::Uuid::Bytes bytes{};
  for (std::size_t i = 0; i < sizeof n; ++i) bytes[15 - i] = static_cast<std::uint8_t>(n >> (8 * i));
  return core::Uuid::from_random(bytes);
}

core::Command command(core::Action action, core::TeamId team) {
  return {.team = team, .actor = {.key = core::KeyId(7)}, .request_id = uuid(77), .action = std::move(action)};
}

std::optional<core::ErrorCode> refusal_of(const store::Work& work) {
  const auto* refusal = std::get_if<std::exception_ptr>(&work.result);
  if (!refusal) return std::nullopt;
  try {
    std::rethrow_exception(*refusal);
  } catch (const core::Error& error) {
    return error.code();
  }
}

std::string words_of_refusal(const store::Work& work) {
  const auto* refusal = std::get_if<std::exception_ptr>(&work.result);
  if (!refusal) return {};
  try {
    std::rethrow_exception(*refusal);
  } catch (const core::Error& error) {
    return error.message();
  }
}

World::World(Engine engine, store::SqliteOptions options) : engine_(engine), options_(std::move(options)) {
  options_.folder = folder_.path() / "data";
  reopen();
  has_team(kTeam);
}

void World::reopen() {
  close();
  store_ =
      engine_ == Engine::memory ? store::open_memory(clock_.source()) : store::open_sqlite(options_, clock_.source());
}

core::Outcome World::commit(core::Action action, core::TeamId team) {
  return store::commit_and_wait(*store_, command(std::move(action), team));
}

std::vector<store::Work> World::commit_all(std::vector<core::Command> commands) {
  std::vector<store::Work> works;
  for (auto& one : commands) works.push_back({.command = std::move(one)});
  store::commit_and_wait(*store_, works);
  return works;
}

std::optional<core::ErrorCode> World::refusal(core::Action action, core::TeamId team) {
  return refusal_of(commit_all({command(std::move(action), team)}).front());
}

void World::has_team(core::TeamId team) { commit(core::CreateTeam{.name = "Team"}, team); }

core::Contact World::has_contact(core::ContactPatch patch, core::TeamId team) {
  return *std::get<core::ContactSaved>(commit(creation(std::move(patch)), team)).contact;
}

core::FieldId World::has_field(const std::string& title) {
  return std::get<core::FieldsSaved>(commit(core::CreateFields{.drafts = {{.title = title}}})).items.front().field.id;
}

core::Contact World::update(const core::ContactKey& key, core::ContactPatch patch) {
  return *std::get<core::ContactSaved>(commit(core::UpdateContact{.key = key, .patch = std::move(patch)})).contact;
}

std::optional<core::Contact> World::contact(const core::ContactKey& key, core::TeamId team) {
  return store_->contact(team, key);
}

std::optional<core::Contact> World::contact_at_phone(const std::string& phone, core::TeamId team) {
  return store_->contact_at(team, core::address_of(core::kPhone, phone));
}

std::vector<core::ChangeEntry> World::log(core::TeamId team) {
  return store_->changes(team, 0, 1'000'000, store::kNoLimit);
}

std::vector<std::string> World::findings() {
  auto report = store_->check({});
  report.findings.insert(report.findings.end(), report.index_findings.begin(), report.index_findings.end());
  return report.findings;
}

core::CreateContact World::creation(core::ContactPatch patch) {
  return {.uuid = uuid(++uuids_), .patch = std::move(patch), .on_duplicate = core::OnDuplicate::reject};
}

}  // namespace cardfile::test
