#include "base/crypto.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <openssl/crypto.h>
#include <openssl/sha.h>
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

}  // namespace

Digest sha256(std::string_view bytes) {
  Digest digest;
  ::SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return digest;
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
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  text.reserve((bytes.size() * 8 + 5) / 6);
  std::uint32_t window = 0;  // The bits that were read and not yet written are its lowest ones.
  int bits = 0;
  for (const std::uint8_t byte : bytes) {
    window = window << 8 | byte;
    for (bits += 8; bits >= 6; bits -= 6) text += kAlphabet[window >> (bits - 6) & 63];
  }
  if (bits > 0) text += kAlphabet[window << (6 - bits) & 63];
  return text;
}

}  // namespace cardfile::base
