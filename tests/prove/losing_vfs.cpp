#include "prove/losing_vfs.h"

#include <algorithm>
#include <fstream>
#include <iterator>
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

LosingVfs::LosingVfs(std::string name, std::filesystem::path folder, DiskLies lies, std::function<void()> at_sync_point)
    : HookedVfs(std::move(name)), folder_(std::move(folder)), lies_(lies), at_sync_point_(std::move(at_sync_point)) {
  if (!std::filesystem::exists(folder_)) return;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    durable_names_.emplace(entry.path().filename(), files_.size());
    files_.push_back({.durable = content_of(entry.path()), .pending = {}});
  }
  names_ = durable_names_;
}

DiskImage LosingVfs::image(Survival survival, std::mt19937_64& random) const {
  const std::lock_guard lock(mutex_);
  Chance chance(survival, random, moment_);
  Names names = durable_names_;
  for (const auto& change : pending_names_) {
    if (!chance.survives(change.moment)) continue;
    if (change.file) {
      names[change.name] = *change.file;
    } else {
      names.erase(change.name);
    }
  }
  DiskImage image;
  for (const auto& [name, number] : names) {
    std::string content = files_[number].durable;
    for (const auto& change : files_[number].pending) {
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
  return image;
}

std::optional<int> LosingVfs::before(const FileCall& call) {
  const auto name = name_of(call);
  if (call.asked != Asked::sync || !name) return std::nullopt;
  at_sync_point_();
  sync(call, *name);
  at_sync_point_();
  return SQLITE_OK;
}

void LosingVfs::done(const FileCall& call) {
  const auto name = name_of(call);
  if (!name) return;
  const std::lock_guard lock(mutex_);
  ++moment_;
  switch (call.asked) {
    case Asked::open:
      file_named(*name);
      break;
    case Asked::write:
      files_[file_named(*name)].pending.push_back(
          {.moment = moment_,
           .truncates = false,
           .at = call.at,
           .bytes = {reinterpret_cast<const char*>(call.bytes.data()), call.bytes.size()}});
      break;
    case Asked::truncate:
      files_[file_named(*name)].pending.push_back({.moment = moment_, .truncates = true, .at = call.at, .bytes = {}});
      break;
    case Asked::sync:
    case Asked::share:
      break;
    case Asked::remove:
      names_.erase(*name);
      pending_names_.push_back({.moment = moment_, .name = *name, .file = std::nullopt});
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
  File& file = files_[file_named(name)];
  if (call.syncs_folder) sync_folder();
  if (lies_about(call.kind)) return;
  for (const auto& change : file.pending) {
    if (change.truncates) {
      file.durable.resize(static_cast<std::size_t>(change.at));
    } else {
      put(file.durable, change.at, change.bytes);
    }
  }
  file.pending.clear();
}

bool LosingVfs::lies_about(FileKind kind) const {
  return kind == FileKind::log ? lies_.log_syncs : kind == FileKind::database && lies_.database_syncs;
}

void LosingVfs::sync_folder() {
  if (lies_.folder_syncs) return;
  durable_names_ = names_;
  pending_names_.clear();
}

std::size_t LosingVfs::file_named(const std::string& name) {
  const auto [found, is_new] = names_.try_emplace(name, files_.size());
  if (!is_new) return found->second;
  // What was there before SQLite opened it is ours, and we sync the folder after we have made a file.
  files_.push_back({});
  if (!name.ends_with("-wal") && !name.ends_with("-journal")) {
    durable_names_.emplace(name, found->second);
  } else {
    pending_names_.push_back({.moment = moment_, .name = name, .file = found->second});
  }
  return found->second;
}

void write_image(const DiskImage& image, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  for (const auto& [name, content] : image)
    std::ofstream(folder / name, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
}

}  // namespace cardfile::prove
