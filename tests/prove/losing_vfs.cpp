#include "prove/losing_vfs.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>

namespace cardfile::prove {
namespace {

using test::Asked;
using test::FileCall;
using test::FileKind;

constexpr std::int64_t kSectorBytes = 512;

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

constexpr std::string_view kIndexSuffix = "-shm";

/// Its first sector.
std::optional<std::string> index_in(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  std::string sector(kSectorBytes, '\0');
  in.read(sector.data(), kSectorBytes);
  sector.resize(static_cast<std::size_t>(in.gcount()));
  return sector;
}

Disk found_in(const std::filesystem::path& folder) {
  Disk disk;
  if (!std::filesystem::exists(folder)) return disk;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename();
    if (name.ends_with(kIndexSuffix)) continue;
    disk.durable_names.emplace(name, disk.files.size());
    disk.files.push_back({.durable = content_of(entry.path()), .pending = {}});
  }
  disk.names = disk.durable_names;
  return disk;
}

void put(std::string& content, std::int64_t at, std::string_view bytes) {
  const auto begin = static_cast<std::size_t>(at);
  // What was never written between the old end and a new write reads as zeros.
  if (content.size() < begin + bytes.size()) content.resize(begin + bytes.size());
  content.replace(begin, bytes.size(), bytes);
}

/// Which of the changes survive one power cut.
class Chance {
 public:
  Chance(Survival survival, std::mt19937_64& random, std::int64_t last_moment)
      : survival_(survival), random_(random), cut_at_(below(last_moment + 1)), percent_(10 + below(81)) {}

  /// All of a change.
  bool survives(std::int64_t moment) {
    switch (survival_) {
      case Survival::none:
        return false;
      case Survival::all:
        return true;
      case Survival::earliest:
        return moment < cut_at_;
      case Survival::calls:
      case Survival::sectors:
        return below(100) < percent_;
    }
    return false;
  }

  /// Some of a write may.
  bool tears(std::int64_t moment) const {
    return survival_ == Survival::sectors || (survival_ == Survival::earliest && moment == cut_at_);
  }

  bool sector_survives() { return below(100) < percent_; }

  const std::optional<std::string>& one_of(const Disk::IndexStates& states) {
    switch (survival_) {
      case Survival::none:
        return states.front();
      case Survival::all:
        return states.back();
      case Survival::earliest:
      case Survival::calls:
      case Survival::sectors:
        return states[static_cast<std::size_t>(below(static_cast<std::int64_t>(states.size())))];
    }
    return states.back();
  }

 private:
  std::int64_t below(std::int64_t limit) { return std::uniform_int_distribution<std::int64_t>(0, limit - 1)(random_); }

  const Survival survival_;
  std::mt19937_64& random_;
  const std::int64_t cut_at_;
  const std::int64_t percent_;
};

/// A sector is written whole or not at all; one that is written in part only keeps the rest of it.
void put_some_sectors(std::string& content, std::int64_t at, std::string_view bytes, Chance& chance) {
  while (!bytes.empty()) {
    const auto size = std::min<std::size_t>(bytes.size(), static_cast<std::size_t>(kSectorBytes - at % kSectorBytes));
    if (chance.sector_survives()) put(content, at, bytes.substr(0, size));
    at += static_cast<std::int64_t>(size);
    bytes.remove_prefix(size);
  }
}

}  // namespace

LosingVfs::LosingVfs(std::string name, std::filesystem::path folder, DiskLies lies, std::function<void()> at_sync_point,
                     const std::optional<Disk>& left_by_a_kill)
    : HookedVfs(std::move(name)),
      folder_(std::move(folder)),
      lies_(lies),
      at_sync_point_(std::move(at_sync_point)),
      disk_(left_by_a_kill ? *left_by_a_kill : found_in(folder_)),
      listener_([this](const std::filesystem::path& path) { synced_past_sqlite(path); }) {}

Disk LosingVfs::disk() {
  const std::lock_guard lock(mutex_);
  look_at_indexes();
  return disk_;
}

DiskImage LosingVfs::image(Survival survival, std::mt19937_64& random) {
  const std::lock_guard lock(mutex_);
  look_at_indexes();
  Chance chance(survival, random, disk_.moment);
  Disk::Names names = disk_.durable_names;
  for (const auto& change : disk_.pending_names) {
    if (!chance.survives(change.moment)) continue;
    if (change.file) {
      names[change.name] = *change.file;
    } else {
      names.erase(change.name);
    }
  }
  DiskImage image;
  for (const auto& [name, number] : names) {
    std::string content = disk_.files[number].durable;
    for (const auto& change : disk_.files[number].pending) {
      if (!change.truncates && chance.tears(change.moment)) {
        put_some_sectors(content, change.at, change.bytes, chance);
      } else if (chance.survives(change.moment)) {
        if (change.truncates) {
          content.resize(static_cast<std::size_t>(change.at));
        } else {
          put(content, change.at, change.bytes);
        }
      }
    }
    image.emplace(name, std::move(content));
  }
  for (const auto& [name, states] : disk_.indexes)
    if (const auto& state = chance.one_of(states)) image.emplace(name, *state);
  return image;
}

