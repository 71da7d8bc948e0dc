// cardfile-micro: what the parts of an update cost on their own, without socket and load.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <stdlib.h>

#include "bench/filling.h"
#include "bench/population.h"
#include "core/command.h"
#include "core/contact.h"
#include "core/decide.h"
#include "core/directory.h"
#include "core/ids.h"
#include "store/open.h"
#include "store/store.h"
#include "wire/json_in.h"
#include "wire/json_out.h"
#include "wire/v1.h"
#include "wire/v2.h"

namespace {

using namespace cardfile;

constexpr std::uint64_t kContacts = 1'000;
constexpr std::size_t kBatch = 64;

/// Updates of random contacts, each with values of its own.
class Updates {
 public:
  explicit Updates(core::TeamId team) : team_(team) {}
  core::Command next() {
    ++write_;
    return bench::as_operator(team_, bench::update_of(document_, 1 + random_.below(kContacts), write_));
  }

 private:
  core::TeamId team_;
  wire::JsonDocument document_;
  bench::Random random_{1};
  std::uint64_t write_ = 0;
};

/// What is timed is the commit alone; the time is that of one update.
void commit_updates(benchmark::State& state, store::Store& store) {
  const core::TeamId team = bench::create_team(store);
  bench::create_contacts(store, team, {.contacts = kContacts});
  Updates updates(team);
  while (state.KeepRunningBatch(kBatch)) {
    state.PauseTiming();
    std::vector<store::Work> works;
    for (std::size_t i = 0; i < kBatch; ++i) works.push_back({.command = updates.next(), .result = {}});
    state.ResumeTiming();
    store::commit_and_wait(store, works);
    state.PauseTiming();
    for (store::Work& work : works) work.take();
    state.ResumeTiming();
  }
}

/// A folder that is gone when this is. Made where the program runs, because /tmp is often no disk.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string path = "cardfile-micro-XXXXXX";
    if (mkdtemp(path.data()) == nullptr) throw std::runtime_error("no folder for the store can be made here");
    path_ = path;
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A team as decide() sees it: the contact that is updated, and nobody else's addresses.
class OneContact final : public core::TeamState {
 public:
  OneContact() {
    const auto store = store::open_memory(bench::now);
    team_ = bench::create_team(*store);
    bench::create_contacts(*store, team_, {.contacts = 1});
    directory_ = store->directory(team_);
    contact_ = store->contact(team_, core::ContactId(1)).value();
  }

  const core::Directory* directory() const override { return directory_.get(); }
  const core::TeamClock& clock() const override { return clock_; }
  core::SharedContact contact(const core::ContactKey&) const override { return contact_; }
  std::optional<core::ContactId> owner_of(const core::Address&) const override { return contact_->id; }
  bool is_member(core::ListId, core::ContactId) const override { return false; }
  std::vector<core::ContactId> members(core::ListId) const override { return {}; }
  std::vector<core::ContactId> members_with_phone(core::ListId) const override { return {}; }
  std::vector<core::ListId> lists_of(core::ContactId) const override { return {}; }

  core::TeamId team() const { return team_; }
  const core::Contact& stored() const { return *contact_; }

 private:
  core::TeamId team_;
  std::shared_ptr<const core::Directory> directory_;
  core::TeamClock clock_;
  core::SharedContact contact_;
};

void parse_update(benchmark::State& state) {
  const std::string body = bench::UpdateBody::text(1, 1);
  wire::JsonDocument document;
  for (auto _ : state) benchmark::DoNotOptimize(document.parse(body));
}
BENCHMARK(parse_update);

void parse_and_read_update(benchmark::State& state) {
  const std::string body = bench::UpdateBody::text(1, 1);
  wire::JsonDocument document;
  for (auto _ : state) benchmark::DoNotOptimize(wire::v1::read_contact_patch(document.parse(body)));
}
BENCHMARK(parse_and_read_update);

void decide_update(benchmark::State& state) {
  const OneContact stored;
  const core::Timestamp now = bench::now();
  wire::JsonDocument document;
  std::vector<core::Command> commands(kBatch);
  std::uint64_t write = 0;
  while (state.KeepRunningBatch(kBatch)) {
    state.PauseTiming();
    for (core::Command& command : commands) {
      command = bench::as_operator(stored.team(), bench::update_of(document, 1, ++write));
    }
    state.ResumeTiming();
    for (core::Command& command : commands) {
      benchmark::DoNotOptimize(core::decide(std::move(command), stored, now));
    }
  }
}
BENCHMARK(decide_update);

void write_saved_v1(benchmark::State& state) {
  const OneContact stored;
  for (auto _ : state) {
    std::string body;
    wire::JsonWriter json(body);
    wire::v1::write_saved(json, stored.stored());
    benchmark::DoNotOptimize(body);
  }
}
BENCHMARK(write_saved_v1);

void write_contact_v1(benchmark::State& state) {
  const OneContact stored;
  for (auto _ : state) {
    std::string body;
    wire::JsonWriter json(body);
    wire::v1::write_contact(json, stored.stored(), *stored.directory());
    benchmark::DoNotOptimize(body);
  }
}
BENCHMARK(write_contact_v1);

void write_contact_v2(benchmark::State& state) {
  const OneContact stored;
  for (auto _ : state) {
    std::string body;
    wire::JsonWriter json(body);
    wire::v2::write_contact(json, stored.stored(), *stored.directory(), {});
    benchmark::DoNotOptimize(body);
  }
}
BENCHMARK(write_contact_v2);

void commit_update_of_64_memory(benchmark::State& state) { commit_updates(state, *store::open_memory(bench::now)); }
BENCHMARK(commit_update_of_64_memory)->UseRealTime();

void commit_update_of_64_sqlite(benchmark::State& state) {
  const ScratchFolder folder;
  commit_updates(state, *store::open_sqlite({.folder = folder.path()}, bench::now));
}
BENCHMARK(commit_update_of_64_sqlite)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
