#pragma once
// LosingVfs: a file system for SQLite that knows what a power cut would leave of it.

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "store/hooked_vfs.h"

namespace cardfile::prove {

/// What a disk says is durable and is not. A planted fault.
struct DiskLies {
  bool log_syncs = false;
  bool database_syncs = false;
  bool folder_syncs = false;
};

/// Which of the writes that nobody synced survive a power cut.
enum class Survival {
  none,
  all,       // Of files and names both: a kill, not a power cut.
  earliest,  // Up to some moment, the last write torn.
  calls,     // Any of the writes, truncations, creations and removals.
  sectors    // Any of the sectors of 512 bytes of the writes, and any of the rest.
};
inline constexpr int kSurvivals = 5;

/// The files in a folder, by their names.
using DiskImage = std::map<std::string, std::string>;

/// Keeps the files of one folder, which SQLite and we ourselves write there, and beside each what is durable of it: its
/// content at its last sync. Nothing is really synced, so it is quick. Safe to call from any thread.
class LosingVfs final : public test::HookedVfs {
 public:
  /// `folder` has what is durable at the beginning. `at_sync_point` is called by the thread that syncs, just before and
  /// just after each sync that has something to do.
  LosingVfs(std::string name, std::filesystem::path folder, DiskLies lies, std::function<void()> at_sync_point);
  ~LosingVfs() override = default;

  /// What may be found in the folder if the power fails now.
  DiskImage image(Survival survival, std::mt19937_64& random) const;

 private:
  /// A write, or a truncation.
  struct Change {
    std::int64_t moment = 0;  // Rises with every change of any file.
    bool truncates = false;
    std::int64_t at = 0;
    std::string bytes;
  };
  struct File {
    std::string durable;
    std::vector<Change> pending;
  };
  /// Durable names change when the folder is synced. Files are numbered: one that is made anew under an old name is
  /// another one.
  struct NameChange {
    std::int64_t moment = 0;
    std::string name;
    std::optional<std::size_t> file;  // None: the name goes.
  };
  using Names = std::map<std::string, std::size_t>;

  std::optional<int> before(const test::FileCall& call) override;
  void done(const test::FileCall& call) override;
  std::optional<std::string> name_of(const test::FileCall& call) const;
  void sync(const test::FileCall& call, const std::string& name);
  bool lies_about(test::FileKind kind) const;
  void sync_folder();
  std::size_t file_named(const std::string& name);

  const std::filesystem::path folder_;
  const DiskLies lies_;
  const std::function<void()> at_sync_point_;

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::int64_t moment_ = 0;
  std::vector<File> files_;
  Names names_;
  Names durable_names_;
  std::vector<NameChange> pending_names_;
};

/// Writes the files of `image` into a new folder.
void write_image(const DiskImage& image, const std::filesystem::path& folder);

}  // namespace cardfile::prove