std::optional<int> LosingVfs::before(const FileCall& call) {
  const auto name = name_of(call);
  if (!name) return std::nullopt;
  {
    const std::lock_guard lock(mutex_);
    look_at_indexes();
  }
  if (call.asked != Asked::sync) return std::nullopt;
  at_sync_point_();
  sync(call, *name);
  at_sync_point_();
  return SQLITE_OK;
}

void LosingVfs::done(const FileCall& call) {
  const auto name = name_of(call);
  if (!name) return;
  const std::lock_guard lock(mutex_);
  ++disk_.moment;
  switch (call.asked) {
    case Asked::open:
      file_named(*name);
      break;
    case Asked::write:
      disk_.files[file_named(*name)].pending.push_back(
          {.moment = disk_.moment,
           .truncates = false,
           .at = call.at,
           .bytes = {reinterpret_cast<const char*>(call.bytes.data()), call.bytes.size()}});
      break;
    case Asked::truncate:
      disk_.files[file_named(*name)].pending.push_back(
          {.moment = disk_.moment, .truncates = true, .at = call.at, .bytes = {}});
      break;
    case Asked::sync:
    case Asked::share:
      break;
    case Asked::remove:
      disk_.names.erase(*name);
      disk_.pending_names.push_back({.moment = disk_.moment, .name = *name, .file = std::nullopt});
      if (call.syncs_folder) sync_folder();
      break;
  }
}

std::optional<std::string> LosingVfs::name_of(const FileCall& call) const {
  if (call.kind == FileKind::other) return std::nullopt;
  const std::filesystem::path path(call.path);
  return path.parent_path() == folder_ ? std::optional(path.filename().native()) : std::nullopt;
}

void LosingVfs::sync(const FileCall& call, const std::string& name) {
  const std::lock_guard lock(mutex_);
  file_named(name);
  if (call.syncs_folder) sync_folder();
  if (!lies_about(call.kind)) sync_file(name);
}

void LosingVfs::sync_file(const std::string& name) {
  Disk::File& file = disk_.files[file_named(name)];
  for (const auto& change : file.pending) {
    if (change.truncates) {
      file.durable.resize(static_cast<std::size_t>(change.at));
    } else {
      put(file.durable, change.at, change.bytes);
    }
  }
  file.pending.clear();
}

void LosingVfs::synced_past_sqlite(const std::filesystem::path& path) {
  if (path != folder_ && path.parent_path() != folder_) return;
  {
    const std::lock_guard lock(mutex_);
    look_at_indexes();
    if (!is_to_be_synced(path)) return;
  }
  at_sync_point_();
  {
    const std::lock_guard lock(mutex_);
    look_at_indexes();
    const std::string name = path.filename();
    if (path == folder_) {
      sync_folder();
    } else if (const auto index = disk_.indexes.find(name); index != disk_.indexes.end()) {
      if (!lies_.syncs_of_the_log_s_index) index->second = {index->second.back()};
    } else if (disk_.names.contains(name) && !lies_.syncs_of_a_log_that_is_found) {
      sync_file(name);
    }
  }
  at_sync_point_();
}

bool LosingVfs::is_to_be_synced(const std::filesystem::path& path) const {
  const std::string name = path.filename();
  const auto has_states = [](const auto& index) { return index.second.size() > 1; };
  if (path == folder_) return !disk_.pending_names.empty() || std::ranges::any_of(disk_.indexes, has_states);
  const auto index = disk_.indexes.find(name);
  if (index != disk_.indexes.end()) return has_states(*index);
  const auto file = disk_.names.find(name);
  return file != disk_.names.end() && !disk_.files[file->second].pending.empty();
}

bool LosingVfs::lies_about(FileKind kind) const {
  return kind == FileKind::log ? lies_.log_syncs : kind == FileKind::database && lies_.database_syncs;
}

void LosingVfs::sync_folder() {
  if (lies_.folder_syncs) return;
  disk_.durable_names = disk_.names;
  disk_.pending_names.clear();
  // What was taken away before does not come back.
  for (auto& [name, states] : disk_.indexes) {
    const auto gone = std::find(states.rbegin(), states.rend(), std::nullopt);
    states.erase(states.begin(), gone == states.rend() ? states.begin() : std::prev(gone.base()));
    if (states.size() > 1 && !states.front()) states.erase(states.begin());
  }
}

std::size_t LosingVfs::file_named(const std::string& name) {
  const auto [found, is_new] = disk_.names.try_emplace(name, disk_.files.size());
  if (!is_new) return found->second;
  // What was there before SQLite opened it is ours, and we sync the folder after we have made a file.
  disk_.files.push_back({});
  if (!name.ends_with("-wal") && !name.ends_with("-journal")) {
    disk_.durable_names.emplace(name, found->second);
  } else {
    disk_.pending_names.push_back({.moment = disk_.moment, .name = name, .file = found->second});
  }
  return found->second;
}

void LosingVfs::look_at_indexes() {
  for (const auto& [name, number] : disk_.names) {
    if (!name.ends_with(".db")) continue;
    const std::string index = name + std::string(kIndexSuffix);
    auto& states = disk_.indexes[index];
    auto now = index_in(folder_ / index);
    if (states.empty() || states.back() != now) states.push_back(std::move(now));
  }
}

void write_image(const DiskImage& image, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  for (const auto& [name, content] : image)
    std::ofstream(folder / name, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
}

}  // namespace cardfile::prove
