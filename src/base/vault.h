#pragma once
// Vault: texts sealed with a key that is kept in a file of its own, away from where the sealed texts are.

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace cardfile::base {

/// The key file cannot be used. The sentence names it and says what to do.
class VaultError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Seals with AES-256-GCM under a fresh nonce each time. Safe to use from many threads.
class Vault {
 public:
  using Key = std::array<std::uint8_t, 32>;

  explicit Vault(const Key& key);
  Vault(const Vault&) = delete;
  Vault& operator=(const Vault&) = delete;
  ~Vault();

  /// The vault of a key file that exists: one line with the key, in a regular file that nobody but its owner may read
  /// or write. Throws VaultError.
  static std::unique_ptr<Vault> open(const std::filesystem::path& file);

  /// A vault whose key is nowhere else yet: what it seals is lost with it unless it is saved.
  static std::unique_ptr<Vault> with_new_key();

  /// Makes the key file, with mode 0600, so that it is on the disk as a whole or not at all. Throws VaultError, also
  /// when there is such a file already.
  void save(const std::filesystem::path& file) const;

  /// `text` as only unseal() of a vault with the same key reads it, and only together with the same `context`, which
  /// says what the text belongs to. Letters, digits, '-' and '_'.
  std::string seal(std::string_view text, std::string_view context) const;

  /// None when `sealed` was not sealed with this key for this context, or was changed since.
  std::optional<std::string> unseal(std::string_view sealed, std::string_view context) const;

 private:
  Key key_;
};

}  // namespace cardfile::base
