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
#include "support/syncs.h"

namespace cardfile::prove {

/// What a disk says is durable and is not. A planted fault.
struct DiskLies {
  bool log_syncs = false;
  bool database_syncs = false;
  bool folder_syncs = false;
  bool syncs_of_a_log_that_is_found = false;  // By who opens the folder.
  bool syncs_of_the_log_s_index = false;
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

/// The files of a folder, and beside each what is durable of it: its content at its last sync.
struct Disk {
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
  /// What a power cut may leave of the index of a log, of which the first sector says how far the log goes: it is
  /// mapped into memory, and the kernel writes it when it likes. None: no such file. The last one is how it is.
  using IndexStates = std::vector<std::optional<std::string>>;

  std::int64_t moment = 0;
  std::vector<File> files;
  Names names;
  Names durable_names;
  std::vector<NameChange> pending_names;
  std::map<std::string, IndexStates> indexes;  // By their names.
};

/// Keeps the files of one folder, which SQLite and we ourselves write there. Nothing that SQLite syncs is really
/// synced, so it is quick; what we sync ourselves, past SQLite, it hears of. Safe to call from any thread.
class LosingVfs final : public test::HookedVfs {
 public:
  /// What is in `folder` at the beginning is durable, unless it is what another one, of which that was the disk, had in
  /// its own when it was killed. `at_sync_point` is called by the thread that syncs, just before and just after each
  /// sync that has something to do.
  LosingVfs(std::string name, std::filesystem::path folder, DiskLies lies, std::function<void()> at_sync_point,
            const std::optional<Disk>& left_by_a_kill = {});
  ~LosingVfs() override = default;

  /// What may be found in the folder if the power fails now.
  DiskImage image(Survival survival, std::mt19937_64& random);
  Disk disk();

 private:
  std::optional<int> before(const test::FileCall& call) override;
  void done(const test::FileCall& call) override;
  void synced_past_sqlite(const std::filesystem::path& path);
  bool is_to_be_synced(const std::filesystem::path& path) const;
  std::optional<std::string> name_of(const test::FileCall& call) const;
  void sync(const test::FileCall& call, const std::string& name);
  void sync_file(const std::string& name);
  bool lies_about(test::FileKind kind) const;
  void sync_folder();
  std::size_t file_named(const std::string& name);
  void look_at_indexes();

  const std::filesystem::path folder_;
  const DiskLies lies_;
  const std::function<void()> at_sync_point_;

  std::mutex mutex_;
  Disk disk_;  // Guarded by mutex_.

  const test::SyncListener listener_;  // Last, since it calls.
};

/// Writes the files of `image` into a new folder.
void write_image(const DiskImage& image, const std::filesystem::path& folder);

}  // namespace cardfile::prove
