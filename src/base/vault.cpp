#include "base/vault.h"

#include <cerrno>
#include <cstring>
#include <span>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/ownership.h"

namespace cardfile::base {
namespace {

constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kKeyFileMax = 64;
constexpr std::size_t kTextMax = 1 << 20;  // Far below what the library's int lengths can hold.

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
int length_of(std::string_view text) { return static_cast<int>(text.size()); }

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&::EVP_CIPHER_CTX_free)>;

CipherContext new_context() {
  CipherContext context(::EVP_CIPHER_CTX_new(), &::EVP_CIPHER_CTX_free);
  if (!context) throw std::bad_alloc();
  return context;
}

/// An open file, closed at the end.
class File {
 public:
  File(const std::filesystem::path& path, int flags) : handle_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (handle_ >= 0) ::close(handle_);
  }
  int handle() const { return handle_; }
  bool is_open() const { return handle_ >= 0; }

 private:
  int handle_;
};

[[noreturn]] void refuse(const std::filesystem::path& file, std::string_view reason) {
  throw VaultError(fmt::format("The key file {} {}", file.native(), reason));
}

[[noreturn]] void refuse_for_system_error(const std::filesystem::path& file, std::string_view what) {
  refuse(file, fmt::format("cannot be {}: {}.", what, std::generic_category().message(errno)));
}

void check_access(const std::filesystem::path& file, const File& open_file) {
  struct stat status {};
  if (::fstat(open_file.handle(), &status) != 0) refuse_for_system_error(file, "read");
  if (!S_ISREG(status.st_mode)) refuse(file, "is no regular file.");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    refuse(file, fmt::format("may be used by others (mode {:04o}). Make it its owner's alone: chmod 600 {}",
                             status.st_mode & 07777U, file.native()));
  }
}

std::string read_all(const std::filesystem::path& file, const File& open_file) {
  std::string text(kKeyFileMax, '\0');
  const ssize_t size = ::read(open_file.handle(), text.data(), text.size());
  if (size < 0) refuse_for_system_error(file, "read");
  text.resize(static_cast<std::size_t>(size));
  return text;
}

void write_durably(const std::filesystem::path& file, std::string_view text) {
  const File draft(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
  if (!draft.is_open() || ::fchmod(draft.handle(), 0600) != 0 || !give_to_owner_of_folder(draft.handle(), file) ||
      ::write(draft.handle(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      ::fsync(draft.handle()) != 0) {
    refuse_for_system_error(file, "written");
  }
}

}  // namespace

Vault::Vault(const Key& key) : key_(key) {}

Vault::~Vault() { ::OPENSSL_cleanse(key_.data(), key_.size()); }

std::unique_ptr<Vault> Vault::open(const std::filesystem::path& file) {
  const File open_file(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!open_file.is_open()) refuse_for_system_error(file, "opened");
  check_access(file, open_file);
  std::string text = read_all(file, open_file);
  std::string_view line = text;
  if (line.ends_with('\n')) line.remove_suffix(1);
  auto bytes = from_base64url(line);
  Key key;
  if (!bytes || bytes->size() != key.size()) refuse(file, "holds no key: put back the file that was made here.");
  std::memcpy(key.data(), bytes->data(), key.size());
  auto vault = std::make_unique<Vault>(key);
  ::OPENSSL_cleanse(key.data(), key.size());
  ::OPENSSL_cleanse(bytes->data(), bytes->size());
  ::OPENSSL_cleanse(text.data(), text.size());
  return vault;
}

std::unique_ptr<Vault> Vault::with_new_key() {
  Key key;
  fill_random(key);
  auto vault = std::make_unique<Vault>(key);
  ::OPENSSL_cleanse(key.data(), key.size());
  return vault;
}

void Vault::save(const std::filesystem::path& file) const {
  std::string text = to_base64url(key_) + "\n";
  // A draft of an earlier run that was cut off protects nothing yet: what is sealed is sealed with a finished file.
  const std::filesystem::path draft = file.native() + ".draft";
  ::unlink(draft.c_str());
  write_durably(draft, text);
  ::OPENSSL_cleanse(text.data(), text.size());
  // Unlike a renaming, a link refuses to take the place of a file.
  const bool linked = ::link(draft.c_str(), file.c_str()) == 0;
  const int reason = errno;
  ::unlink(draft.c_str());
  errno = reason;
  if (!linked) refuse_for_system_error(file, "made");
  const File folder(file.has_parent_path() ? file.parent_path() : ".", O_RDONLY | O_DIRECTORY);
  if (!folder.is_open() || ::fsync(folder.handle()) != 0) refuse_for_system_error(file, "made durable");
}

std::string Vault::seal(std::string_view text, std::string_view context) const {
  std::string sealed(kNonceBytes + text.size() + kTagBytes, '\0');
  unsigned char* const nonce = bytes_of(sealed);
  unsigned char* const body = nonce + kNonceBytes;
  unsigned char* const tag = body + text.size();
  fill_random({nonce, kNonceBytes});
  const CipherContext cipher = new_context();
  int size = 0;
  const bool done = text.size() <= kTextMax &&
                    ::EVP_EncryptInit_ex(cipher.get(), ::EVP_aes_256_gcm(), nullptr, key_.data(), nonce) == 1 &&
                    ::EVP_EncryptUpdate(cipher.get(), nullptr, &size, bytes_of(context), length_of(context)) == 1 &&
                    ::EVP_EncryptUpdate(cipher.get(), body, &size, bytes_of(text), length_of(text)) == 1 &&
                    ::EVP_EncryptFinal_ex(cipher.get(), tag, &size) == 1 &&
                    ::EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, tag) == 1;
  if (!done) throw std::runtime_error("AES-256-GCM failed");
  return to_base64url({bytes_of(sealed), sealed.size()});
}

std::optional<std::string> Vault::unseal(std::string_view sealed, std::string_view context) const {
  auto bytes = from_base64url(sealed);
  if (!bytes || bytes->size() < kNonceBytes + kTagBytes) return std::nullopt;
  const unsigned char* const nonce = bytes_of(*bytes);
  std::string text(bytes->size() - kNonceBytes - kTagBytes, '\0');
  if (text.size() > kTextMax) return std::nullopt;
  const unsigned char* const body = nonce + kNonceBytes;
  unsigned char* const tag = bytes_of(*bytes) + kNonceBytes + text.size();
  const CipherContext cipher = new_context();
  int size = 0;
  unsigned char rest[kTagBytes];
  const bool genuine = ::EVP_DecryptInit_ex(cipher.get(), ::EVP_aes_256_gcm(), nullptr, key_.data(), nonce) == 1 &&
                       ::EVP_DecryptUpdate(cipher.get(), nullptr, &size, bytes_of(context), length_of(context)) == 1 &&
                       ::EVP_DecryptUpdate(cipher.get(), bytes_of(text), &size, body, length_of(text)) == 1 &&
                       ::EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag) == 1 &&
                       ::EVP_DecryptFinal_ex(cipher.get(), rest, &size) == 1;
  if (genuine) return text;
  ::OPENSSL_cleanse(text.data(), text.size());
  return std::nullopt;
}

}  // namespace cardfile::base
