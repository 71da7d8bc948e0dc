#include "base/crypto.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <system_error>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <pthread.h>
#include <sys/random.h>

namespace cardfile::base {
namespace {

void read_system_random(std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::getrandom(bytes.data(), bytes.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw std::system_error(errno, std::generic_category(), "the system's random source failed");
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

/// How often this process has been forked off from another: a child finds a number that its parent's pools were not
/// filled under.
std::atomic<unsigned> fork_generation{0};

void watch_for_forks() {
  static const bool watching = [] {
    ::pthread_atfork(nullptr, nullptr, [] { fork_generation.fetch_add(1, std::memory_order_relaxed); });
    return true;
  }();
  static_cast<void>(watching);
}

/// One thread's store of random bytes. A byte that was handed out is wiped, so that nothing given stays in memory here.
class RandomPool {
 public:
  RandomPool() { watch_for_forks(); }

  void take(std::span<std::uint8_t> bytes) {
    if (used_ + bytes.size() > pool_.size() || generation_ != fork_generation.load(std::memory_order_relaxed)) refill();
    const auto source = std::span(pool_).subspan(used_, bytes.size());
    std::ranges::copy(source, bytes.begin());
    ::OPENSSL_cleanse(source.data(), source.size());
    used_ += bytes.size();
  }

  static constexpr std::size_t kSize = 1024;

 private:
  void refill() {
    read_system_random(pool_);
    used_ = 0;
    generation_ = fork_generation.load(std::memory_order_relaxed);
  }

  std::array<std::uint8_t, kSize> pool_{};
  std::size_t used_ = kSize;
  unsigned generation_ = 0;
};

constexpr std::string_view kUrlAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoLetter = 255;
using LetterValues = std::array<std::uint8_t, 256>;

constexpr LetterValues values_of(std::string_view alphabet) {
  LetterValues values{};
  values.fill(kNoLetter);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}

constexpr LetterValues kUrlLetters = values_of(kUrlAlphabet);
constexpr LetterValues kLetters = values_of(kAlphabet);

/// Without padding.
std::optional<std::string> decode_letters(std::string_view text, const LetterValues& values) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() * 6 / 8);
  std::uint32_t window = 0;  // The bits that were read and not yet given are its lowest ones.
  int bits = 0;
  for (const char letter : text) {
    const std::uint8_t value = values[static_cast<unsigned char>(letter)];
    if (value == kNoLetter) return std::nullopt;
    window = window << 6 | value;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(window >> bits & 0xff);
  }
  const bool canonical = (window & ((1U << bits) - 1)) == 0;
  return canonical ? std::optional(std::move(bytes)) : std::nullopt;
}

/// One thread's SHA-256, set up once: to begin again costs a fraction of looking the algorithm up in the library.
class Sha256 {
 public:
  Sha256() {
    const std::unique_ptr<EVP_MD, decltype(&::EVP_MD_free)> algorithm(
        ::EVP_MD_fetch(nullptr, OSSL_DIGEST_NAME_SHA2_256, nullptr), &::EVP_MD_free);
    if (!context_ || !algorithm || ::EVP_DigestInit_ex2(context_.get(), algorithm.get(), nullptr) != 1) fail();
  }

  Digest of(std::string_view bytes) {
    Digest digest;
    const bool done = ::EVP_DigestInit_ex2(context_.get(), nullptr, nullptr) == 1 &&
                      ::EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1 &&
                      ::EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) == 1;
    if (!done) fail();
    return digest;
  }

 private:
  [[noreturn]] static void fail() { throw std::runtime_error("SHA-256 failed"); }

  std::unique_ptr<EVP_MD_CTX, decltype(&::EVP_MD_CTX_free)> context_{::EVP_MD_CTX_new(), &::EVP_MD_CTX_free};
};

/// One thread's HMAC-SHA256, set up once: to begin again with another key costs a fraction of looking the algorithm up
/// in the library.
class Hmac {
 public:
  Hmac() {
    const std::unique_ptr<EVP_MAC, decltype(&::EVP_MAC_free)> mac(::EVP_MAC_fetch(nullptr, "HMAC", nullptr),
                                                                  &::EVP_MAC_free);
    if (mac) context_.reset(::EVP_MAC_CTX_new(mac.get()));
    char digest[] = OSSL_DIGEST_NAME_SHA2_256;
    const OSSL_PARAM parameters[] = {::OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                     ::OSSL_PARAM_construct_end()};
    if (!context_ || ::EVP_MAC_CTX_set_params(context_.get(), parameters) != 1) fail();
  }

  Digest of(std::string_view key, std::string_view bytes) {
    // A null key would mean the one before.
    const auto* key_bytes = reinterpret_cast<const unsigned char*>(key.empty() ? "" : key.data());
    Digest digest;
    std::size_t size = 0;
    const bool done =
        ::EVP_MAC_init(context_.get(), key_bytes, key.size(), nullptr) == 1 &&
        ::EVP_MAC_update(context_.get(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) == 1 &&
        ::EVP_MAC_final(context_.get(), digest.data(), &size, digest.size()) == 1;
    if (!done || size != digest.size()) fail();
    return digest;
  }

 private:
  [[noreturn]] static void fail() { throw std::runtime_error("HMAC-SHA256 failed"); }

  std::unique_ptr<EVP_MAC_CTX, decltype(&::EVP_MAC_CTX_free)> context_{nullptr, &::EVP_MAC_CTX_free};
};

}  // namespace

Digest sha256(std::string_view bytes) {
  thread_local Sha256 sha256;
  return sha256.of(bytes);
}

Digest hmac_sha256(std::string_view key, std::string_view bytes) {
  thread_local Hmac hmac;
  return hmac.of(key, bytes);
}

void fill_random(std::span<std::uint8_t> bytes) {
  if (bytes.size() > RandomPool::kSize / 4) {
    read_system_random(bytes);
    return;
  }
  thread_local RandomPool pool;
  pool.take(bytes);
}

bool equal_in_constant_time(std::span<const std::uint8_t> left, std::span<const std::uint8_t> right) {
  return left.size() == right.size() && ::CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string to_base64url(std::span<const std::uint8_t> bytes) {
  std::string text;
  text.reserve((bytes.size() * 8 + 5) / 6);
  std::uint32_t window = 0;  // The bits that were read and not yet written are its lowest ones.
  int bits = 0;
  for (const std::uint8_t byte : bytes) {
    window = window << 8 | byte;
    for (bits += 8; bits >= 6; bits -= 6) text += kUrlAlphabet[window >> (bits - 6) & 63];
  }
  if (bits > 0) text += kUrlAlphabet[window << (6 - bits) & 63];
  return text;
}

std::string to_base64(std::span<const std::uint8_t> bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // The library writes a zero behind it.
  const int length =
      ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::optional<std::string> from_base64url(std::string_view text) { return decode_letters(text, kUrlLetters); }

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  return decode_letters(text.substr(0, text.size() - padding), kLetters);
}

}  // namespace cardfile::base
