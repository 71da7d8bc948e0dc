#include "store/directories.h"

#include <charconv>
#include <cstring>
#include <mutex>
#include <string_view>
#include <type_traits>

#include "base/crypto.h"

namespace cardfile::store {
namespace {

/// The bytes of a digest in hexadecimal; empty when it is something else.
std::vector<std::uint8_t> bytes_of(std::string_view hex) {
  std::vector<std::uint8_t> bytes(hex.size() / 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char* digits = hex.data() + 2 * i;
    if (std::from_chars(digits, digits + 2, bytes[i], 16).ptr != digits + 2) return {};
  }
  return bytes.size() == sizeof(base::Digest) ? bytes : std::vector<std::uint8_t>{};
}

/// Where to look. A digest is as good as random to whoever tries keys, so that the time a look-up takes tells nothing
/// that helps in finding one; the comparison that decides is in constant time.
std::uint64_t bucket_of(std::span<const std::uint8_t> digest) {
  std::uint64_t bucket = 0;
  std::memcpy(&bucket, digest.data(), sizeof bucket);
  return bucket;
}

}  // namespace

void apply(core::Directory& directory, const core::DirectoryChange& change) {
  std::visit(
      [&directory](const auto& row) {
        using Row = std::decay_t<decltype(row)>;
        if constexpr (std::is_same_v<Row, core::Team>) directory.team = row;
        if constexpr (std::is_same_v<Row, core::User>) directory.users.insert_or_assign(row.id, row);
        if constexpr (std::is_same_v<Row, core::CustomField>) directory.fields.insert_or_assign(row.id, row);
        if constexpr (std::is_same_v<Row, core::Tag>) directory.tags.insert_or_assign(row.id, row);
        if constexpr (std::is_same_v<Row, core::TagRemoval>) directory.tags.erase(row.id);
        if constexpr (std::is_same_v<Row, core::Inbox>) directory.inboxes.insert_or_assign(row.id, row);
        if constexpr (std::is_same_v<Row, core::List>) directory.lists.insert_or_assign(row.id, row);
        if constexpr (std::is_same_v<Row, core::ListRemoval>) directory.lists.erase(row.id);
        if constexpr (std::is_same_v<Row, core::ApiKey>) directory.keys.insert_or_assign(row.id, row);
        if constexpr (std::is_same_v<Row, core::ApiSecret>) directory.secrets.insert_or_assign(row.id, row);
        if constexpr (std::is_same_v<Row, core::Webhook>) directory.webhooks.insert_or_assign(row.id, row);
        if constexpr (std::is_same_v<Row, core::WebhookRemoval>) directory.webhooks.erase(row.id);
      },
      change);
}

void Directories::publish(const Snapshot& snapshot) {
  const std::unique_lock lock(mutex_);
  Snapshot& place = snapshots_[snapshot->team.id];
  const bool same_keys = place && place->keys == snapshot->keys;
  if (!same_keys) {
    if (place) forget_keys(*place);
    remember_keys(*snapshot);
  }
  if (place) forget_secrets(*place);
  remember_secrets(*snapshot);
  place = snapshot;
}

std::vector<core::TeamId> Directories::teams() const {
  const std::shared_lock lock(mutex_);
  std::vector<core::TeamId> teams;
  teams.reserve(snapshots_.size());
  for (const auto& [team, snapshot] : snapshots_) teams.push_back(team);
  return teams;
}

Directories::Snapshot Directories::find(core::TeamId team) const {
  const std::shared_lock lock(mutex_);
  const auto found = snapshots_.find(team);
  return found == snapshots_.end() ? nullptr : found->second;
}

std::optional<KeyOwner> Directories::key_owner(std::span<const std::uint8_t, 32> digest) const {
  const std::shared_lock lock(mutex_);
  const auto [first, last] = keys_.equal_range(bucket_of(digest));
  for (auto candidate = first; candidate != last; ++candidate)
    if (base::equal_in_constant_time(candidate->second.digest, digest)) return candidate->second.owner;
  return std::nullopt;
}

std::optional<SealedSecret> Directories::secret(const core::Uuid& id) const {
  const std::shared_lock lock(mutex_);
  const auto found = secrets_.find(id);
  return found == secrets_.end() ? std::nullopt : std::optional(found->second);
}

void Directories::forget_keys(const core::Directory& directory) {
  std::erase_if(keys_, [&](const auto& entry) { return entry.second.owner.team == directory.team.id; });
}

void Directories::remember_keys(const core::Directory& directory) {
  for (const auto& [id, key] : directory.keys) {
    auto digest = bytes_of(key.digest);
    if (key.revoked || digest.empty()) continue;
    const auto bucket = bucket_of(digest);
    keys_.emplace(bucket,
                  Key{.digest = std::move(digest), .owner = {.team = directory.team.id, .key = id, .kind = key.kind}});
  }
}

void Directories::forget_secrets(const core::Directory& directory) {
  for (const auto& [id, secret] : directory.secrets) {
    const auto known = secrets_.find(id);
    if (known != secrets_.end() && known->second.team == directory.team.id) secrets_.erase(known);
  }
}

/// An id that two teams had would stay with the first of them.
void Directories::remember_secrets(const core::Directory& directory) {
  for (const auto& [id, secret] : directory.secrets) {
    if (!secret.revoked) secrets_.try_emplace(id, SealedSecret{.team = directory.team.id, .sealed = secret.sealed});
  }
}

}  // namespace cardfile::store
