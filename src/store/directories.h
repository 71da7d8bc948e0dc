#pragma once
// Directories: the small things of every team, held in memory whichever engine stores them.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "core/change.h"
#include "core/directory.h"
#include "core/ids.h"
#include "store/store.h"

namespace cardfile::store {

/// `directory` with one row put in place, or gone.
void apply(core::Directory& directory, const core::DirectoryChange& change);

/// The published snapshot of each team, and the owner of each API key and API secret that is not revoked. Safe to call
/// from any thread.
class Directories {
 public:
  using Snapshot = std::shared_ptr<const core::Directory>;

  /// Puts `snapshot` in place of its team's last one. A reader of the old one keeps it as long as it likes.
  void publish(const Snapshot& snapshot);

  std::vector<core::TeamId> teams() const;
  /// Null when there is no such team.
  Snapshot find(core::TeamId team) const;
  std::optional<KeyOwner> key_owner(std::span<const std::uint8_t, 32> digest) const;
  std::optional<SealedSecret> secret(const core::Uuid& id) const;

 private:
  struct Key {
    std::vector<std::uint8_t> digest;
    KeyOwner owner;
  };

  void forget_keys(const core::Directory& directory);
  void remember_keys(const core::Directory& directory);
  void forget_secrets(const core::Directory& directory);
  void remember_secrets(const core::Directory& directory);

  mutable std::shared_mutex mutex_;
  // Guarded by mutex_.
  std::map<core::TeamId, Snapshot> snapshots_;
  std::unordered_multimap<std::uint64_t, Key> keys_;  // By the digest's first eight bytes.
  std::map<core::Uuid, SealedSecret> secrets_;
};

}  // namespace cardfile::store
