#include "bench/filling.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/crypto.h"
#include "core/decide.h"
#include "wire/v1.h"

namespace cardfile::bench {

namespace {

constexpr std::uint64_t kContactsPerCommit = 500;
constexpr std::uint64_t kContactsPerReport = 100'000;

core::ContactPatch patch_of(wire::JsonDocument& document, const std::string& body) {
  return wire::v1::read_contact_patch(document.parse(body));
}

core::ContactId contact_id(std::uint64_t id) { return core::ContactId(static_cast<std::int64_t>(id)); }

core::CreateFields fields() {
  core::CreateFields fields;
  for (std::int64_t i = 0; i < kFields; ++i) {
    fields.drafts.push_back({.id = core::FieldId(kFirstField + i), .title = "Field " + std::to_string(i + 1)});
  }
  return fields;
}

}  // namespace

core::Timestamp now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

core::Command as_operator(core::TeamId team, core::Action action) {
  return {.team = team, .actor = {}, .request_id = {}, .action = std::move(action)};
}

core::CreateContact create_of(wire::JsonDocument& document, std::uint64_t id, std::size_t custom_size) {
  constexpr std::uint64_t kNoWrite = 0;
  return {.uuid = core::Uuid(uuid_bytes(id)),
          .id = contact_id(id),
          .patch = patch_of(document, UpdateBody::text(id, kNoWrite, custom_size)),
          .on_duplicate = core::OnDuplicate::reject};
}

core::UpdateContact update_of(wire::JsonDocument& document, std::uint64_t id, std::uint64_t write) {
  return {.key = contact_id(id), .patch = patch_of(document, UpdateBody::text(id, write)), .if_match = {}};
}

core::TeamId create_team(store::Store& store) {
  const core::Outcome outcome =
      store::commit_and_wait(store, as_operator(core::TeamId(1), core::CreateTeam{.name = "Bench"}));
  const core::TeamId team = std::get<core::TeamSaved>(outcome).team.id;
  core::CreateKey key{.name = "bench", .digest = base::to_hex(base::sha256(kKey))};
  store::commit_and_wait(store, as_operator(team, std::move(key)));
  store::commit_and_wait(store, as_operator(team, fields()));
  return team;
}

void create_contacts(store::Store& store, core::TeamId team, const Population& population,
                     const std::function<void(std::uint64_t done)>& progress) {
  wire::JsonDocument document;
  std::vector<store::Work> works;
  for (std::uint64_t done = 0; done < population.contacts;) {
    works.clear();
    const std::uint64_t end = std::min(population.contacts, done + kContactsPerCommit);
    while (done < end) {
      auto create = create_of(document, ++done, population.custom_size);
      works.push_back({.command = as_operator(team, std::move(create)), .result = {}});
    }
    store::commit_and_wait(store, works);
    for (store::Work& work : works) work.take();
    if (progress && done % kContactsPerReport == 0) progress(done);
  }
}

}  // namespace cardfile::bench
