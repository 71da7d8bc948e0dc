#pragma once
// Doorbell: tells the outbox that there may be news, for next to nothing while it has not looked yet.

#include <atomic>

namespace cardfile::webhooks {

/// Made before the store that rings it and the outbox that hears it, and gone after both.
class Doorbell {
 public:
  /// Throws std::system_error.
  Doorbell();
  ~Doorbell();
  Doorbell(const Doorbell&) = delete;
  Doorbell& operator=(const Doorbell&) = delete;

  /// From any thread. It rings until it is heard.
  void ring() noexcept;

  /// Readable while it rings.
  int descriptor() const { return descriptor_; }

  /// Makes it silent: what happened before a ring that was heard is seen by who looks now, and what happens from now on
  /// rings again.
  void hear() noexcept;

 private:
  const int descriptor_;
  std::atomic<bool> is_ringing_ = false;
};

}  // namespace cardfile::webhooks
